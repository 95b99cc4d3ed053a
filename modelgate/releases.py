"""From an alias to what may serve under it: verified bytes, and the decision about them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelgate.decisions.keys import public_keys
from modelgate.errors import RefusedError
from modelgate.registries import Version
from modelgate.registries.embedded import Registry
from modelgate.release import Release
from modelgate.verification import Verified, verified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from securesystemslib.signer import Key


def decision_of(
    registry: Registry, digest: str, keys: Mapping[str, Key], *, version: Version
) -> tuple[Verified, bytes]:
    """A decision of the log about a version, verified; and its envelope.

    Raises:
        RefusedError: MG5080 to MG5091, it does not hold; MG5092, it is missing, or about something
            else.
    """
    entry = registry.entry(digest)
    if entry is None:
        raise RefusedError("MG5092", f"the decision about {version} is missing in the log")
    found = verified(entry.envelope, keys, name=f"the decision about {version}")
    statement = found.statement
    if (
        found.digest != digest
        or statement.kind != "decision"
        or (statement.name, statement.digest) != (version.name, version.digest)
    ):
        raise RefusedError(
            "MG5092", f"entry {entry.sequence} of the log decides nothing of {version}"
        )
    return found, entry.envelope


def release_of(
    registry: Registry, name: str, alias: str, folder: Path, *, keys: Mapping[str, Key]
) -> Release | None:
    """What serves under an alias; None where it leads nowhere.

    Args:
        registry: that holds it.
        name: of the model.
        alias: such as "production".
        folder: an empty one, which the files are copied to.
        keys: identifier -> public key of those whose statements count.

    Raises:
        RefusedError: the move, the decision or the bytes do not hold.
        StorageError: there is no room.
    """
    standing = registry.standing(name, alias)
    if standing is None:
        return None
    version, mover = standing
    moved = verified(mover.envelope, keys, name=f"entry {mover.sequence}").statement
    if (
        (moved.kind, moved.name, moved.digest) != ("move", name, version.digest)
        or (moved.body["alias"], moved.body["to"]) != (alias, version.number)
        or moved.sequence != mover.sequence
    ):
        raise RefusedError("MG5092", f"no entry of the log leads {name}@{alias} to {version}")
    return released(registry, version, alias, moved.body["decision"], folder, keys=keys)


def released(
    registry: Registry,
    version: Version,
    alias: str,
    decision: str,
    folder: Path,
    *,
    keys: Mapping[str, Key],
) -> Release:
    """A version with a decision about it, its files copied and verified.

    Raises:
        RefusedError: MG5080 to MG5092, the decision does not hold; MG5086, the bytes do not.
        StorageError: there is no room.
    """
    found, envelope = decision_of(registry, decision, keys, version=version)
    model = registry.copy(version, folder)
    prepare = found.statement.body["reading"].get("prepare")
    reading = dict(found.statement.body["reading"])
    if prepare is not None and prepare["digest"] is not None:
        # Whatever its file is called, it lies where no file of the model can.
        beside = "prepare" + Path(prepare["file"]).suffix
        registry.blobs.copy(prepare["digest"], folder / beside)
        reading["prepare"] = {**prepare, "file": beside}
    return Release(
        name=version.name,
        number=version.number,
        alias=alias,
        digest=version.digest,
        format=version.format,
        folder=folder,
        file=model.name,
        sequence=found.statement.sequence,
        decision=found.digest,
        envelope=envelope,
        reading=reading,
        out_of_domain=found.statement.body["out_of_domain"],
    )


def keys_of(*places: Path) -> Mapping[str, Key]:
    """Identifier -> public key, of files and folders.

    Raises:
        RefusedError: MG5084, a file is no public key; MG5093, there is none at all.
    """
    found = public_keys(*places)
    if not found:
        raise RefusedError("MG5093", "there is no public key to verify with", hint="--key FILE")
    return found
