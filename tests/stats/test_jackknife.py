"""Rows in groups: an interval as wide as the groups differ, never narrower than of rows alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.stats.interval import LEVEL
from modelgate.stats.jackknife import Grouped, design_effect
from modelgate.stats.shares import share

LOTS = 40


def found(hits: list[int], sizes: list[int], groups: float) -> Grouped:
    """The interval of a share whose lots are known."""
    right, rows = np.array(hits, float), np.array(sizes, float)
    value = float(right.sum() / rows.sum())
    without = (right.sum() - right) / (rows.sum() - rows)

    def alone(level: float = LEVEL):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return share(float(right.sum()), float(rows.sum()), level)

    effect = design_effect(value, without, rows, alone, groups=groups, n=float(rows.sum()))
    return Grouped(value, alone, effect, len(rows) - 1, least=0.0, most=1.0)


def test_groups_that_agree_within_are_worth_one_row_each() -> None:
    hits = [10 if lot % 5 else 0 for lot in range(LOTS)]
    grouped = found(hits, [10] * LOTS, LOTS)
    assert grouped.effect == pytest.approx(10, rel=0.1)
    assert grouped(LEVEL).low < share(32, 40).low + 0.02


def test_where_few_groups_matter_no_group_is_worth_more_than_a_row() -> None:
    hits = [10] * (LOTS - 1) + [0]
    assert found(hits, [10] * LOTS, LOTS).effect >= 10


def test_no_error_at_all_is_no_certainty() -> None:
    grouped = found([10] * LOTS, [10] * LOTS, LOTS)
    assert grouped.effect >= 10
    assert grouped(LEVEL).low < share(400, 400).low < 1


@given(
    st.lists(st.integers(0, 8), min_size=30, max_size=64).filter(lambda hits: sum(hits) > 0),
)
def test_groups_never_make_surer(hits: list[int]) -> None:
    sizes = [8] * len(hits)
    grouped = found(hits, sizes, len(hits))
    alone = share(sum(hits), sum(sizes))
    assert grouped(LEVEL).low <= alone.low + 1e-12
    assert grouped(LEVEL).high >= alone.high - 1e-12
    assert 0 <= grouped(LEVEL).low <= sum(hits) / sum(sizes) <= grouped(LEVEL).high <= 1


def test_the_interval_misses_as_rarely_as_it_says() -> None:
    """60 users of about 10 rows, whose shares differ: rows alone miss a fifth on either side."""
    rng = np.random.default_rng(7)
    runs, missed, alone = 300, np.zeros(2), np.zeros(2)
    for _ in range(runs):
        sizes = rng.poisson(9, 60) + 1
        hits = rng.binomial(sizes, rng.beta(0.8 * 3, 0.2 * 3, 60))
        grouped = found(hits.tolist(), sizes.tolist(), 60)(LEVEL)
        plain = share(float(hits.sum()), float(sizes.sum()))
        missed += [grouped.low > 0.8, grouped.high < 0.8]
        alone += [plain.low > 0.8, plain.high < 0.8]
    assert (missed / runs <= 0.08).all()
    assert (alone / runs >= 0.12).all()
