"""How well one column alone tells the label of rows that had no part in learning it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import coded, floats, is_number, is_text
from modelgate.cells import plain
from modelgate.data_quality.labels import Labelled
from modelgate.stats.areas import area_of
from modelgate.stats.interval import Interval
from modelgate.stats.inversion import IntervalAt
from modelgate.stats.tails import normal_quantile

Floats = NDArray[np.float64]
FOLDS = 5
BINS = 50
ROWS_OF_BIN = 40
"""Rows that a bin holds at least, or there are fewer bins, down to five: means of few are noise."""


@dataclass(frozen=True, slots=True)
class Power:
    """What a column alone tells.

    Attributes:
        column: its name.
        value: 0 where it tells nothing, 1 where it tells the label wholly: 2 AUROC - 1, of several
            classes the mean over each against the others; of numbers, the share of their variance.
        at: where the true one lies, at any level.
    """

    column: str
    value: float
    at: IntervalAt


def power_of(column: str, cells: NDArray[Any], known: Labelled, seed: int) -> Power:
    """Cross-validated: the mean label of each bin or category, told to rows of other folds.

    Args:
        column: its name.
        cells: (n,) codes of categories, whole numbers from 0, or numbers with NaN where missing:
            they are cut into bins of equally many rows.
        known: the labels.
        seed: of the folds.
    """
    folds = np.random.default_rng(seed).permutation(len(cells)) % FOLDS
    told = np.empty_like(known.values)
    overall = known.values.mean(axis=0)
    for fold in range(FOLDS):
        learns, asked = folds != fold, folds == fold
        codes = _binned(cells, learns) if cells.dtype.kind == "f" else cells
        size = int(codes.max(initial=0)) + 1
        counts = np.bincount(codes[learns], minlength=size)
        for at in range(known.values.shape[1]):
            sums = np.bincount(codes[learns], known.values[learns, at], minlength=size)
            means = (sums + overall[at]) / (counts + 1)  # a category nobody met tells the mean
            told[asked, at] = means[codes[asked]]
    if known.classes:
        return _of_classes(column, told, known.values)
    return _of_numbers(column, told[:, 0], known.values[:, 0])


def keys_of(column: pa.Array) -> NDArray[Any] | None:
    """A column as `power_of` takes it; None where it holds neither numbers nor texts."""
    kind = column.type
    if is_number(kind):
        return floats(column)
    if is_text(kind) or pa.types.is_dictionary(kind):
        codes, _ = coded(column)
        return codes + 1
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        times = column.cast(pa.timestamp("us")).cast(pa.int64())
        return keys_of(times)
    return None


def ranks_of(column: pa.Array) -> Floats:
    """(n,) texts as their places in order, NaN where missing: those given out in turn ascend."""
    texts = plain(column).to_pylist()
    places = {text: at for at, text in enumerate(sorted({one for one in texts if one is not None}))}
    return np.array([np.nan if one is None else float(places[one]) for one in texts])


def _binned(values: Floats, learns: NDArray[np.bool_]) -> NDArray[np.int64]:
    held = values[learns & np.isfinite(values)]
    if not len(held):
        return np.zeros(len(values), np.int64)
    bins = min(BINS, max(5, len(held) // ROWS_OF_BIN))
    edges = np.unique(np.quantile(held, np.arange(1, bins) / bins, method="lower"))
    codes = np.searchsorted(edges, values, side="left") + 1
    return np.where(np.isnan(values), 0, codes)


def _of_classes(column: str, told: Floats, truth: Floats) -> Power:
    places = range(1, 2) if truth.shape[1] == 2 else range(truth.shape[1])
    hits = truth > 0
    areas = [area_of(told[hits[:, at], at], told[~hits[:, at], at]) for at in places]

    def at(level: float) -> Interval:
        ends = [area.at(level) for area in areas]
        low = float(np.mean([end.low for end in ends]))
        high = float(np.mean([end.high for end in ends]))
        return Interval(max(0.0, 2 * low - 1), max(0.0, 2 * high - 1), level)

    return Power(column, max(0.0, 2 * float(np.mean([area.value for area in areas])) - 1), at)


def _of_numbers(column: str, told: Floats, truth: Floats) -> Power:
    """The share of variance that is told, a ratio of two means of rows."""
    left = (truth - told) ** 2
    every = (truth - truth.mean()) ** 2
    ratio = float(left.sum() / every.sum())
    error = sqrt(float(((left - ratio * every) ** 2).sum())) / float(every.sum())

    def at(level: float) -> Interval:
        spread = normal_quantile((1 + level) / 2) * error
        low, high = (min(max(0.0, 1 - ratio + side * spread), 1.0) for side in (-1, 1))
        return Interval(low, high, level)

    return Power(column, max(0.0, 1 - ratio), at)
