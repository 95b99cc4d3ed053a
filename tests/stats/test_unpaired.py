"""Two lots of rows that have nothing to do with each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from modelgate.stats.shares import wilson
from modelgate.stats.unpaired import Lot, chance_of_share, means_apart, shares_apart


def lot(hits: int, trials: int) -> Lot:
    return Lot(hits / trials, 0.0, trials)


@pytest.mark.parametrize(
    ("one", "other", "chance"),
    [
        pytest.param(lot(4, 4), lot(0, 4), 1 / 70, id="tea-all-told-right"),
        pytest.param(lot(3, 4), lot(1, 4), 17 / 70, id="tea-one-mistaken"),
        pytest.param(lot(0, 5), lot(3, 5), 1.0, id="none"),
    ],
)
def test_the_lady_and_her_tea(one: Lot, other: Lot, chance: float) -> None:
    assert chance_of_share(one, other) == pytest.approx(chance, rel=1e-12)


@given(
    one=st.tuples(st.integers(1, 400), st.floats(0, 1)),
    other=st.tuples(st.integers(1, 4000), st.floats(0, 1)),
)
def test_the_chance_is_that_of_the_hypergeometric_law(
    one: tuple[int, float], other: tuple[int, float]
) -> None:
    (rows, share), (others, their_share) = one, other
    hits, theirs = round(rows * share), round(others * their_share)
    exact = stats.hypergeom.sf(hits - 1, rows + others, hits + theirs, rows)
    found = chance_of_share(lot(hits, rows), lot(theirs, others))
    assert found == pytest.approx(exact, rel=1e-7, abs=1e-250)


def test_shares_that_are_many_are_held_apart_as_newcombe_does() -> None:
    one, other = wilson(56, 90), wilson(48, 100)
    found = shares_apart(lot(56, 90), lot(48, 100))
    apart = 56 / 90 - 0.48
    assert found.low == pytest.approx(apart - np.hypot(56 / 90 - one.low, other.high - 0.48))
    assert found.high == pytest.approx(apart + np.hypot(one.high - 56 / 90, 0.48 - other.low))


def test_means_are_held_apart_as_scipy_does() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.normal(1, 2, 40), rng.normal(0, 1, 300)
    wanted = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.90)
    mine, theirs = (Lot(x.mean(), x.var(ddof=1), len(x)) for x in (one, other))
    found = means_apart(mine, theirs)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), rel=1e-9)


def test_rows_that_are_all_alike_leave_a_width() -> None:
    found = means_apart(Lot(1.0, 0.0, 30), Lot(1.0, 4.0, 300))
    assert found.low < 0 < found.high


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_each_side_misses_at_most_six_percent(share: float) -> None:
    rng = np.random.default_rng(5)
    hits, theirs = rng.binomial(120, share, 2000), rng.binomial(2000, share, 2000)
    found = [
        shares_apart(lot(int(x), 120), lot(int(y), 2000)) for x, y in zip(hits, theirs, strict=True)
    ]
    assert np.mean([one.low > 0 for one in found]) <= 0.06
    assert np.mean([one.high < 0 for one in found]) <= 0.06
