"""Areas under curves, and their intervals."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.stats.ranks import (
    area_interval,
    auroc,
    average_precision,
    delong_variance,
    logit_interval,
)

sizes = st.integers(1, 2_000)


@given(area=st.floats(0, 1), positives=sizes, negatives=sizes)
def test_the_interval_of_an_area_holds_it_and_has_a_width(
    area: float, positives: int, negatives: int
) -> None:
    found = area_interval(area, positives, negatives)
    assert 0 <= found.low <= area <= found.high <= 1
    assert found.low < found.high


def test_the_interval_of_an_area_is_the_same_seen_from_the_other_class() -> None:
    one, other = area_interval(0.8, 15, 60), area_interval(0.2, 60, 15)
    assert one.low == pytest.approx(1 - other.high, abs=1e-12)
    assert one.high == pytest.approx(1 - other.low, abs=1e-12)


def test_an_area_of_one_is_as_sure_as_hits_without_a_miss() -> None:
    t, z = 1.6991270265334972, 1.6448536269514722  # 95 % of Student's t of 29, and of the normal
    found = area_interval(1.0, 30, 500, variance=1e-32)  # what rounding leaves
    assert found.low == pytest.approx(0.05 ** (t * t / 30 / z / z), rel=1e-9)
    assert found.high == 1.0


def test_of_many_rows_the_interval_is_that_of_delongs_variance() -> None:
    found = area_interval(0.8, 100_000, 100_000, variance=1e-6)
    assert found.low == pytest.approx(0.8 - 1.6448536 * 1e-3, abs=2e-5)
    assert found.high == pytest.approx(0.8 + 1.6448536 * 1e-3, abs=2e-5)


@given(area=st.floats(0.01, 0.99), positives=sizes, negatives=sizes, spread=st.floats(0, 0.1))
def test_the_interval_of_an_area_widens_with_the_level(
    area: float, positives: int, negatives: int, spread: float
) -> None:
    ends = [
        area_interval(area, positives, negatives, variance=spread, level=level)
        for level in (0.5, 0.9, 0.99, 0.9998)
    ]
    assert all(one.low >= two.low and one.high <= two.high for one, two in pairwise(ends))


@given(area=st.floats(0, 1), positives=sizes)
def test_the_logit_interval_holds_the_area_and_has_a_width(area: float, positives: int) -> None:
    found = logit_interval(area, positives)
    assert 0 <= found.low <= area + 1e-12
    assert area - 1e-12 <= found.high <= 1
    assert found.low < found.high


def test_the_bound_of_ties_is_what_telling_them_apart_could_change() -> None:
    # One bin holds both kinds: the true area may be 0 or 1.
    one, mixed = np.array([1.0]), np.array([True])
    assert auroc(one, one, mixed) == (0.5, 0.5)
    assert auroc(one, one) == (0.5, 0.0)
    value, bound = average_precision(one, one, mixed)
    assert value - bound <= 0.5
    assert value + bound >= 1.0


@pytest.mark.parametrize(("positives", "negatives"), [([0.0], [2.0]), ([2.0], [0.0])])
def test_an_area_needs_both_kinds(positives: list[float], negatives: list[float]) -> None:
    with pytest.raises(ValueError, match="both kinds"):
        auroc(np.array(positives), np.array(negatives))


def test_delongs_variance_is_that_of_the_placements() -> None:
    rng = np.random.default_rng(0)
    scores, own = rng.normal(size=60).round(1), rng.random(60) < 0.3
    steps = np.unique(scores)[::-1]
    positives = np.array([np.sum(own & (scores == step)) for step in steps], float)
    negatives = np.array([np.sum(~own & (scores == step)) for step in steps], float)
    wins = np.sign(scores[own][:, None] - scores[~own][None, :]) / 2 + 0.5  # (positives, negatives)
    expected = wins.mean(axis=1).var(ddof=1) / len(wins)
    expected += wins.mean(axis=0).var(ddof=1) / wins.shape[1]
    found = delong_variance(positives, negatives, positives.sum(), negatives.sum())
    assert found == pytest.approx(expected, rel=1e-12)


def test_one_row_of_a_kind_shows_no_variance() -> None:
    assert delong_variance(np.array([1.0, 0.0]), np.array([0.0, 5.0]), 1, 5) == 0


def test_ranks_that_are_spread_more_widely_widen_the_interval() -> None:
    plain, wide = area_interval(0.8, 20, 80), area_interval(0.8, 20, 80, variance=0.02)
    assert wide.low < plain.low < plain.high < wide.high
