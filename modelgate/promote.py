"""Move an alias, and what serves: only to a version with a decision for exactly its bytes.

The target is first asked whether it can be told at all. One transaction then verifies the decision,
compares what stands with what it was compared with, writes the move into the log and moves the
alias. Only then is the target told; where it fails, the alias goes back, and so does the target.
Whoever is killed in between leaves an alias that the log explains, and the same command once more
brings the target there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from modelgate.deciding import statement
from modelgate.decisions.statement import LONGEST_REASON, checked_reason
from modelgate.earned import Earned, Place, earned, refuse_superseded
from modelgate.errors import (
    ConflictError,
    DeployError,
    ModelgateError,
    StrandedError,
    UsageError,
)
from modelgate.registries import Entry, Version
from modelgate.registries.embedded import Change
from modelgate.release import Release
from modelgate.releases import Stood, decision_of, released, stands
from modelgate.targets import Target
from modelgate.verification import verified


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What was done.

    Attributes:
        version: that the alias leads to now.
        alias: its name.
        before: the version that it led to; None where it led nowhere.
        entry: of the log that says so; None where the alias stood there already, and what serves
            was brought there.
        target: what serves; None where the alias alone moves.
        notes: what else is to be said.
    """

    version: Version
    alias: str
    before: Version | None
    entry: Entry | None
    target: str | None
    notes: tuple[str, ...] = ()


def promote(where: Place, which: str) -> Moved:
    """Lead an alias to a version, and make it serve.

    Args:
        where: the alias.
        which: the version's number, or another alias that leads to it.

    Raises:
        UsageError: there is no such version.
        RefusedError: it has no decision that opens the gate here, or its bytes were changed.
        ConflictError: MG8501, MG8502, it was compared with another champion than the one that
            stands there; or the decision is not of these data any more.
        StorageError: the registry cannot be written.
        DeployError: it does not serve; the alias and what serves were put back.
        StrandedError: nor could what served before be put back.
    """
    with where.registry.database.turn(f"{where}"):
        version, before, decisions = where.registry.challenged(where.name, which, where.alias)
        by = _by(where, before)
        if by is not None and by.number == version.number:
            return _again(where, version, by)
        found = earned(where, version, before, decisions)
        return _moved(where, version, before, found, by=by, why="promote", reason=None)


def rollback(where: Place, reason: str) -> Moved:
    """Lead an alias back to the version that stood there before, and make it serve.

    Its decision is the one of its own promotion: that it is expired by now, or that a later one
    says otherwise, keeps nobody from going back.

    Args:
        where: the alias.
        reason: why; it stands in the log.

    Raises:
        UsageError: MG2407, there is nothing to go back to; MG2408, the reason is empty or too
            long.
        RefusedError: its decision or its bytes do not hold.
        StorageError, DeployError, StrandedError: as `promote`.
    """
    checked_reason(reason, "a rollback")
    with where.registry.database.turn(f"{where}"):
        now = where.registry.alias(where.name, where.alias)
        stack = stood(where)
        if now is None or len(stack) < 2:
            raise UsageError(
                "MG2407",
                f"there is nothing to go back to: no version stood at {where} before",
                hint=f"modelgate promote {where.name}@VERSION --to {where.alias}",
            )
        old = stack[-2]
        version = where.registry.version(where.name, old.number)
        spoke, _ = decision_of(
            where.registry, old.decision, where.keys, version=version, approval=old.approval
        )
        found = Earned(
            decision=old.decision, sequence=spoke.statement.sequence, approval=old.approval
        )
        by = _by(where, now)
        return _moved(where, version, now, found, by=by, why="rollback", reason=reason)


def stood(where: Place) -> list[Stood]:
    """The versions that stood at an alias and were not taken back, the latest last.

    Raises:
        RefusedError: MG5080 to MG5087, a move is none that those who count have signed.
    """
    stack: list[Stood] = []
    taken: Stood | None = None
    for entry in where.registry.entries(name=where.name, kind="move"):
        move = verified(entry.envelope, where.keys, name=f"entry {entry.sequence}").statement
        if move.body["alias"] != where.alias:
            continue
        to = Stood(move.body["to"], move.body["decision"], move.body["approval"])
        if move.body["why"] == "promote":
            stack.append(to)
        elif move.body["why"] == "returned" and to == taken:
            stack.append(to)  # a rollback that failed: what it took away stands again
        elif stack:
            taken = stack.pop()
            continue
        taken = None
    return stack


