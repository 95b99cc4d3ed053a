"""Bins on the reference's quantiles."""

from __future__ import annotations

import numpy as np
import pytest

from modelgate.stats.binning import quantile_bins
from modelgate.stats.shift import Counted, counted


def test_bins_hold_as_many_rows_of_the_reference_each() -> None:
    reference = counted(np.arange(1_000.0))
    ones, others = quantile_bins(reference, counted(np.array([-5.0, 99.0, 99.5, 2_000.0])))
    assert ones.tolist() == [100] * 10
    assert others.tolist() == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("bins", [2, 5, 30])
def test_every_row_falls_into_a_bin(bins: int) -> None:
    rng = np.random.default_rng(bins)
    reference, current = counted(rng.normal(size=333)), counted(rng.normal(9, size=50))
    ones, others = quantile_bins(reference, current, bins)
    assert (ones.sum(), others.sum(), len(ones)) == (333, 50, bins)
    assert ones.max() - ones.min() <= 1


def test_equal_values_share_a_bin() -> None:
    reference = Counted(np.array([0.0, 1.0, 2.0]), np.array([80, 15, 5]))
    ones, others = quantile_bins(reference, Counted(np.array([1.0, 3.0]), np.array([4, 6])))
    assert ones.tolist() == [80, 15, 5]
    assert others.tolist() == [0, 4, 6]


def test_one_value_is_one_bin() -> None:
    ones, others = quantile_bins(counted(np.full(9, 3.0)), counted(np.array([3.0, 3.0])))
    assert (ones.sum(), others.sum()) == (9, 2)
    assert (ones > 0).sum() == 1


@pytest.mark.parametrize("least", [3.0, -np.inf])
def test_what_lies_below_the_value_of_most_rows_has_a_bin_of_its_own(least: float) -> None:
    current = Counted(np.array([-np.inf, 9.0]), np.array([4, 6]))
    ones, others = quantile_bins(Counted(np.array([least, 5.0]), np.array([95, 5])), current)
    assert ones.sum() == 100
    assert others.tolist() == ([4, 0, 6] if least == 3.0 else [4, 6])
