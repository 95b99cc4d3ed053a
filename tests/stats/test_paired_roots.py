"""Differences of roots and of explained shares: no width of 0, never below what can be."""

from dataclasses import replace
from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.stats.paired_means import Part
from modelgate.stats.paired_roots import Squares, root_difference, share_difference

PART = Part(rows=1e6, unlike=1e6, variance=0.5, third=0.0, reach=1.0)
MANY = Squares(
    candidate=4.0,
    champion=4.0,
    part=PART,
    scale=1.0,
    scale_variance=30.0,
    joint=0.0,
    span=5.0,
)


def test_of_many_rows_a_root_is_off_by_half_its_square_over_it() -> None:
    found = root_difference(MANY)
    apart = 1.6448536 * sqrt(0.5 / 1e6) / (2 * 2.0)
    assert (found.low, found.high) == pytest.approx((-apart, apart), rel=1e-3)


def test_of_many_rows_a_share_is_off_by_its_numerator_over_the_scale() -> None:
    found = share_difference(replace(MANY, scale=8.0))
    apart = 1.6448536 * sqrt(0.5 / 1e6) / 8.0
    assert (found.low, found.high) == pytest.approx((-apart, apart), rel=1e-3)


def test_a_better_candidate_explains_more() -> None:
    found = share_difference(replace(MANY, candidate=2.0, scale=8.0))
    assert 0.2 < found.low < 0.25 < found.high < 0.3


@pytest.mark.parametrize("rows", [30, 1_000])
def test_rows_that_are_all_alike_leave_room_for_exceptions(rows: int) -> None:
    alike = Part(rows=rows, unlike=0.0, variance=0.0, third=0.0, reach=0.0)
    found = root_difference(replace(MANY, part=alike))
    apart = sqrt(4 + 25 * (1 - 0.05 ** (1 / rows))) - 2
    assert (found.low, found.high) == pytest.approx((-apart, apart))


@given(
    candidate=st.floats(0, 100),
    champion=st.floats(1e-6, 100),
    rows=st.floats(3, 1e5),
    spread=st.floats(1e-6, 1e3),
    together=st.floats(-1, 1),
)
def test_a_root_is_never_below_0_and_the_interval_grows_with_the_level(
    candidate: float, champion: float, rows: float, spread: float, together: float
) -> None:
    part = Part(rows=rows, unlike=rows, variance=spread, third=spread**1.5, reach=sqrt(spread))
    squares = Squares(
        candidate=candidate,
        champion=champion,
        part=part,
        scale=1.0,
        scale_variance=champion**2,
        joint=together * champion * sqrt(spread),
        span=sqrt(spread),
    )
    value = sqrt(candidate) - sqrt(champion)
    found = [root_difference(squares, level=level) for level in (0.5, 0.9, 0.99)]
    assert all(-sqrt(champion) <= one.low <= value <= one.high for one in found)
    assert all(one.low < one.high for one in found)
    close = 1e-6 * (sqrt(champion) + found[-1].high - found[-1].low)
    assert all(
        two.low <= one.low + close and one.high <= two.high + close for one, two in pairwise(found)
    )
