"""`modelgate verify DECISION|NAME|FILE`: is what the log says true?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelgate.cli.allowing import allow_code as allowing
from modelgate.cli.registry import keys_option, opened, registry_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from securesystemslib.signer import Key


@click.command(
    name="verify",
    short_help="is what the log says true?",
    epilog="Examples: modelgate verify churn; modelgate verify 12 --rerun;"
    " modelgate verify churn.jsonl --key ci.pub",
)
@click.argument("what", metavar="DECISION|NAME|FILE")
@click.option("--rerun", is_flag=True, help="Hold the trial of the decision again, too.")
@allowing
@keys_option
@registry_option
def command(
    what: str,
    rerun: bool,
    allow_code: tuple[str, ...],
    keys: tuple[Path, ...],
    registry: str | None,
) -> None:
    """Verify signatures, chain and digests, and recompute every verdict from its own numbers.

    A NAME stands for the whole log of the registry, and for the files of that model's versions. A
    FILE is what `modelgate history NAME --envelopes FILE` wrote, or one envelope: it needs nothing
    but the public key. A DECISION is a number of the log or the beginning of a digest. Beside the
    keys of a project the registry's own counts: older entries may bear it.

    Exit code 0 where all of it holds, 5 where something was changed.
    """
    from modelgate.errors import UsageError

    if Path(what).is_file():
        if not keys:
            raise UsageError("MG2413", "a file is verified with a public key", hint="--key FILE")
        if rerun:
            raise UsageError("MG2413", "a file cannot be rerun: name a decision of the registry")
        from modelgate.releases import keys_of

        _file(Path(what), keys_of(*keys))
        return
    with opened(registry) as (kept, project):
        from modelgate.registry_place import trusted_keys
        from modelgate.releases import keys_of

        own = (kept.keys,) if kept.keys.is_dir() else ()
        public = keys_of(*(keys or (*trusted_keys(kept, project), *own)))
        if what in kept.names():
            from modelgate.audit import audited

            for line in audited(kept, what, public):
                click.echo(line)
            return
        from modelgate.verification import verified

        entry = kept.entry_named(what)
        found = verified(entry.envelope, public, name=f"entry {entry.sequence}")
        click.echo(f"entry {entry.sequence} holds: signed by {found.key[:16]}, {found.digest[:19]}")
        if rerun:
            if found.statement.kind != "decision":
                raise UsageError(
                    "MG2411", f"entry {entry.sequence} is a {found.statement.kind}, and no decision"
                )
            from modelgate.rerunning import rerun as again

            again(kept, found.statement, allow_code=allow_code)
            click.echo("its trial was held again, and gave the same results")


def _file(path: Path, keys: Mapping[str, Key]) -> None:
    """A log, or one envelope."""
    from modelgate.audit import told
    from modelgate.errors import RefusedError, Where
    from modelgate.verification import verified, verified_log

    lines = [line for line in path.read_bytes().split(b"\n") if line]
    if not lines:
        raise RefusedError("MG5080", "the file holds no envelope", where=Where(str(path)))
    try:
        if len(lines) == 1:
            found = verified(lines[0], keys, name=str(path))
            click.echo(f"{path} holds: a {found.statement.kind} about {found.statement.name}")
            return
        for line in told(verified_log(lines, keys)):
            click.echo(line)
    except RefusedError as error:
        raise RefusedError(
            error.code, error.message, where=error.where or Where(str(path)), hint=error.hint
        ) from error
