"""The slices that a data set offers: where a model may be worse and nobody sees it in the whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.random import Generator

from modelgate.aggregates import Flags, Floats
from modelgate.arrays import coded, floats, is_number, is_text

FEWEST_ROWS = 100
"""Rows of a slice: of fewer, nobody could tell whether they are answered worse."""
MOST_SHARE = 0.95
"""A slice of more than this share of the rows is as good as the whole."""
MOST_VALUES = 20
"""Values of a column of categories; numbers of more are cut in halves."""
MOST_SLICES = 40


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of the rows.

    Attributes:
        column: that tells which.
        value: the category; None for a half of the numbers.
        says: for people: "country = BR", "age below 38".
        rows: (n,) whether a row belongs to it.
    """

    column: str
    value: Any
    says: str
    rows: Flags


def slices_of(
    table: pa.Table, usable: Flags, apart: Collection[str | None], rng: Generator
) -> tuple[list[Slice], int]:
    """Categories, and numbers in halves.

    Args:
        table: n rows.
        usable: (n,) the rows that count.
        apart: columns that are no property of a row: target, weight, predictions.
        rng: chooses, where there are more than `MOST_SLICES`.

    Returns:
        The slices of at least `FEWEST_ROWS` usable rows, column by column; how many were left out.
    """
    most = MOST_SHARE * usable.sum()
    found = [
        one
        for name in table.column_names
        if name not in apart
        for one in _of_column(name, table.column(name).combine_chunks())
        if FEWEST_ROWS <= (one.rows & usable).sum() <= most
    ]
    if len(found) <= MOST_SLICES:
        return found, 0
    kept = np.sort(rng.choice(len(found), MOST_SLICES, replace=False))
    return [found[place] for place in kept], len(found) - MOST_SLICES


def whole_columns(
    table: pa.Table, usable: Flags, apart: Collection[str | None], worth: Floats, most: int
) -> list[str]:
    """The columns of categories, each of enough rows, that tell good answers from bad ones most.

    Args:
        table: n rows.
        usable: (n,) the rows that count.
        apart: columns that are no property of a row.
        worth: (n,) how good the answer to a row is; only differences matter.
        most: columns that are wanted.

    Returns:
        Their names, in the order of the table.
    """
    gaps: dict[str, float] = {}
    for name in table.column_names:
        if name in apart:
            continue
        found = [*_of_column(name, table.column(name).combine_chunks())]
        parts = [part for part in (one.rows & usable for one in found) if part.any()]
        rows = [int(part.sum()) for part in parts]
        halved = any(one.value is None for one in found)
        if halved or len(rows) < 2 or min(rows) < FEWEST_ROWS or sum(rows) < usable.sum():
            continue
        means = [float(worth[part].mean()) for part in parts]
        gaps[name] = max(means) - min(means)
    chosen = sorted(gaps, key=lambda name: -gaps[name])[:most]
    return [name for name in table.column_names if name in chosen]


def _of_column(name: str, column: Any) -> Iterator[Slice]:
    if isinstance(column, pa.ChunkedArray):  # of a table without rows or with too long texts
        return
    if not (is_text(column.type) or is_number(column.type)):
        return
    codes, values = coded(column)
    if len(values) <= MOST_VALUES:
        for place, value in enumerate(values):
            if value is not None and value == value:  # noqa: PLR0124 (NaN is not itself)
                yield Slice(name, value, f"{name} = {_said(value)}", codes == place)
        return
    if is_number(column.type):
        yield from _halves(name, column)


def _said(value: Any) -> str:
    """A category for people: 4, not 4.0."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _halves(name: str, column: pa.Array) -> Iterator[Slice]:
    found = floats(column)
    there = np.isfinite(found)
    if not there.any():
        return
    middle = float(np.median(found[there]))
    yield Slice(name, None, f"{name} below {middle:g}", there & (found < middle))
    yield Slice(name, None, f"{name} {middle:g} or more", there & (found >= middle))
