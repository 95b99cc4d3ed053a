"""Models that err where they are unsure, and models that do not."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from modelgate.aggregates import ranking as ranking_module
from modelgate.errors import UsageError
from modelgate.report import Result
from modelgate.testing import run_check


def rows(seed: int, count: int, *, doubts: bool = True) -> tuple[NDArray[Any], NDArray[Any]]:
    """True classes and scores of two: a fifth wrong, among the unsure ones where it `doubts`."""
    rng = np.random.default_rng(seed)
    sure = rng.random(count)
    wrong = rng.random(count) < (0.4 * (1 - sure) if doubts else 0.2)
    answer = rng.integers(0, 2, count)
    said = 0.5 + sure / 2
    scores = np.where(np.arange(2) == answer[:, None], said[:, None], 1 - said[:, None])
    return np.where(wrong, 1 - answer, answer), scores


def ask(measure: str, truth: Any, scores: Any, /, coverage: float = 0.8, **limit: Any) -> Result:
    settings = {"coverage": coverage}
    return run_check(
        "risk_coverage", subject=measure, truth=truth, scores=scores, settings=settings, **limit
    )


@pytest.mark.parametrize(
    ("measure", "doubts", "count", "status"),
    [
        pytest.param("risk", True, 3_000, "passed", id="errs-where-unsure"),
        pytest.param("risk", False, 3_000, "failed", id="its-doubts-say-nothing"),
        pytest.param("risk", True, 100, "undecided", id="too-few-rows"),
        pytest.param("aurc", True, 3_000, "passed", id="small-area"),
        pytest.param("aurc", False, 3_000, "failed", id="area-as-large-as-the-error"),
        pytest.param("aurc", True, 100, "undecided", id="area-of-too-few-rows"),
    ],
)
def test_risk_coverage(measure: str, doubts: bool, count: int, status: str) -> None:
    limit = 0.15 if measure == "risk" else 0.13
    coverage = 0.6
    found = ask(measure, *rows(1, count, doubts=doubts), coverage, at_most=limit)
    assert found.status == status


def test_risk_is_the_share_of_errors_among_the_surest() -> None:
    truth, scores = rows(2, 500)
    found = ask("risk", truth, scores, 0.5)
    surest = np.argsort(-scores.max(axis=1))[:250]
    assert found.value == pytest.approx((scores.argmax(axis=1) != truth)[surest].mean())
    assert found.details["answered_from"] == pytest.approx(scores.max(axis=1)[surest].min())


def test_the_area_is_the_mean_of_the_risks() -> None:
    truth, scores = rows(3, 2_000)
    wrong = (scores.argmax(axis=1) != truth)[np.argsort(-scores.max(axis=1))]
    risks = np.cumsum(wrong) / np.arange(1, 2_001)
    assert ask("aurc", truth, scores).value == pytest.approx(risks.mean(), abs=5e-4)


def test_equally_sure_answers_share_their_errors() -> None:
    truth = np.array([1] * 30 + [0] * 70)
    scores = np.tile([0.3, 0.7], (100, 1))
    for coverage in (0.1, 0.5, 1.0):
        assert ask("risk", truth, scores, coverage).value == pytest.approx(0.7)
    assert ask("aurc", truth, scores).value == pytest.approx(0.7)


def test_a_model_without_an_error_is_not_surely_without() -> None:
    truth, scores = rows(4, 200)
    for measure in ("risk", "aurc"):
        found = ask(measure, scores.argmax(axis=1), scores, at_most=0.01)
        assert (found.value, found.status) == (0.0, "undecided")
    assert len(truth) == 200


@pytest.mark.parametrize("measure", ["risk", "aurc"])
def test_labels_only_have_no_risk(measure: str) -> None:
    found = run_check(
        "risk_coverage", subject=measure, truth=[0, 1] * 50, answer=[0, 1] * 50, at_most=0.5
    )
    assert found.status == "undecided"
    assert found.reason == "needs probabilities; the model answers labels only"


@pytest.mark.parametrize("coverage", [0.0, -0.5, 1.5])
def test_a_strange_coverage_is_refused(coverage: float) -> None:
    with pytest.raises(UsageError, match="write a share between 0 and 1") as caught:
        ask("risk", *rows(1, 50), coverage)
    assert (caught.value.code, caught.value.exit_code) == ("MG2160", 2)
    assert caught.value.where is not None


@pytest.mark.parametrize("measure", ["risk", "aurc"])
def test_confidences_in_bins_give_nearly_the_same(monkeypatch: Any, measure: str) -> None:
    truth, scores = rows(5, 20_000)
    exact = ask(measure, truth, scores).value
    monkeypatch.setattr(ranking_module, "EXACT_ROWS", 10_000)
    assert ask(measure, truth, scores).value == pytest.approx(exact, rel=1e-2)


@pytest.mark.parametrize("doubts", [True, False], ids=["doubts", "no-doubts"])
@pytest.mark.parametrize("measure", ["risk", "aurc"])
def test_either_end_of_the_interval_misses_at_most_five_in_a_hundred(
    measure: str, doubts: bool
) -> None:
    # Errors 0.4 (1 - s): 0.4 x 0.4 among the surest four fifths, half of 0.2 over all coverages.
    true = 0.2 if not doubts else 0.16 if measure == "risk" else 0.1
    missed = np.zeros(2)
    for seed in range(100):
        found = ask(measure, *rows(seed, 200, doubts=doubts))
        assert found.interval is not None
        missed += true < found.interval[0], true > found.interval[1]
    assert (missed / 100 <= 0.115).all(), missed / 100  # 5 %, and three deviations
