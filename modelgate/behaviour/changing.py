"""Rows with one or several of their columns perturbed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from modelgate.arrays import (
    floats,
    is_quantity,
    is_tensor,
    is_text,
    missing,
    tensor,
    tensor_shape,
    tensors,
)
from modelgate.binding import listed
from modelgate.cells import numbers_of, texts_of
from modelgate.change import Change
from modelgate.errors import UnaskedError, UsageError, did_you_mean

SOUGHT = {
    "text": "text",
    "category": "text",
    "number": "numbers",
    "image": "images",
    "table": "anything",
}


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """Rows before and after.

    Attributes:
        before: n rows.
        after: the same rows, changed.
        columns: those that may have been.
        hit: (n,) whether a row was changed at all; the others are no trials.
    """

    before: pa.RecordBatch
    after: pa.RecordBatch
    columns: tuple[str, ...]
    hit: NDArray[np.bool_]


def sought(change: Change) -> str:
    """What a perturbation changes, in a word."""
    return SOUGHT[change.perturbation.of]


def columns_for(
    change: Change, schema: pa.Schema, asked: str | Sequence[str] | None
) -> tuple[str, ...]:
    """The columns that a perturbation changes.

    Args:
        change: the perturbation.
        schema: of the columns that feed the model.
        asked: as the suite writes them; None to take the only ones that can be meant.

    Raises:
        UsageError: MG2180, there is no such column; MG2181, it holds what this perturbation does
            not change; MG2182, it has to be named.
    """
    kind = change.perturbation.of
    names = list(schema.names)
    if asked is not None:
        wanted = (asked,) if isinstance(asked, str) else tuple(asked)
        for name in wanted:
            if name not in names:
                raise UsageError(
                    "MG2180", f"no column {name!r} feeds the model; {did_you_mean(name, names)}"
                )
            if not _fits(kind, schema.field(name).type):
                raise UsageError(
                    "MG2181",
                    f"{change.name!r} changes {sought(change)}, and the column {name!r} holds"
                    f" {schema.field(name).type}",
                )
        return wanted
    fitting = tuple(name for name in names if _fits(kind, schema.field(name).type))
    if not fitting:
        raise UsageError(
            "MG2181",
            f"{change.name!r} changes {sought(change)}, and no column that feeds the model holds"
            f" any: {listed(names)}",
        )
    if kind in {"number", "table"} or len(fitting) == 1:
        return fitting
    raise UsageError(
        "MG2182",
        f"which column is {change.name!r} to change? There are {listed(list(fitting))}",
        hint="write `column: NAME` into the step",
    )


def changed(
    change: Change,
    rows: pa.RecordBatch,
    columns: Sequence[str],
    *,
    seed: int,
    pool: pa.RecordBatch | None = None,
) -> Changed:
    """Perturb some columns of some rows.

    Args:
        change: the perturbation.
        rows: n rows.
        columns: those to change, see `columns_for`.
        seed: 0 or more.
        pool: rows whose values tell how far the columns spread; `rows` where None.

    Raises:
        CheckCrashedError: the perturbation raised, or answered something else.
    """
    perturbation, pool = change.perturbation, rows if pool is None else pool
    if perturbation.of == "table":
        after = perturbation(rows, seed=seed, columns=tuple(columns), **change.settings)
        return Changed(rows, after, tuple(columns), perturbation.changed(rows, after))
    arrays, fields = list(rows.columns), list(rows.schema)
    hit = np.zeros(len(rows), dtype=np.bool_)
    for name in columns:
        place = rows.schema.names.index(name)
        arrays[place], moved = _column(change, rows.column(name), pool.column(name), seed)
        fields[place] = pa.field(name, arrays[place].type)
        hit |= moved
    after = pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))
    return Changed(rows, after, tuple(columns), hit)


def must_reach(change: Change, reached: int, rows: int) -> None:
    """Refuse a perturbation that changes none of the sampled rows.

    Args:
        change: the perturbation.
        reached: rows that it changes.
        rows: that were sampled.

    Raises:
        UnaskedError: MG2185, it reaches none.
    """
    if not reached:
        raise UnaskedError(
            "MG2185",
            f"{change.name!r} changes none of the {rows:,} sampled rows",
            hint="take another perturbation, or a column that it can change",
        )


def _column(
    change: Change, column: pa.Array, pool: pa.Array, seed: int
) -> tuple[pa.Array, NDArray[np.bool_]]:
    """The changed column, and (n,) which of its values were changed."""
    perturbation, kind = change.perturbation, change.perturbation.of
    if kind == "image":
        pictures, back = _pictures(column)
        after = perturbation(pictures, seed=seed, pool=_pictures(pool)[0], **change.settings)
        return back(after), perturbation.changed(pictures, after)
    if kind == "number":
        values, others = floats(column), floats(pool)
        after = perturbation(values, seed=seed, pool=others, **change.settings)
        return _as_before(after, column), perturbation.changed(values, after)
    texts = _plain(column).to_pylist()
    after = perturbation(texts, seed=seed, pool=_plain(pool).to_pylist(), **change.settings)
    return texts_of(after, _plain(column).type), perturbation.changed(texts, after)


def _fits(kind: str, found: pa.DataType) -> bool:
    if kind == "table":
        return True
    if kind == "image":
        return is_tensor(found) and len(tensor_shape(found)) in {2, 3}
    if kind == "number":
        return is_quantity(found)
    return is_text(found)


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _as_before(values: NDArray[np.float64], column: pa.Array) -> pa.Array:
    """Numbers in the type that the column had, where that can hold them."""
    absent = missing(column)
    gone = np.isnan(values) if absent is None else np.isnan(values) | absent
    found = numbers_of(values, gone, pa.float64())
    kind = column.type
    if pa.types.is_integer(kind):
        known = values[~gone]
        whole = bool(np.isfinite(known).all() and (known == np.floor(known)).all())
        if not whole:
            return found
    try:
        return pc.cast(found, kind)
    except pa.ArrowInvalid:  # larger than the type can hold
        return found


def _pictures(column: pa.Array) -> tuple[NDArray[np.uint8], Any]:
    """(n, height, width, channels) bytes, and how to make a column of such pictures again.

    Raises:
        UsageError: MG2183, the numbers are no brightness from 0 to 255 or from 0 to 1.
    """
    values = tensor(column)
    shape, kind = values.shape, values.dtype
    if values.dtype == np.uint8:
        scale = 1.0
    elif values.size and values.min() >= 0 and values.max() <= 1:
        scale = 255.0
    elif values.size and values.min() >= 0 and values.max() <= 255:
        scale = 1.0
    else:
        raise UsageError(
            "MG2183", "the pictures are neither bytes nor numbers from 0 to 1 or from 0 to 255"
        )
    first = values.ndim == 4 and values.shape[1] in {1, 3, 4} and values.shape[3] not in {1, 3, 4}
    pictures = np.moveaxis(values, 1, -1) if first else values
    if pictures.ndim == 3:
        pictures = pictures[..., None]

    def back(after: NDArray[np.uint8]) -> pa.Array:
        turned = np.moveaxis(after, -1, 1) if first else after
        found = (turned.reshape(shape) / scale).astype(kind) if scale != 1 else turned
        return tensors(found.reshape(shape).astype(kind))

    return np.rint(pictures * scale).astype(np.uint8), back
