"""Columns in few codes: what they stand for, and that no way of writing a file changes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.aggregates.columns import Column
from modelgate.coding import BINS, ColumnCoder, columns_of
from modelgate.slices import MISSING, Span

N = 600
rng = np.random.default_rng(2)


def block(**columns: Any) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({name: pa.array(cells) for name, cells in columns.items()})


def known(**columns: Any) -> dict[str, Column]:
    return {column.name: column for column in columns_of(block(**columns), {"y"})}


def codes(first: pa.RecordBatch, then: pa.RecordBatch) -> list[list[int]]:
    found: list[list[int]] = ColumnCoder(columns_of(first, ())).of(then).codes().tolist()
    return found


def test_categories_stand_for_themselves_the_most_frequent_first() -> None:
    (column,) = known(country=["NL"] * 7 + ["BR"] * 9 + [None] * 2 + ["SE"] * 7).values()
    assert column == Column("country", ("BR", "NL", "SE", MISSING))


def test_few_numbers_stand_for_themselves() -> None:
    (column,) = known(plan=[1.0, 2.0, 2.0, None, float("nan")] * 4).values()
    assert column == Column("plan", (2, 1, MISSING))


def test_many_numbers_are_cut_into_bins_of_about_equal_size() -> None:
    ages = rng.integers(18, 90, N)
    (column,) = known(age=ages).values()
    assert column.ordered == BINS
    assert all(isinstance(span, Span) for span in column.values[:BINS])
    assert column.values[BINS:] == (MISSING,)
    sizes = np.bincount([row[0] for row in codes(block(age=ages), block(age=ages))])
    assert sizes.min() > 0.5 * N / BINS
    assert sizes.max() < 1.6 * N / BINS


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"name": [f"user {row}" for row in range(N)]}, id="a-text-of-its-own"),
        pytest.param({"one": ["same"] * N}, id="a-single-value"),
        pytest.param({"none": pa.nulls(N, pa.string())}, id="nothing"),
        pytest.param({"y": ["no", "yes"] * (N // 2)}, id="the-target"),
        pytest.param({"pixels": [[1, 2]] * N}, id="lists"),
        pytest.param({"__index_level_0__": range(N)}, id="the-index-of-pandas"),
    ],
)
def test_what_tells_no_rows_apart_is_left_out(columns: dict[str, Any]) -> None:
    assert known(**columns) == {}


def test_what_later_blocks_hold_anew_is_anything_else() -> None:
    first = block(country=["BR", "NL", None] * 5)
    assert codes(first, block(country=["NL", "DE", None])) == [[1], [3], [2]]


def test_a_dictionary_that_changes_from_block_to_block_changes_no_code() -> None:
    coder = ColumnCoder(columns_of(block(c=["a", "b", "b"] * 9), ()))
    found = [coder.of(block(c=cells)).codes().ravel().tolist() for cells in (["a", "b"], ["b"])]
    assert found == [[1, 0], [0]]


def test_floats_doubles_and_decimals_are_coded_and_hashed_alike() -> None:
    cents = np.round(rng.gamma(2.0, 3.0, N), 2)
    ways = [cents, cents.astype(np.float32), cents.astype(np.float32).astype(np.float64)]
    found = [(columns_of(block(x=way), ()), block(x=way)) for way in ways]
    assert len({columns for columns, _ in found}) == 1
    coded = [ColumnCoder(columns).of(rows) for columns, rows in found]
    for other in coded[1:]:
        assert (other.codes() == coded[0].codes()).all()
        assert (other.content() == coded[0].content()).all()


def test_some_rows_are_coded_as_all_are() -> None:
    rows = block(
        age=rng.integers(18, 90, N).astype(float),
        country=rng.choice(["BR", "NL"], N),
        plan=[1, None] * (N // 2),
    )
    everything = ColumnCoder(columns_of(rows, ())).of(rows)
    at = rng.permutation(N)[:100]
    assert (everything[at].codes() == everything.codes()[at]).all()
    assert (everything[at][10:20].content() == everything.content()[at[10:20]]).all()
    assert len(np.unique(everything.content())) > 100
