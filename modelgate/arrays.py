"""Arrow columns as numpy arrays.

`Array.to_numpy` and `pa.array` import pandas where it is installed (0.3 s and 40 MB); the buffers
beneath them do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from modelgate.cells import index_of, numbers_of

_NUMPY = {
    "bool": np.bool_,
    "int8": np.int8,
    "int16": np.int16,
    "int32": np.int32,
    "int64": np.int64,
    "uint8": np.uint8,
    "uint16": np.uint16,
    "uint32": np.uint32,
    "uint64": np.uint64,
    "halffloat": np.float16,
    "float": np.float32,
    "double": np.float64,
}


def is_number(kind: pa.DataType) -> bool:
    """Whether a column of this type holds numbers or booleans."""
    return str(kind) in _NUMPY or pa.types.is_decimal(kind) or pa.types.is_null(kind)


def is_quantity(kind: pa.DataType) -> bool:
    """Whether a column of this type holds numbers, and no booleans."""
    return is_number(kind) and not pa.types.is_boolean(kind)


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this type holds strings, plain or as a dictionary."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def is_binary(kind: pa.DataType) -> bool:
    """Whether a column of this type holds bytes, such as those of image files."""
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def is_tensor(kind: pa.DataType) -> bool:
    """Whether each cell holds an array of numbers, all of one shape."""
    return bool(pa.types.is_fixed_size_list(kind)) and (
        is_number(kind.value_type) or is_tensor(kind.value_type)
    )


def tensor_shape(kind: pa.DataType) -> tuple[int, ...]:
    """The shape of a cell of a column that `is_tensor`."""
    if not pa.types.is_fixed_size_list(kind):
        return ()
    return (int(kind.list_size), *tensor_shape(kind.value_type))


def tensors(values: NDArray[Any]) -> pa.Array:
    """(n, ...) numbers as a column of tensors."""
    found = numbers_of(values.reshape(-1), None, pa.from_numpy_dtype(values.dtype))
    for size in reversed(values.shape[1:]):
        found = pa.FixedSizeListArray.from_arrays(found, size)
    return found


def missing(array: pa.Array) -> NDArray[np.bool_] | None:
    """(n,) where a cell is null; None where none is."""
    if array.null_count == 0:
        return None
    return numbers(array.is_null())[0].astype(np.bool_, copy=False)


def numbers(array: pa.Array) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """The values of a column of numbers, and where they are missing.

    Args:
        array: integers, floats, booleans or decimals.

    Returns:
        (n,) values, arbitrary where missing; (n,) True where missing, or None where none is.
    """
    kind = array.type
    if pa.types.is_null(kind):
        return np.zeros(len(array)), np.ones(len(array), dtype=np.bool_)
    if pa.types.is_decimal(kind):
        array, kind = array.cast(pa.float64()), pa.float64()
    absent = missing(array)
    buffer = array.buffers()[1]
    if pa.types.is_boolean(kind):
        bits = np.unpackbits(np.frombuffer(buffer, np.uint8), bitorder="little")
        return bits[array.offset : array.offset + len(array)].astype(np.bool_), absent
    dtype = np.dtype(_NUMPY[str(kind)])
    values = np.frombuffer(buffer, dtype, count=len(array), offset=array.offset * dtype.itemsize)
    return values, absent


def floats(array: pa.Array) -> NDArray[np.float64]:
    """(n,) a copy of the values of a column of numbers, NaN where they are missing."""
    values, absent = numbers(array)
    found: NDArray[np.float64] = values.astype(np.float64)
    if absent is not None:
        found[absent] = np.nan
    return found


def tensor(array: pa.Array) -> NDArray[Any]:
    """(n, *shape) the cells of a column that `is_tensor` and has no nulls."""
    shape = tensor_shape(array.type)
    for _ in shape:
        array = array.flatten()
    return numbers(array)[0].reshape(-1, *shape)


def flattened(array: pa.Array) -> NDArray[np.float64]:
    """(n, d) a row of numbers a cell of a column that `is_tensor`, NaN where one is missing."""
    rows, gone = len(array), missing(array)
    for size in tensor_shape(array.type):  # `flatten` would leave out the cells that are null
        array = array.values.slice(array.offset * size, len(array) * size)
    found = floats(array).reshape(rows, -1)
    if gone is not None:
        found[gone] = np.nan
    return found


def coded(array: pa.Array) -> tuple[NDArray[np.int64], list[Any]]:
    """A column as codes into the values that occur in it.

    Returns:
        (n,) position in the list, -1 where the cell is null; the values, as Python objects: lists
        and structures as they are written.
    """
    if pa.types.is_nested(array.type) or str(array.type) == "month_day_nano_interval":
        cells = [None if cell is None else repr(cell) for cell in array.to_pylist()]
        array = pa.array(cells, pa.string())
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    indices = array.indices
    codes, absent = numbers(indices)
    codes = codes.astype(np.int64)
    if absent is not None:
        codes[absent] = -1
    return codes, array.dictionary.to_pylist()


def texts(array: pa.Array) -> pa.Array:
    """A column as large strings: numbers in their shortest form, "" where a cell is null."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    plain = array.cast(pa.large_string())
    if plain.null_count:
        plain = pc.coalesce(plain, pa_text("").cast(pa.large_string())[0])
    return plain


def pa_text(text: str) -> pa.Array:
    """A column of one string, without `pa.array`."""
    raw = text.encode()
    offsets = np.array([0, len(raw)], dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(offsets), pa.py_buffer(raw)])


def interleaved(columns: Sequence[pa.Array]) -> pa.Array:
    """(n * k,) the strings of k columns, row by row."""
    if len(columns) == 1:
        return columns[0]
    rows = len(columns[0])
    stacked = pa.concat_arrays(columns)
    order = (np.arange(rows)[:, None] + rows * np.arange(len(columns))[None, :]).ravel()
    return stacked.take(index_of(order))


def hashed(column: pa.Array) -> NDArray[np.uint64]:
    """(n,) a hash of each value; equal for equal values, whatever block they stand in."""
    codes, values = coded(column)
    table = [
        int.from_bytes(blake2b(repr(value).encode(), digest_size=8).digest(), "little")
        for value in [*values, None]
    ]
    return np.array(table, dtype=np.uint64)[codes]


def same_bits(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Whether two arrays hold the same, bit for bit; NaN is itself."""
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if one.dtype.kind == "O":
        missing = (one != one) & (other != other)  # noqa: PLR0124 (NaN is not itself)
        return bool(((one == other) | missing).all())
    return one.tobytes() == other.tobytes()