def _moved(
    where: Place,
    version: Version,
    before: Version | None,
    found: Earned,
    *,
    by: Stood | None,
    why: str,
    reason: str | None,
) -> Moved:
    """The alias first, then the target; back again where that fails.

    Args:
        where: the alias.
        version: that it is led to.
        before: that stands there; None for nothing.
        found: the decision that speaks for the version.
        by: what the one before stands there by.
        why: "promote" or "rollback".
        reason: of a rollback.
    """
    target = where.target
    if target is None:
        where.registry.verify(version)  # an alias never leads to what could not serve
        entry = _swapped(where, version, before, found, why=why, reason=reason)
    else:
        to = Stood(version.number, found.decision, found.approval)
        with _files(where, version, to) as release:
            target.prepare(release)
            entry = _swapped(where, version, before, found, why=why, reason=reason)
            try:
                target.deploy(release)
            except DeployError as error:
                _back(where, version, before, target, error, by=by)
                raise
    return Moved(
        version=version,
        alias=where.alias,
        before=before,
        entry=entry,
        target=None if target is None else str(target),
        notes=found.notes,
    )


def _swapped(
    where: Place,
    version: Version,
    before: Version | None,
    found: Earned,
    *,
    why: str,
    reason: str | None,
) -> Entry:
    """Compare and swap, with its entry in the log: one transaction."""
    body = {
        "alias": where.alias,
        "from": None if before is None else before.number,
        "to": version.number,
        "decision": found.decision,
        "approval": found.approval,
        "why": why,
        "reason": reason,
    }
    with where.registry.changing() as change:
        if why == "promote":
            refuse_superseded(change, version, found)
        entry = change.append(partial(statement, kind="move", version=version, body=body))
        _point(where, change, version, entry, before=before)
    return entry


def _back(
    where: Place,
    version: Version,
    before: Version | None,
    target: Target,
    error: DeployError,
    *,
    by: Stood | None,
) -> None:
    """What stood there before stands there again, and serves.

    Raises:
        StrandedError: MG9001, it cannot be put back.
    """
    body: dict[str, Any] = {
        "alias": where.alias,
        "from": version.number,
        "to": None if before is None else before.number,
        "decision": None if by is None else by.decision,
        "approval": None if by is None else by.approval,
        "why": "returned",
        "reason": error.message[:LONGEST_REASON],
    }
    about = before or version
    try:
        with where.registry.changing() as change:
            entry = change.append(partial(statement, kind="move", version=about, body=body))
            _point(where, change, before, entry, before=version)
        if before is None or by is None:
            target.withdraw(where.name, where.alias)
            return
        with _files(where, before, by) as release:
            target.deploy(release)
    except ModelgateError as second:
        raise StrandedError(
            "MG9001",
            f"{error.message}; and {before or 'nothing'}, which served before, could not be put"
            f" back: {second.message}",
            hint=f"look at the target by hand; `modelgate history {where.name}` says what stands",
        ) from error


def _again(where: Place, version: Version, by: Stood) -> Moved:
    """The alias stands there: bring what serves there too, as after a run that was broken off."""
    target = where.target
    if target is not None:
        with _files(where, version, by) as release:
            target.deploy(release)
    return Moved(
        version=version,
        alias=where.alias,
        before=version,
        entry=None,
        target=None if target is None else str(target),
    )


def _by(where: Place, before: Version | None) -> Stood | None:
    """What a version stands at the alias by: the move that led it there is signed, and says so.

    Raises:
        ConflictError: MG8503, another one stands there by now.
    """
    if before is None:
        return None
    standing = stands(where.registry, where.name, where.alias, where.keys)
    if standing is None or standing[0] != before:
        raise ConflictError("MG8503", f"no move in the log leads {where} to {before}")
    body = standing[1].body
    return Stood(before.number, body["decision"], body["approval"])


@contextmanager
def _files(where: Place, version: Version, by: Stood) -> Iterator[Release]:
    with tempfile.TemporaryDirectory(prefix="modelgate-") as folder:
        yield released(where.registry, version, where.alias, by, Path(folder), keys=where.keys)


def _point(
    where: Place, change: Change, version: Version | None, entry: Entry, *, before: Version | None
) -> None:
    """Lead the alias from the version before to another one, or nowhere."""
    to = None if version is None else version.number
    expected = None if before is None else before.number
    if change.point(where.name, where.alias, to, entry.sequence, before=expected):
        return
    number = change.alias(where.name, where.alias)
    stands = "nothing" if number is None else f"{where.name}@{number}"
    champion = "" if number is None else f" --champion {stands}"
    raise ConflictError(
        "MG8501",
        f"{where} was moved by somebody else meanwhile: {stands} stands there now",
        hint=f"modelgate check {version}{champion}" if version else None,
    )
