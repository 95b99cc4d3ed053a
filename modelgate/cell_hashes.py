"""Cells as hashes of 64 bits: equal for equal values, whatever type and block they stand in."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from modelgate.aggregates.row_losses import mixed, scattered
from modelgate.arrays import flattened, hashed, is_binary, is_number, is_tensor, is_text, numbers

Hashes = NDArray[np.uint64]

_MISSING = np.uint64(0x5851F42D4C957F2D)
_FACTOR = 0x9E3779B97F4A7C15 | 1
_INVERSE = pow(_FACTOR, -1, 1 << 64)
_EXACT = 1 << 53  # whole numbers up to which double precision tells all apart
_DIGITS = 4
"""Significant digits that nearly equal numbers share."""


def row_hashes(block: pa.RecordBatch, columns: tuple[str, ...], *, near: bool = False) -> Hashes:
    """(n,) a hash of each row.

    Two rows that differ have one hash with a chance of 2^-64: among a hundred million rows some two
    do with a chance of 3e-4.

    Args:
        block: n rows.
        columns: that make a row.
        near: take texts that differ in case, accents, spaces or punctuation alone for one, and
            numbers that agree in their first four digits.
    """
    found = np.zeros(len(block), dtype=np.uint64)
    for name in columns:
        found = scattered(mixed(found, cell_hashes(block.column(name), near=near)))
    return found


def comparable(one: pa.DataType, other: pa.DataType, *, near: bool = False) -> bool:
    """Whether equal cells of columns of these types have equal hashes.

    A number that is written as a text has another, and so has one of single precision.

    Args:
        one: the type of a column.
        other: of another, or of the same one in another file.
        near: as `row_hashes` takes it: numbers of any precision are alike then.
    """
    if pa.types.is_null(one) or pa.types.is_null(other) or one == other:
        return True
    sorts = {_sort(one), _sort(other)}
    return len(sorts) == 1 or (sorts <= _NUMBERS and (near or _WHOLE in sorts))


_WHOLE = "whole numbers"
_NUMBERS = {_WHOLE, "numbers of half precision", "numbers of single precision", "numbers"}


def _sort(kind: pa.DataType) -> str:
    """What makes cells comparable."""
    if pa.types.is_dictionary(kind):
        return _sort(kind.value_type)
    if is_text(kind) or is_binary(kind):
        return "bytes"
    if pa.types.is_float16(kind):
        return "numbers of half precision"
    if pa.types.is_float32(kind):
        return "numbers of single precision"
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return _WHOLE
    if is_number(kind):
        return "numbers"
    if is_tensor(kind):
        return f"vectors of {kind.list_size} {_sort(kind.value_type)}"
    return str(kind)


def cell_hashes(column: pa.Array, *, near: bool = False) -> Hashes:
    """(n,) a hash of each cell; all that are missing have one, NaN among them."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        codes, absent = numbers(column.indices)
        table = cell_hashes(column.dictionary, near=near)
        found = np.concatenate([table, [_MISSING]])[
            np.where(absent, -1, codes) if absent is not None else codes
        ]
    elif is_text(kind) or is_binary(kind):
        found = _of_bytes(_normal(column) if near and is_text(kind) else column)
    elif is_number(kind):
        found = _of_numbers(column, near=near)
    elif is_tensor(kind):
        found = np.zeros(len(column), dtype=np.uint64)
        for part in flattened(column).T:
            found = mixed(found, _of_floats(part, near=near))
    elif pa.types.is_temporal(kind) and not pa.types.is_interval(kind):
        found = hashed(column.cast(pa.string()))
    else:
        found = hashed(column)
    if column.null_count and not pa.types.is_dictionary(kind):
        found[numbers(column.is_null())[0].astype(np.bool_)] = _MISSING
    return found


def _of_numbers(column: pa.Array, *, near: bool) -> Hashes:
    values, _ = numbers(column)
    found = _of_floats(values.astype(np.float64), near=near)
    if values.dtype.kind in "iu" and values.dtype.itemsize == 8:
        large = values > _EXACT if values.dtype.kind == "u" else np.abs(values) > _EXACT
        if large.any():
            found[large] = scattered(values[large].astype(np.uint64))
    return found


def _of_floats(values: NDArray[np.float64], *, near: bool) -> Hashes:
    values = values + 0.0  # a copy, and no negative zero
    nothing = np.isnan(values)
    if near:
        values = _rounded(values)
    found = scattered(values.view(np.uint64))
    found[nothing] = _MISSING
    return found


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """To four significant digits."""
    size = np.abs(values)
    usable = np.isfinite(values) & (size > 0)
    scale = np.zeros(len(values))
    scale[usable] = np.floor(np.log10(size[usable])) - (_DIGITS - 1)
    usable &= np.abs(scale) < 300
    found = values.copy()
    part = 10.0 ** scale[usable]
    found[usable] = np.round(values[usable] / part) * part
    return np.asarray(found + 0.0)


def _normal(column: pa.Array) -> pa.Array:
    """Texts in small letters and digits alone."""
    column = pc.utf8_normalize(column.cast(pa.large_string()), form="NFKD")
    return pc.replace_substring_regex(pc.utf8_lower(column), r"[^\p{L}\p{N}]+", "")


def _of_bytes(column: pa.Array) -> Hashes:
    """(n,) the bytes of each cell as the digits of a number modulo 2^64, scattered."""
    large = pa.large_string() if is_text(column.type) else pa.large_binary()
    column = column.cast(large)
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, np.int64, len(column) + 1, column.offset * 8)
    start, stop = (int(ends[0]), int(ends[-1])) if len(column) else (0, 0)
    lengths = np.diff(ends).astype(np.uint64)
    if stop == start:
        return scattered(lengths)
    raw = np.frombuffer(data, np.uint8, stop - start, start).astype(np.uint64) + np.uint64(1)
    powers = np.full(len(raw), _FACTOR, dtype=np.uint64)
    powers[0] = 1
    np.multiply.accumulate(powers, out=powers)
    sums = np.concatenate([[np.uint64(0)], np.cumsum(raw * powers, dtype=np.uint64)])
    back = np.full(stop - start + 1, _INVERSE, dtype=np.uint64)
    back[0] = 1
    np.multiply.accumulate(back, out=back)
    first, last = ends[:-1] - start, ends[1:] - start
    return scattered(mixed((sums[last] - sums[first]) * back[first], lengths))
