"""Shares: the published values, and what holds for every share."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special
from scipy import stats as scipy_stats

from modelgate.stats.shares import (
    FEW,
    clopper_pearson,
    deciding_share,
    f1,
    share,
    share_method,
    wilson,
)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        pytest.param(81, 263, 0.2553, 0.3662, id="81-of-263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="15-of-148"),
        pytest.param(0, 20, 0.0, 0.1611, id="0-of-20"),
        pytest.param(1, 29, 0.0061, 0.1718, id="1-of-29"),
    ],
)
def test_wilson_gives_the_values_of_newcombe_1998(
    hits: int, trials: int, low: float, high: float
) -> None:
    found = wilson(hits, trials, 0.95)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_clopper_pearson_gives_the_values_of_newcombe_1998() -> None:
    found = clopper_pearson(81, 263, 0.95)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2527, 0.3676)


def test_no_failure_in_500_is_at_most_six_in_a_thousand() -> None:
    assert round(clopper_pearson(0, 500).high, 4) == 0.0060


@given(trials=st.integers(1, 5_000), data=st.data())
def test_clopper_pearson_is_scipys(trials: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, trials))
    # Not `binomtest`: its root finder stops 2e-12 away, which is much of a small share.
    low = special.betaincinv(hits, trials - hits + 1, 0.05) if hits else 0.0
    high = special.betaincinv(hits + 1, trials - hits, 0.95) if hits < trials else 1.0
    found = clopper_pearson(hits, trials)
    assert found.low == pytest.approx(float(low), rel=1e-9, abs=1e-300)
    assert found.high == pytest.approx(float(high), rel=1e-9)


@given(trials=st.integers(1, 10_000), data=st.data())
def test_a_share_lies_in_its_interval_which_has_a_width(trials: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, trials))
    for found in (share(hits, trials), f1(hits, trials - hits)):
        assert 0 <= found.low < found.high <= 1
    assert share(hits, trials).low <= hits / trials <= share(hits, trials).high


@pytest.mark.parametrize(
    ("hits", "trials", "method"),
    [
        pytest.param(FEW, 2 * FEW, "Wilson", id="20-of-each"),
        pytest.param(FEW, 2 * FEW - 1, "Clopper-Pearson", id="19-misses"),
        pytest.param(FEW - 1, 1_000_000, "Clopper-Pearson", id="19-hits-of-a-million"),
    ],
)
def test_few_hits_or_misses_take_the_exact_interval(hits: int, trials: int, method: str) -> None:
    assert share_method(hits, trials) == method
    exact = clopper_pearson(hits, trials)
    assert (share(hits, trials) == exact) is (method != "Wilson")


@pytest.mark.parametrize(("hits", "trials"), [(0, 0), (3, 2), (-1, 2)])
def test_what_is_no_share_is_refused(hits: int, trials: int) -> None:
    for interval in (wilson, clopper_pearson):
        with pytest.raises(ValueError, match="is not a share"):
            interval(hits, trials)


@pytest.mark.parametrize("truth", [0.5, 0.85, 0.95, 0.99])
@pytest.mark.parametrize("rows", [50, 300, 2_000])
def test_a_share_that_is_just_its_limit_is_shown_below_no_more_often_than_promised(
    truth: float, rows: int
) -> None:
    hits = np.arange(rows + 1)
    chance = scipy_stats.binom.pmf(hits, rows, truth)
    for alpha in (0.01, 0.005, 0.01 / 40):
        near = np.flatnonzero(chance > 1e-12)
        shown = [deciding_share(float(one), rows, 1 - 2 * alpha).high < truth for one in near]
        assert chance[near][shown].sum() <= alpha * (1 + 1e-9)


@pytest.mark.parametrize(("hits", "rows"), [(81, 263), (15, 148), (150, 300), (1_900, 2_000)])
def test_the_interval_that_decides_is_the_one_that_is_shown_and_only_widens(
    hits: int, rows: int
) -> None:
    assert deciding_share(hits, rows) == share(hits, rows)
    levels = [0.5, 0.8, 0.9, 0.900001, 0.95, 0.99, 0.9999]
    found = [deciding_share(hits, rows, level) for level in levels]
    for narrow, wide in pairwise(found):
        assert wide.low <= narrow.low
        assert narrow.high <= wide.high
