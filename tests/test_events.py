"""The log as people read it: nothing in it runs in a terminal or computes in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from modelgate.approving import approve
from modelgate.events import Event, as_csv, as_json, event_of
from modelgate.promote import promote, rollback
from modelgate.registries.log import statement_of
from tests.registered import Line, line


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """Two decisions, two moves, an approval and a way back, with a reason that is a formula."""
    monkeypatch.chdir(tmp_path)
    made: Line = line(tmp_path, 2)
    for number in "12":
        promote(made.place, number)
    approve(made.registry, "1", "=1+1")
    rollback(made.place, "\x1b[31mred, and\n=cmd|' /C calc'!A0")
    found = [event_of(entry, statement_of(entry)) for entry in made.registry.entries(name="churn")]
    made.registry.close()
    return found


def test_every_entry_is_a_line_with_who_what_when_and_why(told: list[Event]) -> None:
    assert [event.what for event in told] == [
        "decision", "decision", "move", "move", "approval", "move",
    ]  # fmt: skip
    assert [event.says for event in told[2:4]] == [
        "promote, production: nothing to 1",
        "promote, production: 1 to 2",
    ]
    assert told[-1].says == "rollback, production: 2 to 1"
    assert all(event.who and event.when.endswith("+00:00") for event in told)


def test_json_gives_all_of_it_back(told: list[Event]) -> None:
    assert [Event(**one) for one in json.loads(as_json(told))] == told


def test_no_cell_is_a_formula_and_no_line_colours_a_terminal(told: list[Event]) -> None:
    text = as_csv(told)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [int(row["sequence"]) for row in rows] == [event.sequence for event in told]
    assert rows[4]["why"] == "'=1+1"
    assert "\x1b" not in text
    assert len(text.splitlines()) == len(told) + 1
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
