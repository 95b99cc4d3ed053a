"""Rows of a table as the arrays that a model takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import (
    interleaved,
    is_number,
    is_tensor,
    is_text,
    numbers,
    tensor,
    texts,
)
from modelgate.binding import Feed
from modelgate.errors import DataError
from modelgate.image_files import ImageFiles
from modelgate.prepare import CELL, IMAGE


def fill(feed: Feed, block: pa.RecordBatch, into: NDArray[Any]) -> None:
    """Write the rows of a block into an input of numbers.

    Args:
        feed: which columns make the input.
        block: n rows.
        into: (n, *row_shape), overwritten. A missing number becomes NaN.

    Raises:
        DataError: MG3140, a number is missing and the input cannot hold NaN; MG3141, a number
            does not fit the input's type: it is a fraction, or too large.
    """
    first = block.column(feed.columns[0])
    if len(feed.columns) == 1 and is_tensor(first.type):
        if first.null_count:
            raise DataError("MG3140", f"column {feed.columns[0]!r} is missing in some rows")
        values = tensor(first)
        if into.dtype.kind in "iub":
            _refuse_unfit(values, None, into.dtype, feed.columns[0], feed)
        _write(into, values.reshape(into.shape), None, feed.columns[0], feed)
        return
    flat = into.reshape(len(into), -1)
    for position, name in enumerate(feed.columns):
        _fill_column(flat[:, position], block.column(name), name, feed)


def _fill_column(into: NDArray[Any], column: pa.Array, name: str, feed: Feed) -> None:
    values, absent = numbers(column)
    if into.dtype.kind in "iub":
        _refuse_unfit(values, absent, into.dtype, name, feed)
    _write(into, values, absent, name, feed)
    if absent is not None:
        into[absent] = np.nan


def _write(
    into: NDArray[Any],
    values: NDArray[Any],
    absent: NDArray[np.bool_] | None,
    name: str,
    feed: Feed,
) -> None:
    try:
        with np.errstate(over="raise"):  # 1e300 would become an infinity, with a warning at most
            into[:] = values
    except FloatingPointError as error:
        if absent is not None:  # what lies beneath a null counts for nothing
            return _write(into, np.where(absent, 0, values), None, name, feed)
        finite = np.abs(values[np.isfinite(values)])
        raise DataError(
            "MG3141",
            f"column {name!r} holds numbers up to {finite.max():g}; the model's input"
            f" {feed.tensor!r} takes {feed.type}, which cannot hold them",
            hint="scale them as the model's training did, or mend the rows",
        ) from error


def _refuse_unfit(
    values: NDArray[Any],
    absent: NDArray[np.bool_] | None,
    dtype: np.dtype[Any],
    name: str,
    feed: Feed,
) -> None:
    """Whole-number inputs take whole numbers in their range, and nothing missing."""
    if absent is not None or (values.dtype.kind == "f" and np.isnan(values).any()):
        raise DataError(
            "MG3140",
            f"column {name!r} has missing values; the model's input {feed.tensor!r} takes"
            f" {feed.type}, which cannot be missing",
            hint="fill them as the model's training did, before the gate sees them",
        )
    if values.dtype == dtype or not values.size:
        return
    least, most = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    low, high = values.min(), values.max()
    fraction = values.dtype.kind == "f" and bool((values != np.floor(values)).any())
    if fraction or low < least or high > most:
        raise DataError(
            "MG3141",
            f"column {name!r} holds {'fractions' if fraction else f'{low:g} to {high:g}'}; the"
            f" model's input {feed.tensor!r} takes {feed.type}",
        )


def strings(feed: Feed, block: pa.RecordBatch) -> pa.Array:
    """(n * k,) the texts of a string input, row by row; a missing text is ""."""
    return interleaved([texts(block.column(name)) for name in feed.columns])


def is_apart(feed: Feed) -> bool:
    """Whether its rows go as `cells`, to be prepared where the model runs."""
    return feed.type in {IMAGE, CELL}


def cells(feed: Feed, block: pa.RecordBatch, images: ImageFiles) -> NDArray[Any]:
    """(n, ...) a column as what prepares it is given it.

    Args:
        feed: of type `IMAGE` or `CELL`.
        block: n rows.
        images: reads the images that a column names.

    Returns:
        Numbers, missing ones as NaN; or objects: texts, bytes, None where one is missing. Images
        as bytes of their files, or as arrays of uint8.
    """
    column = block.column(feed.columns[0])
    if is_tensor(column.type) and not column.null_count:
        return tensor(column)
    if is_number(column.type) and feed.type == CELL:
        values, absent = numbers(column)
        if absent is None:
            return values
        return np.where(absent, np.nan, values.astype(np.float64))
    made = np.empty(len(block), dtype=object)
    values = column.to_pylist()
    named = feed.type == IMAGE and is_text(column.type)
    made[:] = [images.read(name) for name in values] if named else values
    return made


def feeds(
    wanted: Sequence[Feed], block: pa.RecordBatch, images: ImageFiles | None = None
) -> Mapping[str, NDArray[Any]]:
    """All inputs of a few rows, as arrays of their own; strings as object arrays."""
    made: dict[str, NDArray[Any]] = {}
    for feed in wanted:
        if is_apart(feed):
            made[feed.tensor] = cells(feed, block, images or ImageFiles(Path()))
            continue
        shape = (len(block), *feed.row_shape)
        if feed.type == "string":
            made[feed.tensor] = np.array(strings(feed, block).to_pylist(), dtype=object).reshape(
                shape
            )
        else:
            made[feed.tensor] = np.empty(shape, dtype=feed.type)
            fill(feed, block, made[feed.tensor])
    return made
