"""What a number of rows can tell: published plans, and plans held to the rule they plan for."""

from math import ceil, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from modelgate.stats.paired import paired_low
from modelgate.stats.planning import (
    ALPHA,
    POINTS,
    blocks_equal,
    labels_needed,
    margins,
    reach,
    rows_for_looks,
    rows_needed,
    rows_needed_by_share,
    share_error,
    smallest_margin,
)


@pytest.mark.parametrize(
    ("tolerance", "chance", "shares", "fixed", "adaptive"),
    [
        pytest.param(0.1, 0.01, 1, 404, 1_340, id="one-accuracy-within-ten-points"),
        pytest.param(0.1, 0.01, 2, 1_753, 5_496, id="a-difference-within-ten-points"),
        pytest.param(0.01, 0.0001, 1, 63_381, 156_956, id="one-accuracy-within-a-point"),
        pytest.param(0.01, 0.0001, 2, 267_385, 641_684, id="a-difference-within-a-point"),
    ],
)
def test_thirty_two_looks_need_the_rows_of_ease_ml(
    tolerance: float, chance: float, shares: int, fixed: int, adaptive: int
) -> None:
    assert rows_for_looks(tolerance, chance, 32, shares=shares) == fixed
    assert rows_for_looks(tolerance, chance, 32, shares=shares, adaptive=True) == adaptive


def test_a_point_at_five_percent_disagreement_needs_3092_rows_and_155_labels() -> None:
    rows = rows_needed(0.01, sqrt(0.05))
    assert (rows, labels_needed(rows, 0.05)) == (3_092, 155)


def test_no_worse_than_the_champion_blocks_an_equal_model_46_percent_of_the_time() -> None:
    assert round(blocks_equal(500, 0.05), 2) == 0.46


@given(rows=st.integers(1, 400), disagreement=st.floats(1e-9, 1) | st.just(0.0))
def test_how_often_it_blocks_is_the_chance_of_more_losses_than_gains(
    rows: int, disagreement: float
) -> None:
    apart = np.arange(rows + 1)
    more = stats.binom.sf(apart // 2, apart, 0.5)
    chance = float((stats.binom.pmf(apart, rows, disagreement) * more).sum())
    assert blocks_equal(rows, disagreement) == pytest.approx(chance, abs=1e-9)


def test_a_hundred_million_rows_hardly_ever_tie() -> None:
    ties = 1 / sqrt(2 * np.pi * 0.08e8)  # the normal density at 0
    assert blocks_equal(10**8) == pytest.approx((1 - ties) / 2, abs=1e-6)


@pytest.mark.parametrize(
    ("rows", "margin"),
    [
        pytest.param(100, 0.03, id="none-can-be-ruled-out-so-the-largest"),
        pytest.param(549, 0.03, id="just-not-three-points"),
        pytest.param(1_237, 0.02, id="two-points"),
        pytest.param(4_947, 0.01, id="one-point"),
        pytest.param(10**6, 0.005, id="half-a-point-is-the-least"),
    ],
)
def test_the_margin_is_the_smallest_that_the_rows_rule_out(rows: int, margin: float) -> None:
    assert smallest_margin(share_error(rows), POINTS) == margin


def test_margins_of_slices_are_twice_as_wide_and_those_of_losses_shares_of_the_champions() -> None:
    assert margins(sliced=True) == (0.01, 0.02, 0.04, 0.06)
    assert margins(champion=2.0) == pytest.approx((0.02, 0.04, 0.06, 0.10))
    assert margins(champion=-2.0, sliced=True) == pytest.approx((0.04, 0.08, 0.12, 0.20))


@given(error=st.floats(1e-6, 1), alpha=st.floats(1e-6, 0.4), power=st.floats(0.5, 0.99))
def test_what_is_in_reach_is_found_with_the_power_that_is_asked(
    error: float, alpha: float, power: float
) -> None:
    apart = reach(error, alpha=alpha, power=power)
    # The one-sided z test, with that distance between truth and bound.
    found = stats.norm.sf(stats.norm.isf(alpha) - apart / error)
    assert found == pytest.approx(power, abs=1e-9)
    rows = rows_needed(apart, error * 10, alpha=alpha, power=power)
    assert rows in {100, 101}


@pytest.mark.parametrize(
    ("margin", "disagreement"),
    [(0.01, 0.01), (0.01, 0.05), (0.02, 0.02), (0.02, 0.08), (0.03, 0.05), (0.06, 0.08)],
)
def test_with_the_rows_needed_four_of_five_equal_candidates_pass(
    margin: float, disagreement: float
) -> None:
    rows = rows_needed_by_share(margin, disagreement)
    last = min(rows, ceil(rows * disagreement + 7 * sqrt(rows * disagreement)) + 10)
    passed = 0.0
    for apart in range(last + 1):
        low, high = 0, apart + 1
        while low < high:
            middle = (low + high) // 2
            keeps = paired_low(middle, apart - middle, rows, ALPHA) > -margin
            low, high = (low, middle) if keeps else (middle + 1, high)
        passed += stats.binom.pmf(apart, rows, disagreement) * stats.binom.sf(low - 1, apart, 0.5)
    assert 0.80 <= passed <= 0.88


def test_rows_that_never_differ_still_need_the_rule_of_three() -> None:
    rows = rows_needed_by_share(0.02, 0.0)
    assert (1 - 0.02) ** rows <= ALPHA < (1 - 0.02) ** (rows - 1)
