"""Pearson's test of two samples of categories, and total variation."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator
from scipy import stats

from modelgate.stats.chi_square import chi_square_above
from modelgate.stats.homogeneity import fisher, homogeneity, moments, pearson
from modelgate.stats.homogeneity import total_variation_ends as ends
from modelgate.stats.interval import Interval
from modelgate.stats.shift import Integers
from modelgate.stats.unpaired import Lot, shares_apart
from tests.stats.coverage import missed

COUNTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=12)


def sides(pairs: list[tuple[int, int]]) -> tuple[Integers, Integers]:
    one, other = np.array(pairs, dtype=np.int64).T
    return one + (one.sum() == 0), other + (other.sum() == 0)


@given(pairs=COUNTS)
def test_with_enough_rows_it_is_scipys(pairs: list[tuple[int, int]]) -> None:
    one, other = (side + 12 for side in sides(pairs))
    found = homogeneity(one, other)
    assert found.effect == pytest.approx(np.abs(one / one.sum() - other / other.sum()).sum() / 2)
    if len(one) > 2 and stats.contingency.expected_freq([one, other]).min() >= 5:
        wanted = stats.chi2_contingency([one, other], correction=False).pvalue
        assert found.p_value == pytest.approx(wanted, rel=1e-9)


@settings(max_examples=30)
@given(pairs=COUNTS, data=st.data())
def test_sides_and_order_of_categories_do_not_matter(
    pairs: list[tuple[int, int]], data: st.DataObject
) -> None:
    one, other = sides(pairs)
    found = homogeneity(one, other)
    order = np.array(data.draw(st.permutations(range(len(one)))))
    for again in (homogeneity(other, one), homogeneity(one[order], other[order])):
        assert again.effect == pytest.approx(found.effect)
        assert again.p_value == pytest.approx(found.p_value)
        assert again.interval.high == pytest.approx(found.interval.high)
    assert 0 < found.p_value <= 1


@given(pairs=COUNTS)
def test_equal_samples_lie_nowhere_apart(pairs: list[tuple[int, int]]) -> None:
    one, _ = sides(pairs)
    found = homogeneity(one, one)
    assert (found.effect, found.interval.low) == (0.0, 0.0)
    assert found.p_value == pytest.approx(1)
    assert found.interval.high > 0


def test_a_category_that_is_new_counts() -> None:
    found = homogeneity(np.array([60, 40, 0]), np.array([50, 40, 10]))
    assert found.effect == pytest.approx(0.1)
    assert found.p_value < 0.01


@pytest.mark.parametrize(
    ("one", "other"), [((3, 7), (9, 1)), ((0, 6), (6, 0)), ((100, 3), (900, 9)), ((1, 0), (0, 1))]
)
def test_two_categories_and_few_rows_are_fishers(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    wanted = stats.fisher_exact([one, other])[1]
    assert fisher(np.array(one), np.array(other)) == pytest.approx(wanted)
    assert homogeneity(np.array(one), np.array(other)).p_value == pytest.approx(wanted)


def test_two_categories_and_many_rows_are_pearsons() -> None:
    one, other = np.array([400, 300]), np.array([150, 150])
    wanted = stats.chi2_contingency([one, other], correction=False).pvalue
    assert homogeneity(one, other).p_value == pytest.approx(wanted)


def test_few_rows_are_drawn_by_lot() -> None:
    one, other = np.array([3, 0, 1, 2]), np.array([0, 4, 1, 1])
    total, seen = one + other, pearson(one[None], other[None])[0]
    hit = every = 0.0
    for drawn in product(*(range(each + 1) for each in total)):
        mine = np.array(drawn)
        if mine.sum() == 6:
            chance = float(np.prod(stats.binom(total, 0.5).pmf(mine)))
            every += chance
            hit += chance * float(pearson(mine[None], (total - mine)[None])[0] >= seen - 1e-9)
    found = homogeneity(one, other)
    assert found.method == "chi-square, drawn by lot"
    assert found.p_value == pytest.approx(hit / every, abs=0.01)


def test_many_rare_categories_have_a_law_of_their_own() -> None:
    rng = np.random.default_rng(5)
    totals = rng.geometric(0.5, size=900)
    rows = int(totals.sum()) // 3
    drawn = rng.multivariate_hypergeometric(totals, rows, size=4000)
    found = pearson(drawn, totals - drawn)
    mean, variance = moments(totals.astype(float), float(rows))
    assert found.mean() == pytest.approx(mean, rel=0.002)
    assert found.var() == pytest.approx(variance, rel=0.08)
    chances = [homogeneity(mine, totals - mine).p_value for mine in drawn[:1000]]
    assert 0.03 < np.mean(np.array(chances) <= 0.05) < 0.07


@pytest.mark.parametrize("freedom", [1, 2, 9, 300, 1e6])
@pytest.mark.parametrize("chance", [0.999, 0.5, 0.05, 1e-9, 1e-80])
def test_the_tail_is_scipys(freedom: float, chance: float) -> None:
    at = stats.chi2.isf(chance, freedom)
    assert chi_square_above(at, freedom) == pytest.approx(stats.chi2.sf(at, freedom), rel=1e-9)


@pytest.mark.parametrize(
    ("missing", "rows", "others_missing", "others"),
    [(0, 50, 0, 90), (3, 3, 5, 5), (10, 100, 20, 200), (10**6, 10**8, 10**6, 10**8)],
)
def test_equal_rates_of_missing_values_lie_nowhere_apart(
    missing: int, rows: int, others_missing: int, others: int
) -> None:
    one = np.array([missing, rows - missing])
    found = homogeneity(one, np.array([others_missing, others - others_missing]))
    assert (found.effect, found.interval.low) == (0.0, 0.0)
    assert found.p_value == pytest.approx(1)
    assert 0 < found.interval.high < 0.8 / np.sqrt(min(rows, others)) + (rows < 10)


def test_two_categories_have_the_ends_of_two_shares() -> None:
    found = homogeneity(np.array([400, 600]), np.array([300, 500])).interval
    wanted = shares_apart(Lot(0.4, 0.0, 1000), Lot(0.375, 0.0, 800))
    assert found.high == pytest.approx(wanted.high)


def test_one_row_each_says_nothing() -> None:
    found = homogeneity(np.array([1, 0]), np.array([0, 1]))
    assert (found.effect, found.p_value, found.interval.high) == (1.0, 1.0, 1.0)
    assert found.interval.low == 0.0


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        pytest.param([1, 2], [1], "same categories", id="lengths"),
        pytest.param([0, 0], [1, 1], "above 0", id="empty"),
        pytest.param([1, -1], [1, 1], "not negative", id="negative"),
        pytest.param([0.5, 1], [1, 1], "whole", id="halves"),
    ],
)
def test_what_is_no_count_is_refused(one: list[int], other: list[int], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        homogeneity(np.array(one), np.array(other))


@pytest.mark.parametrize(
    ("rows", "others", "mine", "theirs"),
    [
        pytest.param(30, 30, [0.2] * 5, [0.2] * 5, id="no-shift-30"),
        pytest.param(30, 1000, [0.2] * 5, [0.3, 0.1, 0.2, 0.1, 0.3], id="unequal"),
        pytest.param(2000, 2000, [0.2] * 5, [0.21, 0.19, 0.2, 0.19, 0.21], id="small-shift"),
        pytest.param(200, 200, [0.94, 0.02, 0.02, 0.01, 0.01], [0.99, 0.01, 0, 0, 0], id="rare"),
        pytest.param(300, 300, [0.99, 0.01], [0.98, 0.02], id="two-and-rare"),
        pytest.param(300, 3000, [1 / 40] * 40, [1 / 30] * 20 + [1 / 60] * 20, id="forty"),
    ],
)
def test_each_end_misses_in_six_percent_of_runs_at_most(
    rows: int, others: int, mine: list[float], theirs: list[float]
) -> None:
    true = np.abs(np.array(mine) - np.array(theirs)).sum() / 2

    def drawn(rng: Generator) -> Interval:
        return ends(rng.multinomial(rows, mine), rng.multinomial(others, theirs))(0.9)

    assert missed(drawn, true, runs=500, seed=7) <= 0.06
