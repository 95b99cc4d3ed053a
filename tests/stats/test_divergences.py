"""Population stability, and Jensen and Shannon's distance: what they are, and their laws."""

from __future__ import annotations

from collections.abc import Callable
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats
from scipy.spatial import distance

from modelgate.stats.chi_square import centre_below, chi_square_above, noncentral_below
from modelgate.stats.divergences import EXPECTED, jensen_shannon, psi
from modelgate.stats.shift import Integers, Shift

PAIRS = st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=1, max_size=12)


def sides(pairs: list[tuple[int, int]]) -> tuple[Integers, Integers]:
    one, other = np.array(pairs, dtype=np.int64).T
    return one + (one.sum() == 0), other + (other.sum() == 0)


@settings(max_examples=40)
@given(pairs=PAIRS)
def test_the_distance_is_scipys(pairs: list[tuple[int, int]]) -> None:
    one, other = sides(pairs)
    wanted = distance.jensenshannon(one, other, base=2)
    assert jensen_shannon(one, other).effect == pytest.approx(wanted, abs=1e-7)


@settings(max_examples=40)
@given(pairs=PAIRS)
def test_the_index_is_its_formula(pairs: list[tuple[int, int]]) -> None:
    one, other = (side + 1 for side in sides(pairs))
    p, q = one / one.sum(), other / other.sum()
    assert psi(one, other).effect == pytest.approx(float((p - q) @ np.log(p / q)), abs=1e-12)


def test_an_empty_bin_counts_as_half_a_row_of_the_sample_that_lacks_it() -> None:
    found = psi(np.array([50, 50, 0, 0]), np.array([40, 40, 20, 0]))
    wanted = 2 * 0.1 * log(0.5 / 0.4) + (0.2 - 0.005) * log(0.2 / 0.005)
    assert found.effect == pytest.approx(wanted)


@pytest.mark.parametrize("of", [psi, jensen_shannon])
@settings(max_examples=25)
@given(pairs=PAIRS, data=st.data())
def test_sides_and_order_of_bins_do_not_matter(
    of: Callable[[Integers, Integers], Shift], pairs: list[tuple[int, int]], data: st.DataObject
) -> None:
    one, other = sides(pairs)
    found = of(one, other)
    order = np.array(data.draw(st.permutations(range(len(one)))))
    for again in (of(other, one), of(one[order], other[order])):
        assert again.effect == pytest.approx(found.effect, abs=1e-7)
        assert again.p_value == pytest.approx(found.p_value, rel=1e-6)
        assert again.interval.high == pytest.approx(found.interval.high, abs=1e-6)
    assert 0 < found.p_value <= 1
    assert 0 <= found.interval.low <= found.effect <= found.interval.high


def test_equal_samples_lie_nowhere_apart() -> None:
    counts = np.array([30, 0, 7, 400])
    for found in (psi(counts, counts), jensen_shannon(counts, 2 * counts)):
        assert found.effect == pytest.approx(0, abs=1e-7)
        assert found.p_value == pytest.approx(1)
        assert found.interval.high > 0


@pytest.mark.parametrize(("rows", "critical"), [(100, 0.3384), (1_000, 0.0338), (10_000, 0.00338)])
def test_the_five_percent_value_of_ten_bins_hangs_on_the_rows(rows: int, critical: float) -> None:
    assert chi_square_above(rows / 2 * critical, 9) == pytest.approx(0.05, abs=4e-4)
    one = np.full(10, rows // 10)
    up = sqrt(critical / 4) * rows / 10  # PSI of shares moved to and fro is 4 times their square
    moved = one + np.round(up * np.tile([1, -1], 5)).astype(np.int64)
    found = psi(one, moved)
    if rows // 10 >= EXPECTED:
        wanted = stats.chi2.sf(rows / 2 * found.effect, 9)
        assert found.p_value == pytest.approx(wanted)
        assert found.method == "population stability, limit"
    else:
        assert found.method == "population stability, drawn by lot"


@pytest.mark.parametrize(("rows", "others", "bins"), [(100, 100, 10), (100, 900, 20), (60, 90, 5)])
def test_few_rows_raise_no_more_alarms_than_they_should(rows: int, others: int, bins: int) -> None:
    rng = np.random.default_rng(rows)
    alarms = np.zeros(2)
    for _ in range(80):
        one = rng.multinomial(rows, np.full(bins, 1 / bins))
        other = rng.multinomial(others, np.full(bins, 1 / bins))
        alarms += [psi(one, other).p_value <= 0.05, jensen_shannon(one, other).p_value <= 0.05]
    assert (alarms / 80 <= 0.1).all()


@pytest.mark.parametrize(
    ("rows", "others", "strength"), [(3000, 3000, 0.1), (1500, 9000, 0.5), (3000, 3000, 0.9)]
)
def test_each_end_misses_in_six_percent_of_runs_or_so(
    rows: int, others: int, strength: float
) -> None:
    rng = np.random.default_rng(3)
    p = np.full(8, 1 / 8)
    q = p * (1 + strength * np.linspace(-1, 1, 8))
    true = float((p - q) @ np.log(p / q)), float(distance.jensenshannon(p, q, base=2))
    low, high = np.zeros(2), np.zeros(2)
    for _ in range(80):
        one, other = rng.multinomial(rows, p), rng.multinomial(others, q)
        found = psi(one, other).interval, jensen_shannon(one, other).interval
        low += [each.low > truth for each, truth in zip(found, true, strict=True)]
        high += [each.high < truth for each, truth in zip(found, true, strict=True)]
    assert max(low.max(), high.max()) / 80 <= 0.12  # 6 %, and chance


def test_too_many_bins_leave_the_rarest_as_one() -> None:
    one, other = np.arange(1, 1201), np.arange(1, 1201)[::-1].copy()
    found = psi(one, other)
    assert 0 < found.effect < 10
    assert found.p_value <= 0.001


def test_bins_that_are_not_the_same_are_refused() -> None:
    with pytest.raises(ValueError, match="same bins"):
        psi(np.array([1, 2]), np.array([1]))
    with pytest.raises(ValueError, match="above 0"):
        jensen_shannon(np.array([0, 0]), np.array([1, 1]))


def test_two_samples_with_nothing_in_common_still_have_an_interval() -> None:
    found = psi(np.array([8_645, 0]), np.array([0, 8_734]))
    assert found.at(0.9).low < found.effect < found.at(0.9).high < 2 * found.effect


@pytest.mark.parametrize("x", [0.1, 500.0, 11_000.0, 90_000.0])
def test_far_out_the_noncentral_law_is_0_or_1(x: float) -> None:
    expected = stats.ncx2.cdf(x, 9, 9_500.0)
    assert noncentral_below(x, 9, 9_500.0) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("freedom", [1, 9, 29])
@pytest.mark.parametrize("centre", [0.0, 0.01, 30.0, 9_000.0, 20_000.0])
@pytest.mark.parametrize("chance", [0.001, 0.05, 0.95])
def test_the_noncentral_law_is_scipys(freedom: int, centre: float, chance: float) -> None:
    at = stats.ncx2.ppf(chance, freedom, centre) if centre else stats.chi2.ppf(chance, freedom)
    assert noncentral_below(at, freedom, centre) == pytest.approx(chance, rel=1e-4)
    found = centre_below(at, freedom, chance / 2)
    assert found == pytest.approx(special.chndtrinc(at, freedom, chance / 2), rel=1e-4)
