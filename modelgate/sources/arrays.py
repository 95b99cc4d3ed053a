"""NumPy arrays as Arrow columns, without a copy where there need be none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from modelgate.errors import DataError, Where
from modelgate.escape import shown


def arrow_type(dtype: np.dtype[Any], shape: tuple[int, ...], name: str, file: str) -> pa.DataType:
    """The type of a column made of an array.

    An array of n rows with further axes becomes one column of nested fixed-size lists, which keeps
    its shape and feeds one tensor: (n, 28, 28) of uint8 is `list<list<uint8>[28]>[28]`.

    Args:
        dtype: of the array.
        shape: of one row; empty for a plain column.
        name: the column's, for the message.
        file: what holds it, for the message.

    Raises:
        DataError: MG3522, values of this kind have no column.
    """
    if dtype.kind in "US":
        kind = pa.string()
    elif dtype.kind in "biuf" and dtype.itemsize <= 8:
        kind = pa.from_numpy_dtype(dtype.newbyteorder("="))
    else:
        raise DataError(
            "MG3522",
            f"column {shown(name)} holds {dtype}, which is no number, truth value or text",
            where=Where(file),
            hint="store numbers or texts of fixed length; objects would have to be unpickled",
        )
    for length in reversed(shape):
        kind = pa.list_(kind, length)
    return kind


def column_of(values: Any, name: str, file: str) -> Any:
    """An array of n rows as a column of length n; types as `arrow_type` says.

    Raises:
        DataError: MG3522, it has no rows to speak of, or values that have no column.
    """
    array = np.asarray(values)
    if array.ndim == 0:
        raise DataError(
            "MG3522",
            f"column {shown(name)} is a single value, not an array of rows",
            where=Where(file),
            hint="give an array with one value a row",
        )
    if array.dtype.kind == "O" and array.ndim == 1:
        array = _texts(array, name, file)
    kind = arrow_type(array.dtype, array.shape[1:], name, file)
    flat = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("=")).reshape(-1)
    column = _leaf(flat)
    for axis in range(array.ndim - 1, 0, -1):
        rows = int(np.prod(array.shape[:axis]))
        inner = pa.list_(column.type, array.shape[axis])
        column = pa.FixedSizeListArray.from_buffers(inner, rows, [None], children=[column])
    assert column.type == kind
    return column


def _texts(array: Any, name: str, file: str) -> Any:
    if not all(isinstance(value, str) for value in array):
        raise DataError(
            "MG3522",
            f"column {shown(name)} holds Python objects other than text",
            where=Where(file),
            hint="convert it to numbers or texts",
        )
    return array


def _leaf(flat: Any) -> Any:
    """One axis of numbers, truth values or texts, from the array's own memory."""
    if flat.dtype.kind in "US":
        return _strings([value.decode() if flat.dtype.kind == "S" else value for value in flat])
    if flat.dtype.kind == "b":
        bits = pa.py_buffer(np.packbits(flat, bitorder="little"))
        return pa.Array.from_buffers(pa.bool_(), len(flat), [None, bits])
    kind = pa.from_numpy_dtype(flat.dtype)
    return pa.Array.from_buffers(kind, len(flat), [None, pa.py_buffer(flat)])


def _strings(values: list[str]) -> Any:
    encoded = [str(value).encode() for value in values]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    if ends[-1] > np.iinfo(np.int32).max:
        raise OverflowError("more than 2 GiB of text in one column")
    offsets = pa.py_buffer(ends.astype(np.int32))
    return pa.Array.from_buffers(
        pa.string(), len(encoded), [None, offsets, pa.py_buffer(b"".join(encoded))]
    )


def equally_long(lengths: Mapping[str, int], file: str) -> int:
    """The number of rows that all arrays have.

    Raises:
        DataError: MG3522, there is no array, or two differ.
    """
    if not lengths:
        raise DataError(
            "MG3522",
            "there is no array in it",
            where=Where(file),
            hint="write columns: numpy.savez(file, x=..., y=...)",
        )
    first, rows = next(iter(lengths.items()))
    for name, length in lengths.items():
        if length != rows:
            raise DataError(
                "MG3522",
                f"{shown(first)} has {rows} rows and {shown(name)} has {length}",
                where=Where(file),
                hint="arrays of one file are columns of one table: give them one length",
            )
    return rows
