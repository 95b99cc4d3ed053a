"""`modelgate promote NAME@VERSION --to ALIAS`: let a decided version serve."""

from __future__ import annotations

from pathlib import Path

import click

from modelgate.cli.registry import keys_option, opened, place_of, registry_option


@click.command(
    name="promote",
    short_help="let a decided version serve",
    epilog="Example: modelgate promote churn@3 --to production",
)
@click.argument("version", metavar="NAME@VERSION")
@click.option("--to", "alias", required=True, metavar="ALIAS", help="Such as production.")
@keys_option
@registry_option
def command(version: str, alias: str, keys: tuple[Path, ...], registry: str | None) -> None:
    """Lead ALIAS to a version, and make it serve, if a decision says so for exactly its bytes.

    The decision has to be the latest about these bytes, by the suite that modelgate.yaml names for
    the alias, against the model that stands there now. Where what should serve does not, what
    served before is put back (exit code 8; 9 if that fails).
    """
    from modelgate.promote import promote
    from modelgate.reference import checked_reference

    name, which = checked_reference(version)
    with opened(registry) as (kept, project):
        moved = promote(place_of(kept, project, name, alias, keys), which)
    from modelgate.moved_page import said

    click.echo(said(moved, "promoted"))
