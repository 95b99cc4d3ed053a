"""Means: Student's where rows differ, and never sure where they do not."""

import numpy as np
import pytest
from scipy import stats

from modelgate.stats.means import loss_mean, ratio, signed_mean, square_mean, unseen


def test_a_signed_mean_has_students_interval() -> None:
    rows = np.random.default_rng(1).normal(3, 2, 40)
    low, high = stats.t.interval(0.9, 39, rows.mean(), rows.std(ddof=1) / np.sqrt(40))
    found = signed_mean(float(rows.mean()), float(rows.var(ddof=1)), 40, span=1)
    assert (found.low, found.high) == pytest.approx((float(low), float(high)), rel=1e-10)


def test_a_loss_has_students_interval_of_the_logarithm() -> None:
    found = loss_mean(2.0, 4.0, 25, span=1)
    factor = np.exp(stats.t.ppf(0.95, 24) * (2 / 5) / 2)
    assert (found.low, found.high) == pytest.approx((2 / factor, 2 * factor), rel=1e-10)


def test_a_loss_stays_within_its_range() -> None:
    assert loss_mean(0.9, 4.0, 5, span=1, most=1).high == 1


@pytest.mark.parametrize("mean", [0.0, 0.3])
def test_rows_that_are_all_alike_are_not_sure(mean: float) -> None:
    found = loss_mean(mean, 0.0, 100, span=2.0)
    assert found.high == pytest.approx(mean + 2 * (1 - 0.05 ** (1 / 100)))
    assert found.low == pytest.approx(max(0, mean - 2 * (1 - 0.05 ** (1 / 100))))


def test_a_difference_that_is_but_rounding_counts_as_none() -> None:
    found = signed_mean(1e-17, 1e-33, 100, span=1.0, size=0.5)
    assert found == unseen(1e-17, 100, span=1.0, low=-np.inf, high=np.inf)
    assert found.low < -0.02


def test_a_ratio_is_symmetric_on_the_logarithm() -> None:
    found = ratio(0.2, 1.5, 60, most=3)
    assert found.low * found.high == pytest.approx(0.04)
    assert ratio(1.0, 0.0, 60, most=3).low < 1


def test_a_mean_square_of_normal_errors_has_nearly_the_chi_square_interval() -> None:
    rows = 200
    found = square_mean(1.0, 2.0, rows, span=1)
    expected = rows / stats.chi2.ppf([0.95, 0.05], rows)
    assert (found.low, found.high) == pytest.approx(tuple(expected), rel=5e-3)


def test_two_uneven_squares_are_bounded_a_thousandfold() -> None:
    found = square_mean(1.0, 4.0, 2, span=1)
    assert 0 < found.low < 1
    assert found.high == pytest.approx(1_000)
