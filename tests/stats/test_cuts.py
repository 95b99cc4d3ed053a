"""Numbers cut into parts of one size, at places with short names."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.stats.cuts import equal_parts, short_between

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("low", "high", "between"),
    [
        pytest.param(30, 31, 31, id="whole"),
        pytest.param(0.24, 0.31, 0.3, id="one-digit"),
        pytest.param(-3, 8, 0, id="zero"),
        pytest.param(-31, -30, -30, id="below-zero"),
        pytest.param(99, 120, 100, id="a-digit-more"),
        pytest.param(-5e-324, 0.0, 0, id="up-to-zero"),
        pytest.param(1.7e308, 1.75e308, 1.75e308, id="huge"),
    ],
)
def test_the_shortest_number_between(low: float, high: float, between: float) -> None:
    assert short_between(low, high) == between


@given(one=FINITE, other=FINITE)
def test_it_lies_between(one: float, other: float) -> None:
    low, high = sorted((one, other))
    if low < high:
        assert low < short_between(low, high) <= high


@pytest.mark.parametrize(
    ("values", "parts", "edges"),
    [
        pytest.param([1, 2, 3, 4], 2, (3,), id="halves"),
        pytest.param([1, 2, 3, 4, np.nan, np.inf], 2, (3,), id="what-is-not-finite-does-not-count"),
        pytest.param([5, 5, 5], 4, (), id="one-number"),
        pytest.param([], 4, (), id="none"),
        pytest.param([1, *[2] * 90, *[3] * 9], 4, (2, 3), id="equal-numbers-stay-together"),
        pytest.param([False, True, True], 3, (1,), id="truths"),
    ],
)
def test_edges(values: list[float], parts: int, edges: tuple[float, ...]) -> None:
    assert equal_parts(np.array(values, dtype=np.float64), parts) == edges


@given(values=st.lists(FINITE, max_size=60), parts=st.integers(1, 9))
def test_edges_rise_and_cut_nothing_off(values: list[float], parts: int) -> None:
    found = np.array(values)
    edges = equal_parts(found, parts)
    assert len(edges) < parts or parts == 1
    assert all(low < high for low, high in pairwise(edges))
    sizes = np.bincount(np.searchsorted(edges, found, side="right"), minlength=len(edges) + 1)
    assert sizes.sum() == len(values)
    assert not len(values) or sizes.min() > 0


def test_distinct_numbers_are_cut_evenly() -> None:
    values = np.random.default_rng(1).normal(size=1003)
    sizes = np.bincount(np.searchsorted(equal_parts(values, 8), values, side="right"))
    assert set(sizes.tolist()) <= {125, 126}
