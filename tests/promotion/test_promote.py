"""Only a version with a decision for exactly its bytes, against what stands there, gets there."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from modelgate.approving import approve
from modelgate.audit import audited
from modelgate.decisions.keys import public_keys
from modelgate.errors import ConflictError, ModelgateError, RefusedError, UsageError
from modelgate.promote import promote, rollback, stood
from modelgate.registries.embedded import DATABASE
from tests.registered import Line, added, decided, line, there


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.chdir(tmp_path)
    return line(tmp_path, 3)


def standing(found: Line) -> int | None:
    version = found.registry.alias("churn", "production")
    return None if version is None else version.number


def moves(found: Line) -> list[tuple[int | None, int | None, str]]:
    return [
        (one.body["from"], one.body["to"], one.body["why"])
        for _, one in found.registry.statements(name="churn", kind="move")
    ]


def sound(found: Line) -> None:
    """The log holds, and the tables say what it says."""
    keys = public_keys(found.registry.keys)
    assert any("no gap" in one for one in audited(found.registry, "churn", keys))


def refused(found: Line, which: str) -> ModelgateError:
    before, log = standing(found), moves(found)
    with pytest.raises(ModelgateError) as caught:
        promote(found.place, which)
    assert (standing(found), moves(found)) == (before, log)
    sound(found)
    return caught.value


def test_each_is_promoted_in_the_place_of_the_one_it_was_compared_with(three: Line) -> None:
    for number in "123":
        promote(three.place, number)
    assert standing(three) == 3
    assert moves(three) == [(None, 1, "promote"), (1, 2, "promote"), (2, 3, "promote")]
    sound(three)


def test_the_same_once_more_moves_nothing(three: Line) -> None:
    promote(three.place, "1")
    again = promote(three.place, "1")
    assert again.entry is None
    assert moves(three) == [(None, 1, "promote")]


def test_one_that_was_compared_with_another_is_a_conflict(three: Line) -> None:
    promote(three.place, "1")
    error = refused(three, "3")
    assert (error.code, error.exit_code) == ("MG8502", 10)
    assert "churn@1 stands at churn@production" in error.message


def test_one_that_was_compared_with_something_is_no_first_one(three: Line) -> None:
    assert refused(three, "2").code == "MG8502"


def test_one_that_nothing_was_decided_about_is_refused(three: Line, tmp_path: Path) -> None:
    added(three.registry, tmp_path, 7)
    error = refused(three, "4")
    assert (error.code, error.exit_code) == ("MG5094", 5)


def test_a_later_block_supersedes(three: Line) -> None:
    decided(three.registry, three.versions[0], None, passed=False, seed=1)
    error = refused(three, "1")
    assert (error.code, error.exit_code) == ("MG5095", 5)


def test_a_later_pass_opens_again(three: Line) -> None:
    decided(three.registry, three.versions[0], None, passed=False, seed=1)
    decided(three.registry, three.versions[0], None, seed=2)
    promote(three.place, "1")
    assert standing(three) == 1


def test_an_expired_decision_is_refused(three: Line) -> None:
    decided(three.registry, three.versions[0], None, days=-0.001, seed=1)
    error = refused(three, "1")
    assert (error.code, error.exit_code) == ("MG5096", 5)


def test_a_decision_signed_by_somebody_else_is_refused(three: Line, tmp_path: Path) -> None:
    from dataclasses import replace

    from modelgate.decisions.keys import new_key

    other = new_key(tmp_path / "others", "eve")
    found = replace(three, place=replace(three.place, keys=public_keys(other.public)))
    with pytest.raises(RefusedError, match="MG5081"):
        promote(found.place, "1")
    assert standing(three) is None


@pytest.mark.parametrize("damage", ["changed", "shortened", "missing"])
def test_bytes_that_are_others_by_now_are_refused(three: Line, damage: str) -> None:
    digest = three.versions[0].digest.removeprefix("sha256:")
    blob = three.registry.folder / "blobs" / "sha256" / digest[:2] / digest
    if damage == "missing":
        blob.unlink()
    else:
        content = blob.read_bytes()
        blob.write_bytes(content[:-1] + (b"!" if damage == "changed" else b""))
    with pytest.raises(RefusedError, match="MG5086"):
        promote(three.place, "1")
    assert (standing(three), moves(three)) == (None, [])


def rewritten(found: Line, statement: str) -> None:
    found.registry.close()
    with sqlite3.connect(found.registry.folder / DATABASE) as database:
        assert database.execute(statement).rowcount
    database.close()


EDITED = [
    pytest.param("UPDATE versions SET digest = 'sha256:' || hex(zeroblob(32)) WHERE number=1",
                 id="another-digest"),
    pytest.param("UPDATE versions SET parts = (SELECT parts FROM versions WHERE number=2)"
                 " WHERE number=1", id="the-files-of-another-version"),
    pytest.param("UPDATE entries SET envelope = (SELECT envelope FROM entries WHERE sequence=2)"
                 " WHERE sequence=1", id="the-decision-about-another-version"),
    pytest.param("UPDATE entries SET envelope = zeroblob(100) WHERE sequence=1", id="no-envelope"),
    pytest.param("DELETE FROM entries WHERE sequence=1", id="no-decision"),
]  # fmt: skip


@pytest.mark.parametrize("statement", EDITED)
def test_whoever_edits_the_tables_promotes_nothing(three: Line, statement: str) -> None:
    rewritten(three, statement)
    with pytest.raises(ModelgateError):
        promote(three.place, "1")
    assert standing(three) is None


@pytest.mark.parametrize(
    "statement",
    [
        *EDITED,
        pytest.param("UPDATE entries SET subject = (SELECT subject FROM entries WHERE sequence=2)"
                     " WHERE sequence=3", id="another-subject"),
        pytest.param("UPDATE entries SET kind = 'move' WHERE sequence=2", id="another-kind"),
        pytest.param("UPDATE entries SET sequence = 9 WHERE sequence=3", id="a-gap"),
        pytest.param("INSERT INTO aliases VALUES ('churn', 'production', 1, 1)", id="an-alias"),
    ],
)  # fmt: skip
def test_whoever_edits_the_tables_is_found(three: Line, statement: str) -> None:
    rewritten(three, statement)
    with pytest.raises(RefusedError):
        sound(three)


def test_an_alias_that_was_moved_by_hand_is_found(three: Line) -> None:
    promote(three.place, "1")
    rewritten(three, "UPDATE aliases SET number = 3")
    with pytest.raises(RefusedError, match="MG5102"):
        sound(three)


def test_rolling_back_goes_where_it_came_from_each_time(three: Line) -> None:
    for number in "123":
        promote(three.place, number)
    assert rollback(three.place, "slow").version.number == 2
    assert rollback(three.place, "slower").version.number == 1
    with pytest.raises(UsageError, match="MG2407"):
        rollback(three.place, "once more")
    assert [one.number for one in stood(three.place)] == [1]
    assert moves(three)[3:] == [(3, 2, "rollback"), (2, 1, "rollback")]
    sound(three)


def test_rolling_back_asks_for_no_fresh_decision(three: Line) -> None:
    for number in "12":
        promote(three.place, number)
    decided(three.registry, three.versions[0], None, passed=False, seed=1)
    assert rollback(three.place, "slow").version.number == 1
    sound(three)


def test_rolling_back_needs_a_reason(three: Line) -> None:
    for number in "12":
        promote(three.place, number)
    with pytest.raises(UsageError, match="MG2408"):
        rollback(three.place, " ")
    assert standing(three) == 2


@pytest.mark.parametrize("alias", ["1", "../etc", "", "a b", "-x", "a" * 101])
def test_an_alias_that_cannot_be_one(three: Line, alias: str) -> None:
    with pytest.raises(UsageError, match="MG2400"):
        there(three.registry, alias=alias)


def test_one_wins_of_many_that_promote_at_once(tmp_path: Path) -> None:
    """Sixteen here, each a version of its own, all decided against the same champion."""
    found = line(tmp_path, 1)
    promote(found.place, "1")
    for number in range(16):
        decided(found.registry, added(found.registry, tmp_path, 100 + number), found.versions[0])
    outcomes: list[str] = []

    def work(number: int) -> None:
        try:
            promote(found.place, str(number))
            outcomes.append("won")
        except ConflictError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=work, args=(2 + place,)) for place in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["MG8502"] * 15 + ["won"]
    assert len(moves(found)) == 2
    sound(found)


def approving(tmp_path: Path) -> None:
    text = "aliases: {production: {approve: true}}\n"
    (tmp_path / "modelgate.yaml").write_text(text, "utf-8")


def test_an_approval_is_asked_for_where_the_project_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    approving(tmp_path)
    found = line(tmp_path, 1)
    error = refused(found, "1")
    assert (error.code, error.exit_code) == ("MG5098", 5)
    approve(found.registry, "1", "seen by two")
    promote(found.place, "1")
    (_, move), *_ = found.registry.statements(name="churn", kind="move")
    assert move.body["approval"] is not None
    sound(found)


def test_no_approval_lifts_a_block(three: Line) -> None:
    decided(three.registry, three.versions[0], None, passed=False, seed=1)
    with pytest.raises(RefusedError, match="MG5099"):
        approve(three.registry, "4", "please")


@pytest.mark.parametrize(
    ("which", "code"), [("99", "MG2404"), ("beef", "MG2404"), ("sha256:", "MG2404")]
)
def test_an_approval_is_of_one_decision(three: Line, which: str, code: str) -> None:
    with pytest.raises(UsageError, match=code):
        approve(three.registry, which, "seen")
