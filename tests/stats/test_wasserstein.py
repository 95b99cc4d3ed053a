"""Wasserstein's distance: scipy's, over the reference's spread, with a law drawn by lot."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator
from scipy import stats

from modelgate.stats.interval import Interval
from modelgate.stats.shift import Counted, counted
from modelgate.stats.wasserstein import distance_ends, wasserstein
from tests.stats.coverage import missed

SAMPLES = st.lists(st.floats(-100, 100).map(lambda x: round(x, 3)), min_size=2, max_size=30)


@settings(max_examples=40)
@given(one=SAMPLES, other=SAMPLES)
def test_the_distance_is_scipys_over_the_references_spread(
    one: list[float], other: list[float]
) -> None:
    unit = np.std(one) or np.std(one + other)
    found = wasserstein(counted(np.array(one)), counted(np.array(other)))
    wanted = stats.wasserstein_distance(one, other) / unit if unit else 0.0
    assert found.effect == pytest.approx(wanted, rel=1e-9, abs=1e-12)
    assert 0 < found.p_value <= 1
    assert 0 <= found.interval.low <= found.effect <= found.interval.high


@pytest.mark.parametrize("factor", [1.0, 2.5, 1e-9])
def test_the_unit_of_the_values_does_not_matter(factor: float) -> None:
    rng = np.random.default_rng(4)
    one, other = rng.normal(size=60), rng.normal(0.5, size=40)
    plain = wasserstein(counted(one), counted(other))
    moved = wasserstein(counted(one * factor + 7 * factor), counted(other * factor + 7 * factor))
    assert moved.effect == pytest.approx(plain.effect)
    assert moved.p_value == plain.p_value


@pytest.mark.parametrize(("rows", "others"), [(400, 90), (90, 400)])
def test_a_shift_is_found_whichever_sample_is_larger(rows: int, others: int) -> None:
    rng = np.random.default_rng(6)
    one, other = rng.normal(size=rows), rng.normal(0.5, size=others)
    assert wasserstein(counted(one), counted(other)).p_value < 0.005


def test_a_whole_spread_further_is_one() -> None:
    one = counted(np.array([-1.0, 1.0] * 50))
    assert wasserstein(one, counted(np.array([0.0, 2.0] * 50))).effect == pytest.approx(1.0)


def test_one_value_alone_lies_nowhere_apart() -> None:
    one = counted(np.full(5, 3.0))
    found = wasserstein(one, counted(np.full(9, 3.0)))
    assert (found.effect, found.p_value, found.interval.high) == (0.0, 1.0, 0.0)


def test_one_row_each_says_little() -> None:
    found = wasserstein(counted(np.array([0.0])), counted(np.array([1.0])))
    assert found.effect == pytest.approx(2.0)
    assert found.p_value == 1.0
    assert found.interval.high > 10


def test_an_infinite_value_is_refused() -> None:
    one = counted(np.array([0.0, np.inf]))
    with pytest.raises(ValueError, match="finite"):
        wasserstein(one, one)


def test_nothing_is_too_large() -> None:
    values = np.arange(100.0)
    one = Counted(values, np.full(100, 10_000_000))
    other = Counted(values, np.full(100, 10_000_000) + np.arange(100) * 100)
    found = wasserstein(one, other)
    assert found.effect < 1e-3
    assert found.p_value <= 0.01


def test_the_error_of_a_summary_widens_both_ends() -> None:
    rng = np.random.default_rng(0)
    one, other = counted(rng.normal(size=500)), counted(rng.normal(1, size=500))
    exact = wasserstein(one, other).interval
    rough = wasserstein(one, Counted(other.values, other.counts, error=1e-3)).interval
    assert rough.high - exact.high == pytest.approx(exact.low - rough.low)
    assert 0.001 < rough.high - exact.high < 0.02


@pytest.mark.parametrize(
    ("rows", "others", "shift"), [(50, 50, 0.0), (40, 400, 0.3), (300, 300, 0.1)]
)
def test_each_end_misses_in_six_percent_of_runs_at_most(
    rows: int, others: int, shift: float
) -> None:
    def drawn(rng: Generator) -> Interval:
        one, other = rng.exponential(size=rows), rng.exponential(size=others) + shift
        found = distance_ends(counted(one), counted(other))(0.9)
        spread = float(np.std(one))
        return Interval(found.low * spread, found.high * spread)

    assert missed(drawn, shift, runs=300, seed=2) <= 0.06


def test_no_shift_raises_as_few_alarms_as_it_should() -> None:
    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(60):
        one, other = counted(rng.exponential(size=40)), counted(rng.exponential(size=90))
        alarms += wasserstein(one, other).p_value <= 0.05
    assert alarms <= 8, "5 % of 60, and chance"
