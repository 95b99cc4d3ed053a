"""What Evidently gets: the columns in kinds that both sides share, and a model's answers."""

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
from modelgate.evidently_worker.handed import answers_handed, rows_handed
from modelgate.predictions import Predictions
from modelgate.surveys import Layout, Rows
from modelgate.surveys.row_sample import AnsweredRows, RowSample

PLANS = Facts("classification", ("basic", "plus", "pro"))
LEAVES = Facts("classification", (0, 1), 1)
PRICES = Facts("regression")


def _rows(columns: Mapping[str, Any], **layout: Any) -> RowSample:
    block = pa.RecordBatch.from_pydict(dict(columns))
    found = RowSample(Layout(schema=block.schema, **layout))
    found.add(Rows(block, 0))
    return found


def _answered(target: Any, answers: Predictions, facts: Facts | None) -> AnsweredRows:
    block = pa.RecordBatch.from_pydict({"y": target})
    found = AnsweredRows(Layout(schema=block.schema, target="y", facts=facts))
    found.add(Rows(block, 0, answers))
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
        pytest.param([1, 2] * 4, ["a", "b"] * 4, "categorical", id="numbers-here-words-there"),
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


def test_no_column_at_all_is_undecided() -> None:
    side = _rows({"list": [[1.0]]})
    assert rows_handed(side, side).lack == "there is no column that Evidently can take"


def test_two_classes_are_handed_over_by_name_with_the_positive_score() -> None:
    scores = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]])
    side = _answered([0.0, 1.0, None], Predictions(scores), LEAVES)
    handed = answers_handed(side, side, "classification")
    assert handed.current.to_pydict() == {
        "target": ["0", "1"],
        "prediction": ["0", "1"],
        "score": [0.1, 0.8],
    }
    assert handed.definition["task"]["positive"] == "1"
    assert handed.notes[1] == "1 rows of the data without a right answer are left out"


def test_scores_of_several_classes_bear_their_names_and_no_other_column_does() -> None:
    facts = Facts("classification", ("target", "plus", "prediction"))
    side = _answered(["plus"], Predictions(np.array([[0.2, 0.7, 0.1]])), facts)
    handed = answers_handed(side, side, "classification")
    task = handed.definition["task"]
    assert (task["target"], task["answer"]) == ("target_", "prediction_")
    assert task["scores"] == ["target", "plus", "prediction"]
    assert handed.current.to_pydict()["target_"] == ["plus"]


def test_a_model_without_scores_has_none() -> None:
    side = _answered(["pro"], Predictions(labels=np.array([0])), PLANS)
    handed = answers_handed(side, side, "classification")
    assert handed.current.to_pydict() == {"target": ["pro"], "prediction": ["basic"]}
    assert handed.definition["task"]["scores"] == []


def test_numbers_answered() -> None:
    side = _answered([1, None, 3], Predictions(values=np.array([1.5, np.nan, 2.5])), PRICES)
    handed = answers_handed(side, side, "regression")
    assert handed.current.to_pydict() == {"target": [1.0, 3.0], "prediction": [1.5, 2.5]}
    assert handed.definition["numerical"] == ["target", "prediction"]


@pytest.mark.parametrize(
    ("target", "answers", "facts", "says"),
    [
        pytest.param(
            [1.0],
            Predictions(values=np.array([np.nan])),
            PRICES,
            "the reference holds answers of the model that are no finite numbers",
            id="NaN",
        ),
        pytest.param(
            [1],
            Predictions(labels=np.array([-1])),
            LEAVES,
            "the reference holds answers of the model that are no class, or not finite",
            id="no-class",
        ),
        pytest.param(
            [1],
            Predictions(np.array([[np.nan, np.nan]])),
            LEAVES,
            "the reference holds answers of the model that are no class, or not finite",
            id="scores-of-NaN",
        ),
    ],
)
def test_an_answer_that_is_none_leaves_all_undecided(
    target: Any, answers: Predictions, facts: Facts, says: str
) -> None:
    side = _answered(target, answers, facts)
    assert answers_handed(side, side, facts.task).lack == says


def test_a_reference_without_right_answers_is_undecided() -> None:
    side = _answered([1], Predictions(labels=np.array([1])), LEAVES)
    bare = AnsweredRows(Layout(schema=side.layout.schema, facts=LEAVES))
    handed = answers_handed(bare, side, "classification")
    assert handed.lack == "the reference has no right answers"


@pytest.mark.parametrize(
    ("facts", "told"), [pytest.param(LEAVES, "classification"), pytest.param(None, "unknown")]
)
def test_a_preset_of_another_task_is_a_mistake(facts: Facts | None, told: str) -> None:
    side = _answered([1], Predictions(labels=np.array([1])), facts)
    with pytest.raises(UsageError, match=f"MG2294 .* regression, .* task is {told}") as error:
        answers_handed(side, side, "regression")
    assert error.value.exit_code == 2
