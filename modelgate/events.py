"""What happened to a model: every decision, approval and move of the log, a line each."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from modelgate.decisions.statement import Statement
from modelgate.escape import printable
from modelgate.registries import Entry
from modelgate.registries.runs import Measured

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One of them.

    Attributes:
        sequence: its place in the log.
        when: in UTC, ISO 8601.
        who: asked for it.
        what: "decision", "approval" or "move".
        version: "churn@3".
        says: the verdict; from where to where; of what.
        why: the reason of the verdict, the move or the approval.
        digest: of the envelope.
    """

    sequence: int
    when: str
    who: str
    what: str
    version: str
    says: str
    why: str
    digest: str


def event_of(entry: Entry, statement: Statement) -> Event:
    """What an entry tells people."""
    version, says, why = _TOLD[statement.kind](statement)
    return Event(
        sequence=entry.sequence,
        when=statement.issued,
        who=statement.by,
        what=statement.kind,
        version=version,
        says=says,
        why=why,
        digest=entry.digest,
    )


def as_json(events: Iterable[Event] | Iterable[Measured]) -> str:
    """A list of objects."""
    return json.dumps([asdict(event) for event in events], indent=2) + "\n"


def as_csv(events: Sequence[Event] | Sequence[Measured]) -> str:
    """With a header; no cell is a formula to a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((events[0] if events else Event).__dataclass_fields__)
    for event in events:
        writer.writerow([_harmless(value) for value in asdict(event).values()])
    return text.getvalue()


def _harmless(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    plain = printable(value)
    return f"'{plain}" if plain.startswith(FORMULA) else plain


def _decision(found: Statement) -> tuple[str, str, str]:
    verdict = found.body["report"]["verdict"]
    because = verdict["because"]
    version = f"{found.name}@{found.body['version']}"
    return version, str(verdict["decision"]), str(because[0]) if because else ""


def _move(found: Statement) -> tuple[str, str, str]:
    before, after = found.body["from"], found.body["to"]
    version = f"{found.name}@{after if after is not None else before}"
    way = f"{found.body['alias']}: {_number(before)} to {_number(after)}"
    return version, f"{found.body['why']}, {way}", found.body["reason"] or ""


def _approval(found: Statement) -> tuple[str, str, str]:
    return found.name, f"of {found.body['decision'][7:19]}", str(found.body["reason"])


def _number(version: int | None) -> str:
    return "nothing" if version is None else str(version)


_TOLD = {"decision": _decision, "move": _move, "approval": _approval}
