"""Scores: exact while they are few, then in bins with a bound that holds."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from modelgate.aggregates import Batch, Facts
from modelgate.aggregates import ranking as ranking_module
from modelgate.aggregates.ranking import Ranking
from modelgate.aggregates.score_sketch import ScoreSketch
from modelgate.stats.ranks import auroc, average_precision

BINARY = Facts("classification", ("no", "yes"), 1)


def spread(shape: str, rows: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """True classes and scores of the positive one."""
    rng = np.random.default_rng(5)
    truth = rng.random(rows) < (0.01 if shape == "rare" else 0.4)
    logit = rng.normal(size=rows) + truth
    scores = {
        "even": 1 / (1 + np.exp(-logit)),
        "near-one": 1 / (1 + np.exp(-15 - 3 * logit)),
        "near-zero": 1 / (1 + np.exp(15 - 3 * logit)),
        "two-ends": 1 / (1 + np.exp(-20 * logit)),
        "narrow": 0.5 + logit * 1e-3,
        "tied": (1 / (1 + np.exp(-logit))).round(2),
        "rare": 1 / (1 + np.exp(5 - logit)),
    }
    return truth.astype(int), scores[shape]


SHAPES = ["even", "near-one", "near-zero", "two-ends", "narrow", "tied", "rare"]


def ranked(truth: NDArray[Any], scores: NDArray[Any]) -> Ranking:
    both = np.column_stack([1 - scores, scores])
    found = Ranking(BINARY)
    for start in range(0, len(truth), 8_192):
        part = slice(start, start + 8_192)
        found.add(Batch(truth[part], both[part].argmax(axis=1), both[part]))
    return found


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_binned_areas_are_within_a_bound_that_is_small(
    monkeypatch: pytest.MonkeyPatch, shape: str, dtype: type
) -> None:
    monkeypatch.setattr(ranking_module, "EXACT_ROWS", 100_000)
    truth, scores = spread(shape, 100_000)
    scores = scores.astype(dtype)
    found = ranked(truth, scores)
    assert not found.is_exact
    curve = found.curve(1)
    for area, exact in ((auroc, roc_auc_score), (average_precision, average_precision_score)):
        value, bound = area(curve.positives, curve.negatives, curve.mixed)
        assert abs(value - exact(truth, scores)) <= bound + 1e-12
        # All scores within a few thousandths of one half are the worst there is.
        assert bound <= (1e-2 if shape == "narrow" else 1e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_binned_auroc_is_within_a_ten_thousandth(
    monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    monkeypatch.setattr(ranking_module, "EXACT_ROWS", 100_000)
    truth, scores = spread(shape, 100_000)
    curve = ranked(truth, scores).curve(1)
    value, _ = auroc(curve.positives, curve.negatives)
    assert value == pytest.approx(roc_auc_score(truth, scores), abs=1e-4)


def test_scores_that_are_equal_cost_no_exactness_in_bins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking_module, "EXACT_ROWS", 1_000)
    truth, scores = spread("tied", 2_000)
    curve = ranked(truth, scores).curve(1)
    assert not curve.mixed.any()
    value, bound = auroc(curve.positives, curve.negatives, curve.mixed)
    assert value == pytest.approx(roc_auc_score(truth, scores), abs=1e-12)
    assert bound == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_score_from_0_to_1_has_a_bin_in_its_order(dtype: type) -> None:
    near_zero = np.concatenate([[0.0, 5e-324, 1e-300], 2.0 ** np.arange(-1_000.0, 0.0)])
    scores: NDArray[Any] = np.unique(
        np.concatenate([near_zero, 1 - near_zero[near_zero > 1e-17], [0.5, 1.0]]).astype(dtype)
    )
    sketch = ScoreSketch(1, weighted=False)
    bins = sketch._bin(scores)
    assert (np.diff(bins) >= 0).all()
    assert 0 <= bins[0] <= bins[-1] < sketch._bins
    assert len(np.unique(bins)) >= len(scores) - 4  # but for the smallest, which share one


@pytest.mark.parametrize(
    ("rows", "exact"), [(999, True), (1_000, False)], ids=["one-below", "at-the-limit"]
)
def test_the_switch_hangs_on_the_number_of_rows_alone(
    monkeypatch: pytest.MonkeyPatch, rows: int, exact: bool
) -> None:
    monkeypatch.setattr(ranking_module, "EXACT_ROWS", 1_000)
    assert ranked(*spread("even", rows)).is_exact is exact


def test_many_classes_are_binned_earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking_module, "EXACT_SCORES", 1_000)
    rng = np.random.default_rng(0)
    found = Ranking(Facts("classification", tuple(range(10))))
    scores = rng.dirichlet(np.ones(10), 100)
    found.add(Batch(rng.integers(0, 10, 100), scores.argmax(axis=1), scores))
    assert not found.is_exact


@pytest.mark.parametrize("classes", [1, 3, 10, 100, 1_000])
def test_bins_stay_within_80_megabytes(classes: int) -> None:
    sketch = ScoreSketch(classes, weighted=False)
    assert sketch._counts.nbytes + sketch._score.nbytes <= 80_000_000


def test_the_other_of_two_classes_is_the_same_curve_turned_round() -> None:
    truth, scores = spread("even", 500)
    curve = ranked(truth, scores).curve(0)
    value, _ = auroc(curve.positives, curve.negatives)
    assert value == pytest.approx(roc_auc_score(1 - truth, 1 - scores), abs=1e-12)


def test_float32_and_float64_scores_may_come_mixed() -> None:
    truth, scores = spread("even", 400)
    scores = scores.astype(np.float32).astype(np.float64)
    both = np.column_stack([1 - scores, scores])
    found = Ranking(BINARY)
    found.add(Batch(truth[:150], both[:150].argmax(axis=1), both[:150]))
    found.add(Batch(truth[150:], both[150:].argmax(axis=1), both[150:].astype(np.float32)))
    curve = found.curve(1)
    assert auroc(curve.positives, curve.negatives)[0] == pytest.approx(
        roc_auc_score(truth, scores), abs=1e-12
    )
