"""Rows that somebody with rights to the database, but no key, wrote: nothing serves by them."""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelgate.audit import audited
from modelgate.errors import ModelgateError, RefusedError, StrandedError, UsageError
from modelgate.promote import promote, rollback
from modelgate.registries.embedded import DATABASE
from modelgate.registries.log import statement_of
from tests.registered import Line, added, decided, line, there


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Two versions, both promoted, and a third that was blocked."""
    monkeypatch.chdir(tmp_path)
    made = line(tmp_path, 2)
    promote(made.place, "1")
    promote(made.place, "2")
    third = added(made.registry, tmp_path, 9)
    decided(made.registry, third, made.versions[1], passed=False)
    yield made
    made.registry.close()


def edited(found: Line, *statements: str) -> None:
    connection = sqlite3.connect(found.registry.folder / DATABASE)
    connection.execute("PRAGMA foreign_keys=OFF")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def forged_move(found: Line, to: int, before: int) -> None:
    """A move with the signature of another one."""
    entries = list(found.registry.entries())
    last = next(one for one in reversed(entries) if one.kind == "move")
    envelope = json.loads(last.envelope)
    payload = json.loads(base64.b64decode(envelope["payload"]))
    decisions: dict[int, Any] = {}
    for one in entries:
        if one.kind == "decision":
            held = json.loads(base64.b64decode(json.loads(one.envelope)["payload"]))
            decisions[held["predicate"]["version"]] = (one.digest, one.subject)
    digest, subject = decisions[to]
    told = {"sequence": len(entries) + 1, "prev": entries[-1].digest, "from": before, "to": to}
    payload["predicate"] |= {**told, "decision": digest, "why": "promote"}
    payload["subject"][0]["digest"]["sha256"] = subject.removeprefix("sha256:")
    spelled = json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()
    envelope["payload"] = base64.b64encode(spelled).decode()
    content = json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode()
    connection = sqlite3.connect(found.registry.folder / DATABASE)
    named = f"sha256:{hashlib.sha256(content).hexdigest()}"
    row = (len(entries) + 1, named, "move", "churn", subject, content)
    connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", row)
    connection.commit()
    connection.close()


def test_forged_moves_are_nothing_to_go_back_to(two: Line) -> None:
    forged_move(two, 3, 2)
    forged_move(two, 2, 3)
    with pytest.raises(RefusedError, match="MG5082"):
        rollback(two.place, "back")
    version = two.registry.alias("churn", "production")
    assert version is not None
    assert version.number == 2


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(
            (
                "UPDATE versions SET number = 99 WHERE number = 2",
                "UPDATE versions SET number = 2 WHERE number = 3",
                "UPDATE versions SET number = 3 WHERE number = 99",
            ),
            id="numbers-of-versions",
        ),
        pytest.param(("DELETE FROM looks",), id="looks"),
        pytest.param(("DELETE FROM anchors",), id="anchors"),
        pytest.param(("UPDATE anchors SET number = 3",), id="another-anchor"),
        pytest.param(("UPDATE aliases SET moved_by = 1",), id="moved-by"),
        pytest.param(("UPDATE aliases SET number = 1",), id="alias"),
        pytest.param(("DELETE FROM aliases",), id="no-alias"),
    ],
)
def test_an_edited_table_is_found(two: Line, edit: tuple[str, ...]) -> None:
    audited(two.registry, "churn", two.place.keys)
    edited(two, *edit)
    with pytest.raises(RefusedError, match="MG5102"):
        audited(two.registry, "churn", two.place.keys)


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ("UPDATE versions SET parts = '[]' WHERE number = 2", "MG5086"),
        ("UPDATE versions SET parts = 'x' WHERE number = 2", "MG5086"),
        ("UPDATE versions SET parts = 'null' WHERE number = 2", "MG5086"),
        ("UPDATE versions SET lineage = 'x' WHERE number = 2", "MG5086"),
        ("UPDATE versions SET format = 'xgboost' WHERE number = 2", "MG5092"),
        ("UPDATE entries SET envelope = 'x' WHERE sequence = 3", "MG5080"),
    ],
)
def test_a_row_that_cannot_be_read_is_told(two: Line, edit: str, code: str) -> None:
    edited(two, edit)
    with pytest.raises(RefusedError, match=code):
        audited(two.registry, "churn", two.place.keys)


def test_a_margin_that_no_decision_was_held_to_is_found(two: Line) -> None:
    test = two.registry.entry(1)
    assert test is not None
    digest = statement_of(test).body["wear"]["test"]
    row = f"('churn', '{digest}', 'metric[accuracy] v champion', 0.5)"
    edited(two, f"INSERT INTO margins VALUES {row}")  # noqa: S608 (our own words)
    with pytest.raises(RefusedError, match=r"MG5102.*margin 0\.5"):
        audited(two.registry, "churn", two.place.keys)


def test_a_look_that_names_another_decision_flips_nothing(two: Line) -> None:
    edited(two, "UPDATE looks SET sequence = 2 WHERE sequence = 5")
    third = two.registry.version("churn", 3)
    told = decided(two.registry, third, two.versions[1], passed=False)
    assert told.verdict.decision == "block"
    assert told.provenance["decision"]["sequence"] == 6


def test_nothing_is_promoted_over_a_version_that_was_put_there_by_hand(two: Line) -> None:
    edited(
        two,
        "UPDATE versions SET number = 99 WHERE number = 2",
        "UPDATE versions SET number = 2 WHERE number = 3",
        "UPDATE versions SET number = 3 WHERE number = 99",
    )
    with pytest.raises(ModelgateError, match="MG5092"):
        promote(two.place, "1")


def test_what_nobody_could_read_is_never_written(two: Line) -> None:
    before = len(list(two.registry.entries()))
    with pytest.raises(UsageError, match=r"MG2408.*2,000"):
        rollback(two.place, "r" * 20_000)
    assert len(list(two.registry.entries())) == before
    rollback(two.place, "r" * 2_000)
    audited(two.registry, "churn", two.place.keys)


def test_a_model_before_whose_bytes_are_lost_is_said_to_be_so(two: Line, tmp_path: Path) -> None:
    (tmp_path / "deploy.sh").write_text("#!/bin/sh\nexit 1\n", "utf-8")
    (tmp_path / "deploy.sh").chmod(0o755)
    text = "aliases: {production: {target: {command: [./deploy.sh]}}}\n"
    (tmp_path / "modelgate.yaml").write_text(text, "utf-8")
    fourth = added(two.registry, tmp_path, 10)
    decided(two.registry, fourth, two.versions[1])
    digest = two.versions[1].digest.removeprefix("sha256:")
    (two.registry.folder / "blobs" / "sha256" / digest[:2] / digest).unlink()
    with pytest.raises(StrandedError) as caught:
        promote(there(two.registry), "4")
    assert caught.value.exit_code == 9
    assert "could not be put back" in caught.value.message
