from datetime import date, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.dataset import BLOCK_ROWS
from modelgate.profiles.column import ColumnProfile
from modelgate.profiles.profile import EXACT_CELLS, EXACT_ROWS, Profile, many
from modelgate.stats.shift import Counted
from modelgate.surveys import Layout, Rows


def profiled(columns: dict[str, Any], cuts: tuple[int, ...] = ()) -> Profile:
    batch = pa.RecordBatch.from_pydict(columns)
    parts = []
    for start, end in pairwise([0, *cuts, len(batch)]):
        part = Profile(Layout(schema=batch.schema))
        for first in range(start, end, BLOCK_ROWS):
            part.add(Rows(batch.slice(first, min(BLOCK_ROWS, end - first)), first))
        parts.append(part)
    whole, *others = parts
    for other in others:
        whole.merge(other)
    return whole


def column(values: Any) -> ColumnProfile:
    return profiled({"it": values}).columns_profiled["it"]


def told(counted: Counted) -> tuple[list[float], list[int]]:
    return counted.values.tolist(), counted.counts.tolist()


def test_numbers_are_kept_in_order_and_nulls_and_nan_are_missing() -> None:
    found = column(pa.array([3.0, None, float("nan"), 1.0, 3.0]))
    assert (found.kind, found.rows, found.missing) == ("number", 5, 2)
    assert found.numbers is not None
    assert found.numbers.values.tolist() == [1.0, 3.0]
    assert found.numbers.counts.tolist() == [1, 2]


def test_a_column_without_a_value_has_no_numbers() -> None:
    found = column(pa.array([None, None], pa.float64()))
    assert (found.kind, found.missing, found.numbers) == ("number", 2, None)
    assert column(pa.array([None, None])).missing == 2


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        pytest.param(pa.array(["b", "a", "b", None]), {"a": 1, "b": 2}, id="texts"),
        pytest.param(
            pa.array(["b", "a", "b", None]).dictionary_encode(), {"a": 1, "b": 2}, id="dictionary"
        ),
        pytest.param(pa.array([True, False, True, None]), {False: 1, True: 2}, id="truth-values"),
    ],
)
def test_categories_are_counted(values: pa.Array, counts: dict[Any, int]) -> None:
    found = column(values)
    assert (found.kind, found.missing) == ("category", 1)
    assert found.categories == counts


def test_times_are_seconds() -> None:
    found = column(pa.array([datetime(1970, 1, 2), None], pa.timestamp("ms")))  # noqa: DTZ001
    assert (found.kind, found.missing) == ("time", 1)
    assert found.numbers is not None
    assert found.numbers.values.tolist() == [86_400.0]
    days = column(pa.array([date(1970, 1, 3)]))
    assert days.numbers is not None
    assert days.numbers.values.tolist() == [172_800.0]


def test_cells_that_nothing_compares_are_counted_where_they_are_missing() -> None:
    found = column(pa.array([[1], None, [2, 3]]))
    assert (found.kind, found.missing) == ("other", 1)


def _normal(rows: int, known: int | None = None) -> Profile:
    values = np.random.default_rng(0).normal(size=rows)
    schema = pa.schema([("it", pa.float64())])
    profile = Profile(Layout(schema=schema, rows=known))
    for first in range(0, rows, BLOCK_ROWS):
        block = pa.RecordBatch.from_pydict({"it": values[first : first + BLOCK_ROWS]})
        profile.add(Rows(block, first))
    return profile


@pytest.mark.parametrize(
    ("rows", "known", "error"),
    [
        pytest.param(EXACT_ROWS - 1, None, False, id="below-a-million"),
        pytest.param(EXACT_ROWS, None, True, id="a-million"),
        pytest.param(100_000, EXACT_ROWS, True, id="a-million-to-come"),
    ],
)
def test_numbers_are_exact_below_a_million_rows(rows: int, known: int | None, error: bool) -> None:
    found = _normal(rows, known).columns_profiled["it"].numbers
    assert found is not None
    assert (found.error > 0) == error
    assert found.error < 6e-4


def test_of_many_columns_fewer_rows_are_exact() -> None:
    rows = EXACT_CELLS // 1_000
    assert not many(rows - 1, 1_000)
    assert many(rows, 1_000)
    assert not many(rows, 20)


def test_it_does_not_matter_whether_many_rows_were_known_to_come() -> None:
    early, late = (_normal(EXACT_ROWS, known).columns_profiled["it"] for known in (EXACT_ROWS, 0))
    assert early.numbers is not None
    assert late.numbers is not None
    assert early.numbers.values.tolist() == late.numbers.values.tolist()
    assert early.numbers.error == late.numbers.error


def test_parts_merge_to_the_whole() -> None:
    rng = np.random.default_rng(0)
    rows = 5 * BLOCK_ROWS + 77
    days = np.datetime64("2024-01-01") + rng.integers(0, 400, rows)
    columns = {
        "day": pa.array(days.astype(str)),
        "number": pa.array(rng.normal(size=rows), from_pandas=True),
        "word": pa.array(rng.choice(["red", "green"], rows)),
        "remark": pa.array([f"{number}" for number in rng.integers(0, 10**9, rows)]),
    }
    whole = profiled(columns)
    parts = profiled(columns, (2 * BLOCK_ROWS, 3 * BLOCK_ROWS))
    assert parts.rows == whole.rows == rows
    for name, found in whole.columns_profiled.items():
        other = parts.columns_profiled[name]
        assert (found.kind, found.missing) == (other.kind, other.missing)
        assert found.categories == other.categories
        assert {name: told(one) for name, one in found.measures.items()} == {
            name: told(one) for name, one in other.measures.items()
        }
        if found.numbers is not None and other.numbers is not None:
            assert found.numbers.values.tolist() == other.numbers.values.tolist()
