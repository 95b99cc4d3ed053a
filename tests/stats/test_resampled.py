"""The interval of cross-validated scores holds the score that the way of fitting really has."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from modelgate.metrics.folds import folds_of, scores_of
from modelgate.stats.interval import Interval
from modelgate.stats.resampled import corrected

Floats = NDArray[np.float64]
WIDTH = 10
"""Of the rows: the classes lie `APART` from each other along the first axis."""
APART = 1.6


def centroids(rows: Floats, truth: NDArray[np.int64]) -> tuple[Floats, float]:
    """Weights and offset of a line halfway between the means of two classes."""
    ill, well = rows[truth == 1].mean(axis=0), rows[truth == 0].mean(axis=0)
    return ill - well, float((well @ well - ill @ ill) / 2)


def exactly(weights: Floats, offset: float) -> float:
    """The accuracy that such a line has on all rows that there may be."""
    size = np.linalg.norm(weights)
    ill, well = APART / 2 * weights[0] + offset, -APART / 2 * weights[0] + offset
    return float((norm.cdf(ill / size) + norm.cdf(-well / size)) / 2)


def drawn(count: int, dice: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    truth = np.arange(count) % 2
    rows = dice.normal(size=(count, WIDTH))
    rows[:, 0] += APART * (truth - 0.5)
    return rows, truth


def validated(count: int, seed: int) -> Interval:
    """What three times five folds say of some rows."""
    rows, truth = drawn(count, np.random.default_rng([seed, 1]))
    dealt = folds_of(count, folds=5, repeats=3, seed=seed, classes=truth)
    answers = np.empty((count, 3), np.int64)
    for repeat, of_rows in enumerate(dealt):
        for fold in range(5):
            weights, offset = centroids(rows[of_rows != fold], truth[of_rows != fold])
            answers[of_rows == fold, repeat] = rows[of_rows == fold] @ weights + offset > 0
    scores = scores_of("accuracy", truth, answers, dealt)
    return corrected(scores, tested=0.2, rows=count, span=1.0, low=0.0, high=1.0)


def missed(count: int, runs: int) -> tuple[float, float]:
    """The shares of runs in which the true score lies below the interval, and above it."""
    dice = np.random.default_rng(9)
    fits = (drawn(count * 4 // 5, dice) for _ in range(4000))
    truth = float(np.mean([exactly(*centroids(*one)) for one in fits]))
    found = [validated(count, seed) for seed in range(runs)]
    return (
        float(np.mean([truth < one.low for one in found])),
        float(np.mean([truth > one.high for one in found])),
    )


@pytest.mark.parametrize("count", [100, 400])
def test_each_end_misses_in_at_most_six_percent_of_runs(count: int) -> None:
    below, above = missed(count, 300)
    assert below <= 0.06
    assert above <= 0.06


def test_more_repeats_do_not_make_it_vanish() -> None:
    scores = np.random.default_rng(1).normal(0.8, 0.02, 2000)
    found = corrected(scores, tested=0.2, rows=500, span=1.0, low=0.0, high=1.0)
    assert found.high - found.low > 2 * 1.6 * 0.02 * np.sqrt(0.25)


def test_it_stays_within_what_the_score_can_be() -> None:
    scores = np.array([1.0, 0.9, 1.0, 0.8, 1.0])
    found = corrected(scores, tested=0.2, rows=50, span=1.0, low=0.0, high=1.0)
    assert 0 <= found.low < scores.mean() < found.high == 1.0


def test_folds_that_all_agree_are_bounded_by_their_rows() -> None:
    found = corrected(np.ones(15), tested=0.2, rows=300, span=1.0, low=0.0, high=1.0)
    assert found.low == pytest.approx(0.05 ** (1 / 300))
    assert found.high == 1.0
