"""From an alias to what may serve under it: verified bytes, and the decision about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from modelgate.decisions.keys import public_keys
from modelgate.decisions.statement import Statement
from modelgate.errors import RefusedError
from modelgate.registries import Version
from modelgate.registries.embedded import Registry
from modelgate.release import Release
from modelgate.verification import Verified, verified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from securesystemslib.signer import Key


@dataclass(frozen=True, slots=True)
class Stood:
    """By what a version stands at an alias.

    Attributes:
        number: of the version.
        decision: digest of the decision that speaks for it.
        approval: digest of the approval that the decision needed; None where it needed none.
    """

    number: int
    decision: str
    approval: str | None


def decision_of(
    registry: Registry,
    digest: str,
    keys: Mapping[str, Key],
    *,
    version: Version,
    approval: str | None,
) -> tuple[Verified, bytes]:
    """A decision of the log that lets a version serve, verified; and its envelope.

    Args:
        registry: that holds both.
        digest: of the decision.
        keys: of those whose statements count.
        version: that it is about.
        approval: digest of what lifts it, where it is a hold.

    Raises:
        RefusedError: MG5080 to MG5091, it does not hold; MG5092, it is missing, or about something
            else; MG5095, it lets nothing serve.
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
    assert found.report is not None
    if found.report.subject["model"]["format"] != version.format:
        raise RefusedError("MG5092", f"{version} was decided about in another format")
    verdict = found.report.verdict
    if verdict.decision != "promote" and not (
        verdict.liftable and _approves(registry, approval, digest, keys)
    ):
        raise RefusedError(
            "MG5095", f"{version} was decided to {verdict.decision} (entry {entry.sequence})"
        )
    return found, entry.envelope


def _approves(
    registry: Registry, approval: str | None, decision: str, keys: Mapping[str, Key]
) -> bool:
    """Whether an approval stands in the log, signed by one who counts, and is of the decision."""
    entry = None if approval is None else registry.entry(approval)
    if entry is None:
        return False
    found = verified(entry.envelope, keys, name=f"entry {entry.sequence}").statement
    return found.kind == "approval" and found.body["decision"] == decision


def stands(
    registry: Registry, name: str, alias: str, keys: Mapping[str, Key]
) -> tuple[Version, Statement] | None:
    """What an alias leads to, and the signed move that says so; None where it leads nowhere.

    Raises:
        RefusedError: MG5080 to MG5087, the move does not hold; MG5092, it says something else.
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
    return version, moved


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
    standing = stands(registry, name, alias, keys)
    if standing is None:
        return None
    version, moved = standing
    by = Stood(version.number, moved.body["decision"], moved.body["approval"])
    return released(registry, version, alias, by, folder, keys=keys)


def released(
    registry: Registry,
    version: Version,
    alias: str,
    by: Stood,
    folder: Path,
    *,
    keys: Mapping[str, Key],
) -> Release:
    """A version with the decision that lets it serve, its files copied and verified.

    Raises:
        RefusedError: MG5080 to MG5092, the decision does not hold; MG5086, the bytes do not.
        StorageError: there is no room.
    """
    found, envelope = decision_of(
        registry, by.decision, keys, version=version, approval=by.approval
    )
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
