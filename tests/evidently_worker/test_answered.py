"""What Evidently gets of a model's answers: right answers, answers and scores, by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.aggregates import Facts
from modelgate.errors import UsageError
from modelgate.evidently_worker.answered import answers_handed
from modelgate.predictions import Predictions
from modelgate.surveys import Layout, Rows
from modelgate.surveys.row_sample import AnsweredRows

PLANS = Facts("classification", ("basic", "plus", "pro"))
LEAVES = Facts("classification", (0, 1), 1)
PRICES = Facts("regression")


def _answered(target: Any, answers: Predictions, facts: Facts | None) -> AnsweredRows:
    block = pa.RecordBatch.from_pydict({"y": target})
    found = AnsweredRows(Layout(schema=block.schema, target="y", facts=facts))
    found.add(Rows(block, 0, answers))
    return found


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
