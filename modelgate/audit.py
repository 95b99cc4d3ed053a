"""A whole registry, verified: its log, its tables against the log, and the files of a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from modelgate.decisions.keys import OWN, keys_in
from modelgate.errors import RefusedError
from modelgate.registries.embedded import Registry
from modelgate.registries.log import statement_of
from modelgate.verification import History, verified_log

if TYPE_CHECKING:
    from securesystemslib.signer import Key


OWN_KEY = (
    "signed with the registry's own key: this proves that nothing was changed, and not who decided;"
    " `modelgate keys new NAME` makes a key that does"
)


def audited(registry: Registry, name: str, keys: Mapping[str, Key]) -> tuple[str, ...]:
    """Verify all that a registry says of a model; what was found, in lines.

    Raises:
        RefusedError: something was changed.
    """
    entries = list(registry.entries())
    history = verified_log((entry.envelope for entry in entries), keys)
    for entry in entries:
        statement_of(entry)  # what its row says beside the envelope
    for (model, alias), number in history.serving.items():
        stands = registry.alias(model, alias)
        if (None if stands is None else stands.number) != number:
            raise RefusedError(
                "MG5102",
                f"{model}@{alias} leads to {stands or 'nothing'}; by the log it is"
                f" {f'{model}@{number}' if number else 'nothing'}",
            )
    versions = registry.versions(name)
    for version in versions:
        for alias in version.aliases:
            if (name, alias) not in history.serving:
                raise RefusedError("MG5102", f"no entry of the log leads {name}@{alias} anywhere")
        registry.verify(version)
    number = len(versions)
    files = f"{name}: the files of {number} version{'s' * (number != 1)} are those registered"
    own = {one.identifier for one in keys_in(registry.keys) if one.name == OWN}
    return (*told(history), files, *([OWN_KEY] if own & set(history.keys) else []))


def told(history: History) -> Iterator[str]:
    """What was verified, in lines."""
    sequence, digest = history.head
    kinds: dict[str, int] = {}
    for one in history.found:
        kinds[one.statement.kind] = kinds.get(one.statement.kind, 0) + 1
    counted = ", ".join(f"{number} {kind}{'s' * (number != 1)}" for kind, number in kinds.items())
    yield f"the log holds: {counted or 'no entry'}; no gap, every signature and verdict right"
    for key, number in sorted(history.keys.items()):
        yield f"signed by {key[:16]}: {number}"
    for (name, alias), version in sorted(history.serving.items()):
        yield f"{name}@{alias}: {'nothing' if version is None else f'{name}@{version}'}"
    yield f"head: entry {sequence}, {digest} (keep it elsewhere: nothing can be cut off behind it)"
