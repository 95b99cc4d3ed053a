"""Probabilities that mean what they say, and such that do not."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss

from modelgate.aggregates import ranking as ranking_module
from modelgate.errors import UsageError
from modelgate.report import Result
from modelgate.testing import run_check


def rows(
    seed: int, count: int, *, slope: float = 1.0, shift: float = 0.0
) -> tuple[NDArray[Any], NDArray[Any]]:
    """True classes, and probabilities of the positive one; `slope` and `shift` bend the truth."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(0, 1.5, count)
    truth = rng.random(count) < 1 / (1 + np.exp(-(shift + slope * logit)))
    return truth.astype(int), 1 / (1 + np.exp(-logit))


def ask(
    measure: str, truth: NDArray[Any], said: NDArray[Any], /, bins: int = 10, **limit: Any
) -> Result:
    scores = np.column_stack([1 - said, said])
    return run_check(
        "calibration", subject=measure, truth=truth, scores=scores, settings={"bins": bins}, **limit
    )


@pytest.mark.parametrize(
    ("count", "slope", "status"),
    [
        pytest.param(5_000, 1.0, "passed", id="as-it-says"),
        pytest.param(5_000, 0.4, "failed", id="far-too-sure"),
        pytest.param(200, 1.0, "undecided", id="too-few-rows-to-tell"),
        pytest.param(60, 0.4, "undecided", id="fewer-than-the-minimum"),
    ],
)
def test_calibration_error(count: int, slope: float, status: str) -> None:
    assert ask("ece", *rows(3, count, slope=slope), at_most=0.05).status == status


@pytest.mark.parametrize(
    ("count", "slope", "status"),
    [(3_000, 1.0, "passed"), (3_000, 0.6, "failed"), (150, 0.9, "undecided")],
)
def test_slope(count: int, slope: float, status: str) -> None:
    assert ask("slope", *rows(4, count, slope=slope), at_least=0.8).status == status


@pytest.mark.parametrize(
    ("count", "shift", "status"),
    [(3_000, 0.0, "passed"), (3_000, 0.8, "failed"), (100, 0.5, "undecided")],
)
def test_intercept(count: int, shift: float, status: str) -> None:
    assert ask("intercept", *rows(4, count, shift=shift), at_most=0.2).status == status


@pytest.mark.parametrize(
    ("limit", "status"), [(0.22, "passed"), (0.14, "failed"), (0.174, "undecided")]
)
def test_brier(limit: float, status: str) -> None:
    found = ask("brier", *rows(6, 2_000), at_most=limit)
    assert found.status == status, found


def test_the_parts_of_the_brier_score_add_up_to_scikit_learns() -> None:
    truth, said = rows(5, 700, slope=0.5)
    found = ask("brier", truth, said, 7)
    parts = found.details
    assert found.value == pytest.approx(brier_score_loss(truth, said), rel=1e-12)
    whole = parts["reliability"] - parts["resolution"] + parts["uncertainty"]
    assert whole == pytest.approx(found.value, rel=1e-12)


def test_slope_is_that_of_a_logistic_regression() -> None:
    truth, said = rows(7, 500, slope=0.7, shift=0.3)
    logits = np.log(said / (1 - said))[:, None]
    fit = LogisticRegression(C=np.inf, tol=1e-10).fit(logits, truth)
    assert ask("slope", truth, said).value == pytest.approx(fit.coef_[0, 0], abs=1e-4)


def test_the_usual_calibration_error_stands_beside_the_one_without_noise() -> None:
    truth, said = rows(8, 1_000)
    details = ask("ece", truth, said, 5).details
    order = np.argsort(said)
    usual = sum(
        abs(said[part].mean() - truth[part].mean()) * len(part) / 1_000
        for part in np.array_split(order, 5)
    )
    assert details["with_noise"] == pytest.approx(usual, rel=1e-12)
    assert [round(row["rows"]) for row in details["curve"]] == [200] * 5


def test_rows_of_one_probability_stay_in_one_bin() -> None:
    truth = np.array([0, 1, 1, 0, 1] * 60)
    details = ask("ece", truth, np.full(300, 0.6)).details
    assert [row["rows"] for row in details["curve"]] == [300.0]


