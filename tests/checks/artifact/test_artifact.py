"""Questions of the artifact itself: a model that passes, one that fails, one nobody can tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from modelgate.aggregates.answers import Answers
from modelgate.model import Artifact, Signature, Tensor
from modelgate.testing import Toy, run_check


def answers(*rows: list[float], probabilities: bool = False) -> Answers:
    made = Answers()
    matrix = np.array(rows, dtype=np.float64)
    made.seen = {"scores": matrix}
    finite = made.add([matrix], len(matrix))
    if probabilities:
        made.add_probabilities(matrix[finite])
    return made


def artifact(*outputs: Tensor, batch: int | None = None) -> Artifact:
    signature = Signature((), outputs, batch=batch)
    return Artifact("toy", "toy", "callable", None, 0, signature)


SCORES = Tensor("scores", "float64", ("N", 2))


@pytest.mark.parametrize(
    ("given", "expected", "value"),
    [
        pytest.param(answers([0.1, 0.9], [0.3, 0.7]), "passed", 0, id="all-finite"),
        pytest.param(answers([0.1, 0.9], [np.nan, 0.7]), "failed", 1, id="one-nan"),
        pytest.param(answers([np.inf, 0.9], [-np.inf, 0.7]), "failed", 2, id="infinities"),
        pytest.param(answers([1e308, 1e308]), "passed", 0, id="large-but-finite"),
        pytest.param(Answers(), "undecided", None, id="no-row-answered"),
    ],
)
def test_finite_outputs(given: Answers, expected: str, value: float | None) -> None:
    result = run_check("finite_outputs", answers=given)
    assert (result.status, result.value) == (expected, value)


def test_finite_outputs_names_the_rows() -> None:
    result = run_check("finite_outputs", answers=answers([1.0], [np.nan], [2.0], [np.inf]))
    assert result.says == "2 of 4 rows are answered with NaN or an infinity (the first: rows 2, 4)."


@pytest.mark.parametrize(
    ("output", "given", "expected", "says"),
    [
        pytest.param(SCORES, answers([0.1, 0.9]), "passed", "", id="as-declared"),
        pytest.param(
            Tensor("scores", "float32", ("N", 2)),
            answers([0.1, 0.9]),
            "failed",
            "declared float32 and answers float64",
            id="another-type",
        ),
        pytest.param(
            Tensor("scores", "float64", ("N", 3)),
            answers([0.1, 0.9]),
            "failed",
            "declared ['N', 3] and answers [1, 2]",
            id="another-width",
        ),
        pytest.param(
            SCORES,
            answers([0.1, 0.8], probabilities=True),
            "failed",
            "of 1 rows do not sum to one (off by up to 0.1)",
            id="probabilities-that-do-not-sum-to-one",
        ),
        pytest.param(
            SCORES,
            answers([-0.1, 1.1], probabilities=True),
            "failed",
            "1 rows have a probability outside [0, 1]",
            id="probabilities-outside",
        ),
        pytest.param(SCORES, Answers(), "undecided", "", id="no-row-answered"),
    ],
)
def test_the_signature_is_kept_by_what_is_answered(
    output: Tensor, given: Answers, expected: str, says: str
) -> None:
    toy = Toy(artifact(output), lambda rows, _batch, _call: np.zeros((rows, 2)))
    result = run_check("signature", answers=given, probe=toy)
    assert result.status == expected
    assert says in result.says


Answer = Callable[[int, int | None, int], NDArray[Any]]


def steady(rows: int, _batch: int | None, _call: int) -> NDArray[Any]:
    return np.arange(rows, dtype=np.float32)[:, None] * np.ones(2, dtype=np.float32)


def sociable(rows: int, batch: int | None, _call: int) -> NDArray[Any]:
    """Answers by the size of the call, as a batch norm in training mode does by its mean."""
    return steady(rows, None, 0) - np.float32((batch or rows) / 2)


def looking_back(rows: int, batch: int | None, _call: int) -> NDArray[Any]:
    """Answers by the place in the call, as a running sum over the rows does."""
    return steady(rows, None, 0) + (np.arange(rows) % (batch or rows)).astype(np.float32)[:, None]


def drawing(rows: int, _batch: int | None, call: int) -> NDArray[Any]:
    return steady(rows, None, 0) + np.float32(call)


def empty(_rows: int, _batch: int | None, _call: int) -> NDArray[Any]:
    return np.full((64, 2), np.nan)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(steady, "passed", id="alone-as-in-company"),
        pytest.param(sociable, "failed", id="moves-with-its-neighbours"),
        pytest.param(looking_back, "failed", id="moves-with-the-rows-before-it"),
        pytest.param(drawing, "crashed", id="moves-by-itself"),
    ],
)
def test_a_row_is_answered_alone_as_in_company(answer: Answer, expected: str) -> None:
    result = run_check("dynamic_batch", probe=Toy(artifact(SCORES), answer))
    assert result.status == expected


def test_alone_and_in_company_labels_are_compared_exactly() -> None:
    def label(rows: int, batch: int | None, _call: int) -> NDArray[Any]:
        return np.array(["a" if (batch or rows) > 2 else "b"] * rows, dtype=object)

    result = run_check("dynamic_batch", probe=Toy(artifact(SCORES), label))
    assert (result.status, result.value) == ("failed", 1.0)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(steady, "passed", id="the-same-twice"),
        pytest.param(empty, "passed", id="the-same-nan-twice"),
        pytest.param(drawing, "crashed", id="another-answer"),
    ],
)
def test_the_same_rows_get_the_same_answer(answer: Answer, expected: str) -> None:
    result = run_check("determinism", probe=Toy(artifact(SCORES), answer))
    assert result.status == expected


def test_a_model_that_answers_differently_is_called_so() -> None:
    result = run_check("determinism", probe=Toy(artifact(SCORES), drawing))
    assert "NONDETERMINISTIC" in str(result.reason)


@pytest.mark.parametrize("check", ["dynamic_batch", "determinism"])
def test_without_a_model_to_ask_it_is_skipped(check: str) -> None:
    result = run_check(check, truth=[0, 1], answer=[0, 1])
    assert result.status == "skipped"
    assert "no model to ask again" in str(result.reason)
