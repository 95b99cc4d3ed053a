"""The law of the limit against the exact one, with ties of all kinds."""

from __future__ import annotations

from math import gcd, sqrt

import numpy as np
import pytest
from scipy import stats

from modelgate.stats.bridge import bridge_above
from modelgate.stats.kolmogorov import exact_above, limit_quantile
from modelgate.stats.ks import EXACT, ks
from modelgate.stats.shift import Counted, Floats, Integers, counted


def runs(every: int, weights: Floats) -> Integers:
    """Rows up to each value, of so many rows in all."""
    found = np.round(every * np.cumsum(weights) / weights.sum()).astype(np.int64)
    return np.unique(found[found > 0])


KINDS = {
    "none": np.ones(4_100),
    "two": np.ones(2),
    "five": np.ones(5),
    "thirty": np.ones(30),
    "two-hundred": np.ones(200),
    "thousand": np.ones(1_000),
    "half-of-them-0": np.concatenate(([2_050.0], np.ones(2_050))),
    "falling": 0.8 ** np.arange(25),
    "in-turns": np.tile([1.0, 19.0], 50),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("rows", "others"), [(2_050, 2_050), (2_049, 2_051), (800, 3_300)])
def test_it_is_nearly_the_exact_one(kind: str, rows: int, others: int) -> None:
    ends = runs(rows + others, KINDS[kind])
    for chance in (0.3, 0.05, 0.001):
        middle = int(ends[np.argmin(np.abs(ends - (rows + others) / 2))])
        wanted = limit_quantile(chance) * rows * others / sqrt(rows * others / (rows + others))
        gap = round((wanted + middle * rows) / (rows + others)) * (rows + others) - middle * rows
        exact = exact_above(gap, rows, others, ends)
        assert bridge_above(gap, rows, others, ends) == pytest.approx(exact, rel=0.14), chance
        assert gap % gcd(rows, others) == 0


@pytest.mark.parametrize("ties", [0, 1, 2])
def test_one_row_more_changes_no_chance_by_much(ties: int) -> None:
    rng = np.random.default_rng(ties)
    for _ in range(5):
        one = rng.normal(size=EXACT // 2).round(ties or 9)
        other = rng.normal(0.1, size=EXACT // 2).round(ties or 9)
        before = ks(counted(one), counted(other))
        after = ks(counted(one), counted(np.append(other, np.median(other))))
        assert (before.method, after.method) == (
            "Kolmogorov-Smirnov, exact",
            "Kolmogorov-Smirnov, limit",
        )
        assert after.p_value == pytest.approx(before.p_value, rel=0.12)


def test_scipys_limit_is_not_far() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=30_000), rng.normal(0.03, size=20_000)
    wanted = stats.ks_2samp(one, other).pvalue
    assert ks(counted(one), counted(other)).p_value == pytest.approx(wanted, rel=0.02)


@pytest.mark.parametrize("values", [2, 4, 40])
def test_heavy_ties_raise_as_many_alarms_as_they_should(values: int) -> None:
    rng = np.random.default_rng(values)
    shares, at = np.full(values, 1 / values), np.arange(float(values))
    alarms = 0
    for _ in range(800):
        one = Counted(at, rng.multinomial(30_000, shares))
        alarms += ks(one, Counted(at, rng.multinomial(50_000, shares))).p_value <= 0.05
    assert 0.03 <= alarms / 800 <= 0.075


@pytest.mark.parametrize(("rows", "others"), [(50, 100_000), (5_000, 90_000), (3_000, 3_000)])
@pytest.mark.parametrize("rare", [0.01, 0.05, 0.2])
def test_two_values_are_the_hypergeometric_law(rows: int, others: int, rare: float) -> None:
    marked = int(rare * (rows + others))
    law = stats.hypergeom(rows + others, marked, rows)
    hit = int(law.ppf(1 - 1e-4))
    one = Counted(np.array([0.0, 1.0]), np.array([rows - hit, hit]))
    rest = marked - hit
    other = Counted(np.array([0.0, 1.0]), np.array([others - rest, rest]))
    mean = law.mean()
    wanted = law.sf(hit - 1) + law.cdf(np.floor(2 * mean - hit + 1e-9))
    assert ks(one, other).p_value == pytest.approx(wanted, rel=0.12)


def test_endless_rows_are_no_trouble() -> None:
    at = np.arange(4_096.0)
    one = Counted(at, np.full(4_096, 1_000_000))
    assert ks(one, one).p_value == 1.0
    moved = Counted(at, one.counts + np.where(at < 2_048, 500, -500))
    assert 0 < ks(one, moved).p_value < 1e-100


def test_what_a_summary_may_be_off_by_is_no_evidence() -> None:
    rng = np.random.default_rng(3)
    one, other = counted(rng.normal(size=9_000)), counted(rng.normal(0.1, size=9_000))
    sharp = ks(one, other)
    rough = ks(one, Counted(other.values, other.counts, error=sharp.effect / 2))
    assert rough.effect == sharp.effect
    assert rough.p_value > 100 * sharp.p_value
