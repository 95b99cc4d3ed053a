"""Counterexamples in a line or two: what was given, what was expected, what was answered."""

from __future__ import annotations

from typing import Any

import pytest

from modelgate.counterexamples import drawn, is_counterexample, told

IMAGE = {"type": "image", "height": 4, "width": 3, "grey": ["909", "909", "000", "999"]}


@pytest.mark.parametrize(
    ("entry", "lines"),
    [
        pytest.param(
            {"input": "a cat", "expected": ["animals", "sass"], "answer": "food", "where": "a:3"},
            ("'a cat'", "is answered food, not animals or sass (a:3)"),
            id="expected",
        ),
        pytest.param(
            {"input": "a cat", "changed": "a cta", "was": "animals", "answer": "food", "row": 1233},
            ("row 1,234: 'a cat' is answered animals", "but 'a cta' food"),
            id="changed",
        ),
        pytest.param(
            {"input": {"age": 31, "pay": 2.5}, "changed": {"age": 32}, "was": 1.5, "answer": 1.25},
            ("age = 31, pay = 2.5 is answered 1.5", "but 1.25 with age = 32"),
            id="changed-cells",
        ),
        pytest.param(
            {"input": "a cat", "by": "another", "was": "animals", "answer": "food", "row": 0},
            ("row 1: 'a cat' is answered animals", "and by another food"),
            id="by-another-program",
        ),
        pytest.param(
            {"input": {"age": 31, "job": None, "pay": 10 / 3}, "expected": 2.5, "answer": 1e9},
            ("age = 31, job = nothing, pay = 3.33333", "is answered 1000000000, not 2.5"),
            id="row-and-number",
        ),
        pytest.param(
            {"input": "x", "answer": float("nan"), "expected": [1.0]},
            ("'x'", "is answered no number, not 1"),
            id="nan",
        ),
        pytest.param(
            {"input": "x", "answer": None, "expected": ["a"]},
            ("'x'", "is answered no class of the model's, not a"),
            id="no-class",
        ),
        pytest.param(
            {"input": IMAGE, "changed": IMAGE, "was": 3, "answer": 8, "row": 0},
            ("row 1: an image of 3 x 4 is answered 3, and 8 when changed",),
            id="image",
        ),
    ],
)
def test_what_people_read(entry: dict[str, Any], lines: tuple[str, ...]) -> None:
    assert is_counterexample({"type": "input", **entry})
    assert told(entry) == lines


def test_of_many_columns_whole_cells_are_shown_changed_ones_first() -> None:
    row = {f"a column with the number {n}": 1.5 for n in range(30)}
    changed = {"a column with the number 29": 2.5}
    first, other = told({"input": row, "changed": changed, "was": "a", "answer": "b"})
    assert first.startswith("a column with the number 29 = 1.5, a column with the number 0 = 1.5, ")
    assert first.endswith("a column with the number 12 = 1.5, and 16 more columns is answered a")
    assert other == "but b with a column with the number 29 = 2.5"


def test_nothing_foreign_moves_the_cursor() -> None:
    hostile = "a\x1b[2J\u202eb\n" * 99
    entry = {
        "input": {hostile: hostile},
        "changed": hostile,
        "was": hostile,
        "answer": hostile,
        "where": hostile,
    }
    text = "".join(told(entry) + told({"input": hostile, "expected": [hostile], "answer": hostile}))
    assert text.isprintable()
    assert len(text) < 2_000


def test_images_stand_side_by_side() -> None:
    assert drawn({"input": IMAGE, "changed": IMAGE}) == ("█ █    █ █", "▒▒▒    ▒▒▒")
    assert drawn({"input": "a cat"}) == ()


@pytest.mark.parametrize("grey", [None, [], [1, 2], ["x\x1b"], ["9" * 999] * 999, ["1", "22", ""]])
def test_a_broken_image_draws_what_it_can(grey: Any) -> None:
    lines = drawn({"input": {**IMAGE, "grey": grey}})
    assert all(set(line) <= set(" ░▒▓█") for line in lines)
    assert len(lines) <= 14


@pytest.mark.parametrize("entry", ["text", None, {}, {"type": "input"}, {"answer": 1}])
def test_other_evidence_is_none(entry: Any) -> None:
    assert not is_counterexample(entry)
