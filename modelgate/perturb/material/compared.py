"""Which values a perturbation has changed: only those are trials."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


def strings(before: Sequence[str | None], after: Sequence[str | None]) -> Flags:
    """(n,) where the texts differ."""
    pairs = zip(before, after, strict=True)
    return np.fromiter((one != other for one, other in pairs), np.bool_, len(before))


def numbers(before: NDArray[np.float64], after: NDArray[np.float64]) -> Flags:
    """(n,) where the numbers differ; missing ones are alike."""
    return np.asarray((before != after) & ~(np.isnan(before) & np.isnan(after)))


def images(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> Flags:
    """(n,) where any pixel differs."""
    return np.asarray((before != after).any(axis=(1, 2, 3)))


def tables(before: pa.RecordBatch, after: pa.RecordBatch) -> Flags:
    """(n,) where any cell differs; all rows where the columns stand in another order."""
    if before.schema.names != after.schema.names:
        return np.ones(len(before), dtype=np.bool_)
    differ = np.zeros(len(before), dtype=np.bool_)
    for one, other in zip(before.columns, after.columns, strict=True):
        if not one.equals(other):
            differ |= _cells(one, other)
    return differ


def _cells(one: pa.Array, other: pa.Array) -> Flags:
    if pa.types.is_dictionary(one.type):
        one, other = one.dictionary_decode(), other.dictionary_decode()
    if pa.types.is_nested(one.type):
        return _nested(one, other)
    if pa.types.is_float16(one.type):  # Arrow compares no halves
        one, other = one.cast(pa.float32()), other.cast(pa.float32())
    differ = pc.or_kleene(pc.not_equal(one, other), pc.xor(one.is_null(), other.is_null()))
    if pa.types.is_floating(one.type):  # NaN is unlike itself
        differ = pc.and_not_kleene(differ, pc.and_kleene(pc.is_nan(one), pc.is_nan(other)))
    return np.array([bool(cell) for cell in differ.to_pylist()], dtype=np.bool_)


def _nested(one: pa.Array, other: pa.Array) -> Flags:
    """By what they look like, since Arrow compares no lists."""
    return strings(*([repr(cell) for cell in array.to_pylist()] for array in (one, other)))