def test_three_classes_are_judged_by_the_confidence_of_the_answer() -> None:
    rng = np.random.default_rng(9)
    scores = rng.dirichlet(np.ones(3), 4_000)
    truth = np.array([rng.choice(3, p=row) for row in scores])
    honest = run_check("calibration", subject="ece", truth=truth, scores=scores, at_most=0.05)
    assert honest.status == "passed"
    assert honest.details["probability_of"] == "the answer"
    sharper = scores**4 / (scores**4).sum(axis=1, keepdims=True)
    boasting = run_check("calibration", subject="ece", truth=truth, scores=sharper, at_most=0.05)
    assert boasting.status == "failed"
    assert "rows told" in boasting.evidence[0]


@pytest.mark.parametrize("measure", ["ece", "brier", "slope", "intercept"])
def test_a_model_that_answers_labels_only_is_not_judged(measure: str) -> None:
    found = run_check(
        "calibration", subject=measure, truth=[0, 1] * 100, answer=[0, 1] * 100, at_most=0.5
    )
    assert found.status == "undecided"
    assert found.reason == "needs probabilities; the model answers labels only"


@pytest.mark.parametrize("measure", ["slope", "intercept"])
def test_what_no_regression_fits_is_not_judged(measure: str) -> None:
    same = ask(measure, np.ones(200, dtype=int), np.linspace(0.5, 0.9, 200), at_most=0.5)
    assert (same.status, same.value) == ("undecided", None)
    said = np.linspace(0.1, 0.9, 200)
    apart = ask(measure, (said > 0.5).astype(int), said, at_most=0.5)
    assert apart.status == "undecided"
    assert "separate" in (apart.reason or "")


def test_a_sure_model_without_an_error_is_not_surely_calibrated() -> None:
    truth = np.array([0, 1] * 100)
    found = ask("ece", truth, truth.astype(float), at_most=0.01)
    assert found.status == "undecided"
    assert found.interval is not None
    assert found.interval[1] > 0.014  # one row in seventy may yet go wrong


@pytest.mark.parametrize("bins", [0, -3, 5_000])
def test_a_strange_number_of_bins_is_refused(bins: int) -> None:
    with pytest.raises(UsageError) as caught:
        ask("ece", *rows(1, 50), bins)
    assert caught.value.code == "MG2160"
    assert caught.value.exit_code == 2
    assert caught.value.where is not None


def test_a_weight_of_two_counts_as_two_rows() -> None:
    truth, said = rows(10, 400)
    scores = np.column_stack([1 - said, said])
    twice = run_check(
        "calibration", subject="ece", truth=truth, scores=scores, weight=[2.0] * len(truth)
    )
    assert twice.value == pytest.approx(ask("ece", truth, said).value, rel=1e-9)


@pytest.mark.parametrize("measure", ["ece", "brier", "slope", "intercept"])
def test_scores_in_bins_give_nearly_the_same(monkeypatch: Any, measure: str) -> None:
    truth, said = rows(11, 30_000, slope=0.8)
    exact = ask(measure, truth, said).value
    monkeypatch.setattr(ranking_module, "EXACT_ROWS", 10_000)
    assert ask(measure, truth, said).value == pytest.approx(exact, rel=2e-3)


def test_a_perfect_model_of_300_rows_hardly_ever_looks_bad() -> None:
    low, high = [], []
    for seed in range(100):
        found = ask("ece", *rows(seed, 300))
        assert found.interval is not None
        low.append(found.interval[0] > 0.05)
        high.append(found.interval[1] <= 0.02)
    assert not any(low)
    assert np.mean(high) <= 0.06


@pytest.mark.parametrize("measure", ["ece", "slope", "intercept"])
def test_either_end_of_the_interval_misses_about_five_in_a_hundred(measure: str) -> None:
    truth, said = rows(99, 2_000_000, slope=0.6)
    true = ask(measure, truth, said).value
    assert true is not None
    missed = np.zeros(2)
    for seed in range(100):
        found = ask(measure, *rows(seed, 400, slope=0.6))
        assert found.interval is not None
        missed += true < found.interval[0], true > found.interval[1]
    assert (missed / 100 <= 0.115).all(), missed / 100  # 5 %, and three deviations
