"""Arrow columns as numpy arrays, against plain Python, on slices and with nulls."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.arrays import coded, interleaved, numbers, tensor, tensor_shape, texts


def back(array: pa.Array) -> list[Any]:
    values, absent = numbers(array)
    gone = np.zeros(len(values), dtype=bool) if absent is None else absent
    return [None if hole else value for value, hole in zip(values.tolist(), gone, strict=True)]


CELLS = st.lists(st.none() | st.integers(-100, 100), max_size=40)
CUT = st.integers(0, 8)


@given(cells=CELLS, start=CUT, kind=st.sampled_from(["int8", "int64", "float", "double"]))
def test_numbers_come_out_as_they_went_in(cells: list[int | None], start: int, kind: str) -> None:
    array = pa.array(cells, type=pa.type_for_alias(kind)).slice(start)
    assert back(array) == cells[start:]


@given(cells=st.lists(st.none() | st.booleans(), max_size=40), start=CUT)
def test_truth_values_come_out_as_they_went_in(cells: list[bool | None], start: int) -> None:
    assert back(pa.array(cells, type=pa.bool_()).slice(start)) == cells[start:]


def test_decimals_and_columns_of_nothing() -> None:
    assert back(pa.array([Decimal("1.5"), None])) == [1.5, None]
    assert back(pa.nulls(3)) == [None, None, None]


@given(cells=st.lists(st.none() | st.sampled_from(["a", "ü", ""]), max_size=30), start=CUT)
@pytest.mark.parametrize("dictionary", [False, True])
def test_codes_lead_back_to_the_values(
    dictionary: bool, cells: list[str | None], start: int
) -> None:
    array = pa.array(cells, type=pa.string())
    array = (array.dictionary_encode() if dictionary else array).slice(start)
    codes, values = coded(array)
    assert [None if code < 0 else values[code] for code in codes] == cells[start:]


@given(cells=st.lists(st.none() | st.sampled_from(["a", "bc"]), max_size=20), start=CUT)
@pytest.mark.parametrize("dictionary", [False, True])
def test_texts_are_empty_where_they_are_missing(
    dictionary: bool, cells: list[str | None], start: int
) -> None:
    array = pa.array(cells, type=pa.string())
    array = (array.dictionary_encode() if dictionary else array).slice(start)
    assert texts(array).to_pylist() == [cell or "" for cell in cells[start:]]


def test_numbers_as_texts_are_as_short_as_can_be() -> None:
    assert texts(pa.array([1, 20, None])).to_pylist() == ["1", "20", ""]


def test_columns_are_interleaved_row_by_row() -> None:
    columns = [pa.array(["a", "b"], pa.large_string()), pa.array(["c", "d"], pa.large_string())]
    assert interleaved(columns).to_pylist() == ["a", "c", "b", "d"]


def test_tensors_keep_their_shape_on_slices() -> None:
    cells = np.arange(5 * 2 * 3, dtype=np.int32)
    inner = pa.FixedSizeListArray.from_arrays(pa.array(cells), 3)
    array = pa.FixedSizeListArray.from_arrays(inner, 2)
    assert tensor_shape(array.type) == (2, 3)
    assert tensor(array.slice(2, 2)).tolist() == cells.reshape(5, 2, 3)[2:4].tolist()


def test_none_of_it_loads_pandas() -> None:
    program = (
        "import io, sys, pyarrow.csv as c\n"
        "from modelgate.arrays import *\n"
        "t = c.read_csv(io.BytesIO(b'a,b,c\\n1,x,2.5\\n,,\\n')).to_batches()[0]\n"
        "numbers(t.column(0)); coded(t.column(1)); interleaved([texts(t.column(1))] * 2)\n"
        "sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
