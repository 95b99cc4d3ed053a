"""Rows as numbers of one scale, by the rows that a model was trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import coded, flattened, floats, is_number, is_tensor, is_text

Floats = NDArray[np.float64]
MOST_CATEGORIES = 50
"""Values of a column that are told apart, the most frequent ones."""
_FURTHEST = 1e6  # in spreads: infinity is as far, and squares stay finite


class Encoder:
    """Rows as numbers of one scale, by the rows that a model was trained on.

    Numbers are centred on the median and divided by the spread (that of the middle half, else the
    standard deviation), missing ones stand in the middle; of categories each frequent value is a
    number of its own, and any other one more.
    """

    def __init__(self, rows: pa.RecordBatch, columns: Sequence[str]) -> None:
        """Learn the scales.

        Args:
            rows: n rows of the reference.
            columns: that are encoded; those of no kind that can be are left out.

        Raises:
            ValueError: no column can be encoded.
        """
        self._scales: dict[str, Callable[[pa.Array], Floats]] = {}
        for name in columns:
            array = rows.column(name)
            if is_tensor(array.type):
                self._scales[name] = _of_tensors(array)
            elif pa.types.is_boolean(array.type) or is_text(array.type):
                self._scales[name] = _of_categories(array)
            elif is_number(array.type):
                self._scales[name] = _of_numbers(array)
        if not self._scales:
            raise ValueError("no column holds numbers, categories or vectors")

    def __call__(self, rows: pa.RecordBatch) -> Floats:
        """(n, d) the rows as numbers."""
        return np.concatenate(list(self.apart(rows).values()), axis=1)

    def apart(self, rows: pa.RecordBatch) -> dict[str, Floats]:
        """Column -> (n, d of it) the same, column by column."""
        return {name: scaled(rows.column(name)) for name, scaled in self._scales.items()}


def _of_numbers(array: pa.Array) -> Callable[[pa.Array], Floats]:
    known = floats(array)
    known = known[np.isfinite(known)]
    middle, spread = 0.0, 1.0
    if len(known):
        with np.errstate(over="ignore", invalid="ignore"):
            low, middle, high = (float(one) for one in np.quantile(known, [0.25, 0.5, 0.75]))
            spread = (high - low) / 1.349 or float(known.std()) or 1.0

    def scaled(cells: pa.Array) -> Floats:
        with np.errstate(over="ignore"):
            return _within((floats(cells) - middle) / spread)[:, None]

    return scaled


def _within(values: Floats) -> Floats:
    """Missing ones in the middle, and none so far away that its square is infinite."""
    values[np.isnan(values)] = 0.0
    return np.clip(values, -_FURTHEST, _FURTHEST)


def _of_tensors(array: pa.Array) -> Callable[[pa.Array], Floats]:
    known = flattened(array)
    there = np.isfinite(known)
    middle = np.where(there, known, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    spread = (float(known[there].std()) if there.any() else 0.0) or 1.0

    def scaled(cells: pa.Array) -> Floats:
        return _within((flattened(cells) - middle) / spread)

    return scaled


def _of_categories(array: pa.Array) -> Callable[[pa.Array], Floats]:
    codes, values = coded(array)
    rows = np.bincount(codes[codes >= 0], minlength=len(values))
    frequent = sorted(range(len(values)), key=lambda place: (-rows[place], str(values[place])))
    places = {values[place]: at for at, place in enumerate(frequent[:MOST_CATEGORIES])}

    def scaled(cells: pa.Array) -> Floats:
        codes, values = coded(cells)
        at = np.array([*(places.get(value, len(places)) for value in values), len(places)])
        found: Floats = np.eye(len(places) + 1)[at[codes]]
        return found

    return scaled
