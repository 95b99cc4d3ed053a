"""What Evidently gets: the columns in kinds that both sides share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.aggregates import Facts
from modelgate.errors import UsageError
from modelgate.evidently_worker.handed import rows_handed
from modelgate.surveys import Layout, Rows
from modelgate.surveys.row_sample import RowSample


def _rows(columns: Mapping[str, Any], **layout: Any) -> RowSample:
    block = pa.RecordBatch.from_pydict(dict(columns))
    found = RowSample(Layout(schema=block.schema, **layout))
    found.add(Rows(block, 0))
    return found


@pytest.mark.parametrize(
    ("one", "two", "kind"),
    [
        pytest.param([1.5, 2.0], [1.0, None], "numerical", id="fractions"),
        pytest.param([1, 2], [2, 1], "categorical", id="few-whole-numbers"),
        pytest.param(list(range(8)), list(range(4, 12)), "numerical", id="many-on-both-together"),
        pytest.param([1, 2], [0.5, 1.5], "numerical", id="whole-here-fractions-there"),
        pytest.param(["a", "b"] * 4, ["a"] * 8, "categorical", id="words"),
        pytest.param(["a b", "c d"], ["e f", "g h"], "text", id="texts"),
        pytest.param([True, None] * 4, [False, True] * 4, "categorical", id="truths-and-a-gap"),
        pytest.param([date(2024, 1, 1)], [date(2024, 1, 2)], "datetime", id="days"),
        pytest.param([Decimal("1.5")], [Decimal("2.5")], "numerical", id="decimals"),
    ],
)
def test_a_column_is_of_one_kind_on_both_sides(one: Any, two: Any, kind: str) -> None:
    handed = rows_handed(_rows({"x": one}), _rows({"x": two}))
    assert handed.definition[kind] == ["x"]
    assert sum(len(handed.definition[other]) for other in ("numerical", "categorical", "text")) <= 1
    assert handed.reference.schema == handed.current.schema


def test_labels_are_categories_however_many() -> None:
    columns = {"y": list(range(100)), "z": list(range(100))}
    side = _rows(columns, target="y", facts=Facts("classification", tuple(range(100))))
    found = rows_handed(side, side).definition
    assert (found["categorical"], found["numerical"]) == (["y"], ["z"])


def test_what_evidently_cannot_take_is_left_out_and_told() -> None:
    side = _rows({"x": [1.0], "list": [[1.0]], "nothing": pa.array([None], pa.string())})
    handed = rows_handed(side, side)
    assert handed.current.column_names == ["x"]
    assert handed.notes == ("left out, since Evidently cannot take it: list, nothing",)
    assert rows_handed(side, side, ["x", "x"]).notes == ()


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        pytest.param(["list"], "MG2293 .* 'list': list<", id="a-list"),
        pytest.param(
            ["gone"], "MG2260 no column 'gone' stands in both", id="one-that-is-not-there"
        ),
    ],
)
def test_a_column_that_a_step_names_and_nobody_can_hand_over(columns: list[str], says: str) -> None:
    side = _rows({"x": [1.0], "list": [[1.0]]})
    with pytest.raises(UsageError, match=says) as error:
        rows_handed(side, side, columns)
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("one", "two", "says"),
    [
        pytest.param({"v": [[1.0]]}, {"v": [[1.0]]}, "there is no column that", id="no-column"),
        pytest.param({"x": [1], "z": [1]}, {"x": [1]}, "the data lacks 'z', which", id="gone"),
        pytest.param({"x": [1.0]}, {"x": [np.nan]}, "'x' holds no value in the data", id="NaN"),
        pytest.param({"x": [1]}, {"x": pa.nulls(1)}, "'x' holds no value in the data", id="null"),
        pytest.param(
            {"x": [None]}, {"x": [1]}, "'x' holds no value in the reference", id="none-before"
        ),
        pytest.param(
            {"x": [1]}, {"x": ["a"]}, "'x' holds string in the data, and int64 in", id="other-kind"
        ),
    ],
)
def test_what_evidently_would_pass_over_in_silence_is_undecided(
    one: dict[str, Any], two: dict[str, Any], says: str
) -> None:
    lack = rows_handed(_rows(one), _rows(two)).lack
    assert lack is not None
    assert says in lack
    assert lack.endswith("; `columns: [...]` names those that are meant")


def test_a_column_that_a_step_leaves_out_or_the_target_may_be_gone() -> None:
    one, two = _rows({"x": [1], "y": [0]}, target="y"), _rows({"x": [1]})
    assert rows_handed(one, two).lack is None
    assert rows_handed(_rows({"x": [1], "z": [0]}), two, ["x"]).lack is None
