"""The labels of some rows as numbers to be told by other columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import coded, floats, is_quantity, numbers
from modelgate.escape import printable
from modelgate.surveys.row_sample import RowSample

FEWEST = 10
"""Rows of a class below which nobody can say what tells it."""
CLASSES = 20
"""Distinct whole numbers that are taken for classes, where nobody says what they are."""
MOST = 200
"""Classes, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Rows that bear a label.

    Attributes:
        rows: n rows of all columns.
        positions: (n,) their numbers in the data set, from 0.
        codes: (n,) of the class; empty where the target is a number.
        classes: the labels, by code; empty likewise.
        values: (n, k) of each class 1 where it is the row's, else 0; or (n, 1) the number,
            as a share of the largest.
        total: rows of the data set, labelled or not.
    """

    rows: pa.RecordBatch
    positions: NDArray[np.int64]
    codes: NDArray[np.int64]
    classes: tuple[Any, ...]
    values: NDArray[np.float64]
    total: int


def labelled(sample: RowSample) -> Labelled | str:
    """Rows of a sample that bear a label; or why there are none to go by.

    Classes of fewer than `FEWEST` rows are left out.
    """
    target = sample.layout.target
    if target is None:
        return "nobody named the column with the labels"
    rows = sample.rows
    cells = rows.column(target)
    facts = sample.layout.facts
    if is_quantity(cells.type) and (facts.task == "regression" if facts else not _few(cells)):
        values = floats(cells)
        there = np.isfinite(values)
        codes = np.zeros(len(values), np.int64)
        classes: tuple[Any, ...] = ()
        held = np.where(there, values, 0.0)[:, None]
        held /= np.abs(held).max(initial=0.0) or 1.0  # squares of it neither vanish nor overflow
    else:
        codes, names = coded(cells)
        sizes = np.bincount(codes[codes >= 0], minlength=len(names))
        kept = np.flatnonzero(sizes >= FEWEST)
        there = np.isin(codes, kept)
        classes = tuple(names[at] for at in kept)
        if not 2 <= len(classes) <= MOST:
            return (
                f"{printable(target, 40)} has {len(classes)} classes of {FEWEST} rows or more"
                f" among {len(rows):,} rows; 2 to {MOST} can be told apart"
            )
        codes = np.searchsorted(kept, codes)
        held = (codes[:, None] == np.arange(len(classes))).astype(np.float64)
    index = np.flatnonzero(there)
    if len(index) < 2 * FEWEST or not np.ptp(held[index], axis=0).any():
        return f"{len(index)} rows bear a label: too few, or all the same"
    return Labelled(
        rows=rows.take(pa.array(index)),
        positions=sample.positions[index],
        codes=codes[index] if classes else np.zeros(0, np.int64),
        classes=classes,
        values=held[index],
        total=sample.total,
    )


def _few(cells: pa.Array) -> bool:
    """Whether numbers look like classes: whole, and few different ones."""
    values, absent = numbers(cells)
    held = values if absent is None else values[~absent]
    found = np.unique(held[: 20 * CLASSES * CLASSES])
    return len(found) <= CLASSES and bool((found == np.round(found)).all())
