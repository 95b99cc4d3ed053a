from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from modelgate.dataset import BLOCK_ROWS
from modelgate.profiles.coarse import FEW_VALUES
from modelgate.profiles.halvings import Halvings

Floats = NDArray[np.float64]
MANY = 1_300_000


def _with_holes(rng: np.random.Generator, share: float) -> Floats:
    return np.where(rng.random(MANY) < share, np.nan, rng.normal(size=MANY))


KINDS: dict[str, Callable[[np.random.Generator], Floats]] = {
    "normal": lambda rng: rng.normal(size=MANY),
    "heavy-tailed": lambda rng: rng.standard_cauchy(size=MANY),
    "offset": lambda rng: 1_000 + rng.normal(size=MANY),
    "unix-seconds": lambda rng: 1.7e9 + np.floor(rng.uniform(0, 86_400 * 365, MANY)),
    "unix-nanoseconds": lambda rng: 1.7e18 + np.floor(rng.uniform(0, 8.64e13 * 365, MANY)),
    "whole-numbers": lambda rng: rng.poisson(3.0, MANY).astype(float),
    "many-whole-numbers": lambda rng: rng.integers(0, 50_000, MANY).astype(float),
    "constant": lambda rng: np.full_like(rng.random(MANY), 7.0),
    "sorted": lambda rng: np.sort(rng.normal(size=MANY)),
    "falling": lambda rng: np.sort(rng.normal(size=MANY))[::-1],
    "two-regimes": lambda rng: np.concatenate(
        [rng.normal(size=MANY // 2), 50 + rng.normal(size=MANY - MANY // 2)]
    ),
    "half-missing": lambda rng: _with_holes(rng, 0.5),
    "nearly-all-missing": lambda rng: _with_holes(rng, 0.97),
    "missing-in-runs": lambda rng: np.where(
        np.arange(MANY) // 300_000 % 2 > 0, np.nan, rng.normal(size=MANY)
    ),
    "tiny-and-huge": lambda rng: 10.0 ** rng.uniform(-300, 300, MANY),
}


def _fed(values: Floats, *, bound_at: int = 0, blocks: slice = slice(None)) -> Halvings:
    """A summary of rows of which some are missing; of bounded size from some row on."""
    summary = Halvings()
    for first in range(0, len(values), BLOCK_ROWS)[blocks]:
        if first >= bound_at:
            summary.bound()
        block = values[first : first + BLOCK_ROWS]
        summary.add(block[~np.isnan(block)], first, len(block))
    return summary


def _furthest(values: Floats, summary: Halvings) -> float:
    """How far the shares of rows up to any value lie apart at most: told against all rows."""
    found = summary.counted()
    exact = np.sort(values)
    shares = np.cumsum(found.counts) / found.counts.sum()
    upto = np.searchsorted(exact, found.values, side="right") / len(exact)
    before = np.searchsorted(exact, found.values, side="left") / len(exact)
    below = np.concatenate([[0.0], shares[:-1]])
    return float(max(np.abs(shares - upto).max(), np.abs(below - before).max()))


@pytest.mark.parametrize("kind", KINDS)
def test_shares_of_many_rows_are_within_a_thousandth_and_within_what_is_told(kind: str) -> None:
    values = KINDS[kind](np.random.default_rng(1))
    summary = _fed(values)
    values = values[~np.isnan(values)]
    assert summary.rows == len(values)
    assert summary.counted().error < 6e-4
    assert _furthest(values, summary) <= summary.counted().error + 1e-9
    assert _furthest(values, summary) < 1e-3
    assert (summary.lowest, summary.highest) == (values.min(), values.max())


def test_few_distinct_numbers_are_counted_however_many_rows_there_are() -> None:
    values = KINDS["whole-numbers"](np.random.default_rng(2))
    summary = _fed(values)
    distinct, counts = np.unique(values, return_counts=True)
    found = summary.counted()
    assert summary.counted().error == 0
    assert found.values.tolist() == distinct.tolist()
    assert found.counts.tolist() == counts.tolist()


def test_every_number_is_kept_until_a_summary_is_asked_for() -> None:
    values = np.random.default_rng(3).normal(size=100_000)
    found = _fed(values, bound_at=len(values)).counted()
    assert found.error == 0
    assert found.values.tolist() == np.sort(values).tolist()


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 40 * BLOCK_ROWS),
    st.lists(st.integers(0, 40), max_size=5),
    st.randoms(use_true_random=False),
    st.sampled_from([0.0, 0.4, 0.95]),
)
def test_however_blocks_are_parted_and_merged_the_same_numbers_remain(
    rows: int, cuts: list[int], random: object, missing: float
) -> None:
    rng = np.random.default_rng(5)
    values = np.where(rng.random(rows) < missing, np.nan, rng.normal(size=rows))
    values[0] = 0.0
    whole = _fed(values)
    edges = [0, *sorted(cuts), 41]
    parts = [
        _fed(values, bound_at=rows * place, blocks=slice(start, end))
        for place, (start, end) in enumerate(pairwise(edges))
    ]
    random.shuffle(parts)  # type: ignore[attr-defined]
    merged = Halvings()
    for part in parts:
        merged.merge(part)
    merged.bound()
    one, two = whole.counted(), merged.counted()
    assert one.values.tolist() == two.values.tolist()
    assert one.counts.tolist() == two.counts.tolist()
    assert merged.rows == whole.rows
    assert merged.counted().error == whole.counted().error


@pytest.mark.parametrize("every", [2, 8, 16, 24])
def test_blocks_without_a_number_do_not_make_it_grow(every: int) -> None:
    values = np.random.default_rng(7).normal(size=800 * BLOCK_ROWS)
    values[(np.arange(len(values)) // BLOCK_ROWS) % every > 0] = np.nan
    found = _fed(values).counted()
    assert len(found.values) < 10 * BLOCK_ROWS
    assert _furthest(values[~np.isnan(values)], _fed(values)) <= found.error < 1e-3


def test_numbers_that_are_few_at_first_and_many_later_are_told_apart_alike() -> None:
    values = np.concatenate([np.zeros(600_000), np.random.default_rng(6).normal(size=600_000)])
    assert _furthest(values, _fed(values)) < 1e-3
    assert len(_fed(values).counted().values) > FEW_VALUES


def test_infinite_numbers_stand_at_the_ends() -> None:
    summary = _fed(np.array([np.inf, 1.0, -np.inf]))
    assert summary.counted().values.tolist() == [-np.inf, 1.0, np.inf]


def test_nothing_is_told_of_no_number() -> None:
    summary = Halvings()
    summary.add(np.zeros(0), 0, 8)
    with pytest.raises(ValueError, match="at least one"):
        summary.counted()
