"""Cells as Arrow columns, without `pa.array`, which imports pandas where it is installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def index_of(positions: NDArray[Any]) -> pa.Array:
    """Positions as what `take` wants."""
    flat = np.ascontiguousarray(positions, dtype=np.int64)
    return pa.Array.from_buffers(pa.int64(), len(flat), [None, pa.py_buffer(flat)])


def numbers_of(
    values: NDArray[Any], absent: NDArray[np.bool_] | None, kind: pa.DataType
) -> pa.Array:
    """A column of numbers or booleans.

    Args:
        values: (n,) within the range of the type; anything where missing.
        absent: (n,) where a cell is null; None where none is.
        kind: of the column.
    """
    held = None
    if absent is not None and absent.any():
        held = pa.py_buffer(np.packbits(~absent, bitorder="little"))
    if pa.types.is_boolean(kind):
        bits = pa.py_buffer(np.packbits(values.astype(np.bool_), bitorder="little"))
        return pa.Array.from_buffers(kind, len(values), [held, bits])
    flat = np.ascontiguousarray(values, dtype=kind.to_pandas_dtype())
    return pa.Array.from_buffers(kind, len(flat), [held, pa.py_buffer(flat)])


def texts_of(values: Sequence[str | None], kind: pa.DataType) -> pa.Array:
    """A column of strings; None where a cell is null."""
    encoded = [b"" if value is None else value.encode() for value in values]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    absent = np.array([value is None for value in values], dtype=np.bool_)
    held = pa.py_buffer(np.packbits(~absent, bitorder="little")) if absent.any() else None
    large = pa.Array.from_buffers(
        pa.large_string(),
        len(encoded),
        [held, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))],
    )
    return as_type(large, kind)


def tensors_of(values: NDArray[Any], kind: pa.DataType) -> pa.Array:
    """(n, *shape) as a column of nested lists of fixed size."""
    leaf, sizes = kind, []
    while pa.types.is_fixed_size_list(leaf):
        sizes.append(leaf.list_size)
        leaf = leaf.value_type
    column = numbers_of(np.ascontiguousarray(values).reshape(-1), None, leaf)
    rows = len(column)
    for size in reversed(sizes):
        rows //= size
        inner = pa.list_(column.type, size)
        column = pa.FixedSizeListArray.from_buffers(inner, rows, [None], children=[column])
    return as_type(column, kind)


def as_type(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """The column as one of this type; a dictionary is made where the type is one."""
    if column.type == kind:
        return column
    if pa.types.is_dictionary(kind):
        column = as_type(column, kind.value_type).dictionary_encode()
    return column if column.type == kind else column.cast(kind)


def plain(column: pa.Array) -> pa.Array:
    """The column without a dictionary."""
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
