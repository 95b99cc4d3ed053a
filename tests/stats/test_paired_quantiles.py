"""Differences of quantiles, recovered from the interval of each."""

import pytest

from modelgate.stats.interval import Interval
from modelgate.stats.paired_quantiles import apart, correlation


def test_two_that_have_nothing_to_do_with_each_other_add_their_squares() -> None:
    found = apart(5.0, 3.0, Interval(1.0, 8.0), Interval(0.0, 7.0), 0.0)
    assert (found.low, found.high) == pytest.approx((2 - 32**0.5, 2 + 18**0.5))


def test_two_that_move_together_leave_little() -> None:
    found = apart(5.0, 5.0, Interval(4.0, 6.0), Interval(4.0, 6.0), 0.99)
    assert found.high - found.low == pytest.approx(2 * (2 - 1.98) ** 0.5)


@pytest.mark.parametrize("rows", [10, 1_000, 1_000_000])
def test_two_models_are_never_sure_to_agree(rows: float) -> None:
    assert 0 < correlation(0.5, 0.5, 0.5, rows) < 1


@pytest.mark.parametrize(
    ("both", "expected"), [(0.25, 0.0), (0.0, -1.0), (0.4, 0.6)], ids=["apart", "against", "with"]
)
def test_rows_below_both_quantiles_tell_how_they_go_together(both: float, expected: float) -> None:
    assert correlation(0.5, 0.5, both, 1e9) == pytest.approx(expected, abs=1e-6)
