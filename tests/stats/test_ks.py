"""Kolmogorov and Smirnov's test: scipy's where nothing is tied, by counting where something is."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator
from scipy import special, stats

from modelgate.stats.interval import Interval
from modelgate.stats.kolmogorov import exact_above, limit_above, limit_quantile
from modelgate.stats.ks import distance_ends, ks
from modelgate.stats.shift import Counted, counted
from tests.stats.coverage import missed

SAMPLES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)


# Where its chance rounds to more than 1, scipy warns and takes another law.
@pytest.mark.filterwarnings("ignore:ks_2samp:RuntimeWarning")
@given(one=SAMPLES, other=SAMPLES)
def test_distance_is_scipys_and_p_is_at_most_its_exact_one(
    one: list[float], other: list[float]
) -> None:
    wanted = stats.ks_2samp(one, other, method="exact")
    found = ks(counted(np.array(one)), counted(np.array(other)))
    assert found.effect == pytest.approx(wanted.statistic, abs=1e-12)
    assert 0 < found.p_value <= (wanted.pvalue + 1e-12 if wanted.pvalue < 0.9 else 1)
    if len({*one, *other}) == len(one) + len(other) and wanted.pvalue < 0.9:
        assert found.p_value == pytest.approx(wanted.pvalue, rel=1e-9)


@given(one=SAMPLES, other=SAMPLES)
def test_it_is_symmetric_and_only_the_order_counts(one: list[float], other: list[float]) -> None:
    mine, theirs = counted(np.array(one)), counted(np.array(other))
    found, swapped = ks(mine, theirs), ks(theirs, mine)
    assert swapped.effect == found.effect
    assert swapped.p_value == pytest.approx(found.p_value, rel=1e-9)
    assert swapped.interval.high == pytest.approx(found.interval.high)
    places = {value: float(place) for place, value in enumerate(sorted({*one, *other}))}
    ranks = [np.array([places[value] for value in sample]) for sample in (one, other)]
    assert ks(counted(ranks[0]), counted(ranks[1])) == found


@given(one=SAMPLES, times=st.integers(1, 3))
def test_equal_samples_lie_nowhere_apart(one: list[float], times: int) -> None:
    found = ks(counted(np.array(one)), counted(np.array(one * times)))
    assert (found.effect, found.p_value, found.interval.low) == (0.0, 1.0, 0.0)
    assert found.interval.high > 0


@given(
    pooled=st.lists(st.integers(0, 3), min_size=2, max_size=9), data=st.data(), size=st.integers(1)
)
def test_tied_values_are_counted_out(pooled: list[int], data: st.DataObject, size: int) -> None:
    rows = 1 + size % (len(pooled) - 1)
    first = data.draw(st.permutations(range(len(pooled))))[:rows]

    def distance(chosen: tuple[int, ...]) -> float:
        mine = [pooled[place] for place in chosen]
        rest = [pooled[place] for place in range(len(pooled)) if place not in chosen]
        apart = [np.mean(np.less_equal(mine, v)) - np.mean(np.less_equal(rest, v)) for v in pooled]
        return float(np.abs(apart).max())

    seen = distance(tuple(first))
    all_of_them = [distance(chosen) for chosen in combinations(range(len(pooled)), rows)]
    wanted = np.mean([each >= seen - 1e-9 for each in all_of_them])
    mine = np.array([float(pooled[place]) for place in first])
    rest = np.array([float(v) for place, v in enumerate(pooled) if place not in first])
    assert ks(counted(mine), counted(rest)).p_value == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(("rows", "others"), [(700, 2900), (1999, 2000), (3, 3900), (1000, 1000)])
def test_many_rows_overflow_nothing(rows: int, others: int) -> None:
    rng = np.random.default_rng(rows)
    one, other = rng.normal(size=rows), rng.normal(0.2, size=others)
    wanted = stats.ks_2samp(one, other, method="exact")
    gap = round(wanted.statistic * rows * others)
    found = exact_above(gap, rows, others, np.arange(1, rows + others + 1))
    assert found == pytest.approx(wanted.pvalue, rel=1e-8)


def test_where_no_level_is_near_the_limit_serves_earlier() -> None:
    one, other = counted(np.arange(500.0)), counted(np.arange(500.0) + 0.5)
    found = ks(one, other)
    assert found.method == "Kolmogorov-Smirnov, limit"
    assert found.p_value == pytest.approx(1)
    assert ks(one, counted(other.values + 40)).method == "Kolmogorov-Smirnov, exact"


@pytest.mark.parametrize(
    ("one", "other", "chance"),
    [
        pytest.param(1, 1, 1.0, id="one-row-each"),
        pytest.param(1, 39, 2 / 40, id="one-row-outside-of-forty"),
        pytest.param(10, 10, 2 / special.comb(20, 10), id="nothing-shared"),
    ],
)
def test_samples_that_share_no_range(one: int, other: int, chance: float) -> None:
    found = ks(
        counted(np.arange(one, dtype=np.float64) - 100), counted(np.arange(other, dtype=np.float64))
    )
    assert (found.effect, found.interval.high) == (1.0, 1.0)
    assert found.p_value == pytest.approx(chance)


def test_nothing_is_too_large() -> None:
    one = Counted(np.array([0.0, 1.0]), np.array([50_000_000, 50_000_000]))
    other = Counted(np.array([0.0, 1.0]), np.array([50_010_000, 49_990_000]))
    found = ks(one, other)
    assert found.effect == 0.0001
    assert found.interval.high == pytest.approx(0.0001 + 1.645 * np.sqrt(0.5e-8), rel=1e-3)


def test_the_error_of_a_summary_widens_both_ends() -> None:
    rng = np.random.default_rng(0)
    one, other = counted(rng.normal(size=500)), counted(rng.normal(1, size=500))
    exact = ks(one, other).interval
    rough = ks(one, Counted(other.values, other.counts, error=0.01)).interval
    assert rough.low == pytest.approx(exact.low - 0.01)
    assert rough.high == pytest.approx(exact.high + 0.01)


def test_the_limit_is_kolmogorovs() -> None:
    sizes = np.linspace(0, 6, 601)
    found = [limit_above(size) for size in sizes]
    assert found == pytest.approx(special.kolmogorov(sizes), abs=1e-14)
    assert limit_quantile(0.05) == pytest.approx(special.kolmogi(0.05), rel=1e-12)
    assert limit_quantile(0.9) == pytest.approx(special.kolmogi(0.9), rel=1e-12)


def test_no_gap_is_no_evidence() -> None:
    assert exact_above(0, 3, 4, np.arange(1, 8)) == 1.0


@pytest.mark.parametrize(
    ("values", "counts", "what"),
    [
        pytest.param([1.0, 0.0], [1, 1], "ascend", id="not-in-order"),
        pytest.param([1.0, np.nan], [1, 1], "NaN", id="not-a-number"),
        pytest.param([1.0, 2.0], [0, 0], "above 0", id="empty"),
        pytest.param([1.0, 2.0], [1, -1], "not negative", id="less-than-none"),
        pytest.param([1.0, 2.0], [1], "length", id="lengths-differ"),
    ],
)
def test_what_is_no_sample_is_refused(values: list[float], counts: list[int], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        Counted(np.array(values), np.array(counts))


# One law with five ties, one far apart, one of 1,000 to 30 rows: each end misses in 6 % at most.
@pytest.mark.parametrize(
    ("rows", "others", "mine", "theirs"),
    [
        pytest.param(30, 30, [0.2] * 5, [0.2] * 5, id="no-shift-30"),
        pytest.param(30, 1000, [0.2] * 5, [0.1, 0.1, 0.2, 0.3, 0.3], id="unequal"),
        pytest.param(2000, 2000, [0.2] * 5, [0.19, 0.19, 0.2, 0.21, 0.21], id="small-shift"),
        pytest.param(200, 200, [0.94, 0.02, 0.02, 0.01, 0.01], [0.99, 0.01, 0, 0, 0], id="rare"),
    ],
)
def test_each_end_misses_in_six_percent_of_runs_at_most(
    rows: int, others: int, mine: list[float], theirs: list[float]
) -> None:
    values, true = np.arange(5.0), np.abs(np.cumsum(mine) - np.cumsum(theirs)).max()

    def drawn(rng: Generator) -> Interval:
        one = Counted(values, rng.multinomial(rows, mine))
        return distance_ends(one, Counted(values, rng.multinomial(others, theirs)))(0.9)

    assert missed(drawn, true, runs=500, seed=7) <= 0.06
