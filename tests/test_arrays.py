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

from modelgate.arrays import (
    coded,
    flattened,
    floats,
    interleaved,
    is_number,
    is_quantity,
    is_tensor,
    is_text,
    numbers,
    tensor,
    tensor_shape,
    texts,
)


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


WHOLE = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]


@given(data=st.data(), kind=st.sampled_from(WHOLE), start=CUT)
def test_whole_numbers_of_every_width_keep_their_ends(
    data: st.DataObject, kind: str, start: int
) -> None:
    bounds = np.iinfo(kind)
    whole = st.integers(int(bounds.min), int(bounds.max))
    cells = data.draw(st.lists(st.none() | whole, max_size=20))
    assert back(pa.array(cells, type=pa.type_for_alias(kind)).slice(start)) == cells[start:]


@given(
    cells=st.lists(st.none() | st.floats(allow_nan=False, width=16), max_size=20),
    kind=st.sampled_from([pa.float16(), pa.float32(), pa.float64()]),
    start=CUT,
)
def test_fractions_of_every_width(cells: list[float | None], kind: pa.DataType, start: int) -> None:
    held = [None if cell is None else np.float16(cell) for cell in cells]
    assert back(pa.array(held, type=kind).slice(start)) == cells[start:]


def test_nan_is_a_value_and_no_hole() -> None:
    values, absent = numbers(pa.array([1.0, np.nan, None], from_pandas=False))
    assert np.isnan(values[1])
    assert absent is not None
    assert absent.tolist() == [False, False, True]


def test_floats_are_a_copy_with_nan_where_nothing_is() -> None:
    array = pa.array([1, None, 3])
    found = floats(array)
    assert found.tolist()[::2] == [1.0, 3.0]
    assert np.isnan(found[1])
    found[0] = 7
    assert array.to_pylist() == [1, None, 3]
    whole = floats(pa.array([0.5, 2.0]))
    assert whole.flags.writeable
    assert floats(pa.nulls(0)).tolist() == []


def test_truth_values_are_no_quantities() -> None:
    assert [
        is_quantity(kind) for kind in (pa.int8(), pa.decimal128(4), pa.bool_(), pa.string())
    ] == [
        True,
        True,
        False,
        False,
    ]


def test_decimals_and_columns_of_nothing() -> None:
    assert back(pa.array([Decimal("1.5"), None])) == [1.5, None]
    assert back(pa.array([None, Decimal("-2.25")], pa.decimal256(40, 2)).slice(1)) == [-2.25]
    assert back(pa.nulls(3)) == [None, None, None]
    assert back(pa.array([], pa.int64())) == []


@pytest.mark.parametrize(
    ("kind", "number", "text", "shape"),
    [
        pytest.param(pa.int8(), True, False, None, id="whole"),
        pytest.param(pa.bool_(), True, False, None, id="truth"),
        pytest.param(pa.decimal128(9, 2), True, False, None, id="decimal"),
        pytest.param(pa.null(), True, False, None, id="nothing"),
        pytest.param(pa.string(), False, True, None, id="text"),
        pytest.param(pa.dictionary(pa.int8(), pa.large_string()), False, True, None, id="coded"),
        pytest.param(pa.dictionary(pa.int8(), pa.int64()), False, False, None, id="coded-numbers"),
        pytest.param(pa.list_(pa.float32(), 3), False, False, (3,), id="an-array"),
        pytest.param(pa.list_(pa.list_(pa.uint8(), 4), 2), False, False, (2, 4), id="an-image"),
        pytest.param(pa.list_(pa.float32()), False, False, None, id="of-any-length"),
        pytest.param(pa.list_(pa.string(), 2), False, False, None, id="of-text"),
        pytest.param(pa.timestamp("s"), False, False, None, id="a-time"),
        pytest.param(pa.binary(), False, False, None, id="bytes"),
    ],
)
def test_kinds_of_columns(
    kind: pa.DataType, number: bool, text: bool, shape: tuple[int, ...] | None
) -> None:
    assert (is_number(kind), is_text(kind)) == (number, text)
    assert is_tensor(kind) == (shape is not None)
    assert shape is None or tensor_shape(kind) == shape


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


@given(
    rows=st.lists(st.tuples(*[st.sampled_from(["a", "bc", "", "ü"])] * 3), max_size=12),
    width=st.integers(1, 3),
)
def test_columns_are_interleaved_row_by_row(rows: list[tuple[str, ...]], width: int) -> None:
    columns = [pa.array([row[i] for row in rows], pa.large_string()) for i in range(width)]
    assert interleaved(columns).to_pylist() == [cell for row in rows for cell in row[:width]]


@given(
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    rows=st.integers(0, 8),
    start=st.integers(0, 4),
    length=st.integers(0, 4),
    kind=st.sampled_from([pa.uint8(), pa.int32(), pa.float32(), pa.float64()]),
)
def test_tensors_keep_their_shape_on_slices(
    shape: list[int], rows: int, start: int, length: int, kind: pa.DataType
) -> None:
    cells = (np.arange(rows * int(np.prod(shape))) % 250).reshape(rows, *shape)
    array = pa.array(cells.ravel().tolist(), type=kind)
    for size in reversed(shape):
        array = pa.FixedSizeListArray.from_arrays(array, size)
    found = tensor(array.slice(start, length))
    assert tensor_shape(array.type) == tuple(shape)
    assert found.tolist() == cells[start : start + length].tolist()


def test_none_of_it_loads_pandas() -> None:
    program = (
        "import io, sys, pyarrow as pa, pyarrow.csv as c\n"
        "from modelgate.arrays import *\n"
        "t = c.read_csv(io.BytesIO(b'a,b,c\\n1,x,2.5\\n,,\\n')).to_batches()[0]\n"
        "numbers(t.column(0)); coded(t.column(1)); interleaved([texts(t.column(1))] * 2)\n"
        "cells = pa.Array.from_buffers(pa.int8(), 4, [None, pa.py_buffer(bytes(4))])\n"
        "assert tensor(pa.FixedSizeListArray.from_arrays(cells, 2)).shape == (2, 2)\n"
        "sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_vectors_keep_their_places_where_others_are_missing() -> None:
    array = pa.array([[9.0, 9.0], None, [1.0, 2.0], [3.0, None]], pa.list_(pa.float32(), 2))
    assert str(flattened(array.slice(1)).tolist()) == "[[nan, nan], [1.0, 2.0], [3.0, nan]]"
    nested = pa.FixedSizeListArray.from_arrays(array, 2)
    assert str(flattened(nested.slice(1)).tolist()) == "[[1.0, 2.0, 3.0, nan]]"
