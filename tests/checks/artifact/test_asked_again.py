"""What a model answers when it is asked again: alone, in company, and a second time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from modelgate.model import Artifact, Signature, Tensor
from modelgate.testing import Toy, run_check

FARTHEST = float(np.finfo(np.float64).max)
SCORES = Tensor("scores", "float64", ("N", 2))


def artifact(*outputs: Tensor, batch: int | None = None) -> Artifact:
    signature = Signature((), outputs, batch=batch, batched=("x",))
    return Artifact("toy", "toy", "callable", None, 0, signature)


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


def holey(rows: int, _batch: int | None, _call: int) -> NDArray[Any]:
    return np.array(["a", None, float("nan")] * rows, dtype=object)[:rows]


def widening(rows: int, _batch: int | None, call: int) -> NDArray[Any]:
    return np.zeros((rows, call))


def retyped(rows: int, _batch: int | None, call: int) -> NDArray[Any]:
    return np.zeros(rows, dtype=np.float32 if call > 1 else np.float64)


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


def by_company(alone: Any, together: Any) -> Answer:
    """Answers each row with the one or with the other."""

    def answer(rows: int, batch: int | None, _call: int) -> NDArray[Any]:
        return np.array([together if (batch or rows) > 2 else alone] * rows)

    return answer


@pytest.mark.parametrize(
    ("answer", "expected", "value"),
    [
        pytest.param(by_company("a", "b"), "failed", 1.0, id="labels"),
        pytest.param(by_company(True, False), "failed", 1.0, id="truth-values"),
        pytest.param(by_company(100_000, 100_001), "failed", 1.0, id="classes-with-high-numbers"),
        pytest.param(by_company(0.5, 0.50001), "passed", pytest.approx(1e-5), id="rounding"),
        pytest.param(
            by_company(5000.0, 5000.1), "passed", pytest.approx(2e-5, rel=1e-3), id="of-its-size"
        ),
        pytest.param(by_company(0.5, 0.501), "failed", pytest.approx(1e-3), id="no-rounding"),
        pytest.param(by_company(np.nan, np.nan), "passed", 0.0, id="the-same-nan"),
        pytest.param(by_company(np.inf, np.inf), "passed", 0.0, id="the-same-infinity"),
        pytest.param(by_company(np.nan, 0.5), "failed", FARTHEST, id="nan-when-alone"),
        pytest.param(by_company(0.5, np.inf), "failed", FARTHEST, id="infinite-in-company"),
        pytest.param(by_company([0.5], [0.5, 0.5]), "failed", FARTHEST, id="another-shape"),
    ],
)
def test_how_far_two_answers_are_apart(answer: Answer, expected: str, value: float) -> None:
    result = run_check("dynamic_batch", probe=Toy(artifact(SCORES), answer))
    assert (result.status, result.value) == (expected, value)


@pytest.mark.parametrize(
    ("toy", "says"),
    [
        pytest.param(
            Toy(artifact(SCORES), by_company(0.5, 0.625)),
            "A row's answer moves by 0.12 with its neighbours (output 'answer' in calls of 1).",
            id="moved",
        ),
        pytest.param(
            Toy(artifact(SCORES), by_company(np.nan, 0.5)),
            "A row's answer is quite another with other neighbours (output 'answer' in calls of"
            " 1).",
            id="of-another-kind",
        ),
        pytest.param(
            Toy(artifact(SCORES, batch=32), steady),
            "The model takes exactly 32 rows a call; the last call is padded.",
            id="a-fixed-batch",
        ),
        pytest.param(Toy(artifact(SCORES), steady), "", id="nothing-to-say"),
    ],
)
def test_what_is_said_of_an_answer_that_moves(toy: Toy, says: str) -> None:
    assert run_check("dynamic_batch", probe=toy).says == says


@pytest.mark.parametrize(
    ("check", "rows", "reason"),
    [
        pytest.param("dynamic_batch", 1, "a single row has no neighbours", id="company-of-one"),
        pytest.param("determinism", 0, "there is no row to ask about", id="no-row"),
    ],
)
def test_too_few_rows_tell_nothing(check: str, rows: int, reason: str) -> None:
    result = run_check(check, probe=Toy(artifact(SCORES), steady, rows=rows))
    assert (result.status, result.value) == ("undecided", None)
    assert reason in str(result.reason)


def test_few_rows_are_asked_about_only_once_each() -> None:
    asked: list[tuple[int, int | None]] = []

    def watched(rows: int, batch: int | None, call: int) -> NDArray[Any]:
        asked.append((rows, batch))
        return steady(rows, batch, call)

    run_check("dynamic_batch", probe=Toy(artifact(SCORES), watched, rows=5))
    assert asked == [(5, None), (5, 1), (5, 2)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(steady, "passed", id="the-same-twice"),
        pytest.param(empty, "passed", id="the-same-nan-twice"),
        pytest.param(holey, "passed", id="the-same-missing-label-twice"),
        pytest.param(widening, "crashed", id="another-shape"),
        pytest.param(retyped, "crashed", id="another-type"),
        pytest.param(drawing, "crashed", id="another-answer"),
    ],
)
def test_the_same_rows_get_the_same_answer(answer: Answer, expected: str) -> None:
    result = run_check("determinism", probe=Toy(artifact(SCORES), answer))
    assert result.status == expected


def test_a_model_that_answers_differently_is_called_so() -> None:
    result = run_check("determinism", probe=Toy(artifact(SCORES), drawing))
    assert result.reason == (
        "MG4010 NONDETERMINISTIC: the model answered the same 64 rows differently the second time"
        " (output 'answer')"
    )


@pytest.mark.parametrize("check", ["dynamic_batch", "determinism"])
def test_without_a_model_to_ask_it_is_skipped(check: str) -> None:
    result = run_check(check, truth=[0, 1], answer=[0, 1])
    assert result.status == "skipped"
    assert "no model to ask again" in str(result.reason)
