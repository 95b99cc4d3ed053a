"""Scores in [0, 1], counted in fixed bins that are finest near 0 and 1."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Floats, Integers
from modelgate.aggregates.exact import ExactSums

OCTAVES = 32
"""Below 2^-32 and above 1 - 2^-32 all scores share one bin."""
FINEST = 11
"""An octave has at most 2^11 bins: a bin is at most 1/2048 of its distance to 0 or 1 wide."""
_CELLS = 1 << 22  # bins of all columns together: 64 MB of counts at most


class ScoreSketch:
    """Rows of a class and all others by bin of the score, one column a class.

    A bin is an octave of min(s, 1 - s), cut into equal steps, so that scores near 1 are told apart
    as well as those near 0. Bins are fixed: sketches merge by adding.
    """

    def __init__(self, columns: int, *, weighted: bool) -> None:
        self._bits = FINEST
        while self._bits > 4 and columns * self._bins > _CELLS:
            self._bits -= 1
        self._counts: Integers = np.zeros((columns, self._bins, 2), dtype=np.int64)
        self._weights = [ExactSums(2 * self._bins) for _ in range(columns)] if weighted else None

    @property
    def _bins(self) -> int:
        return 2 * ((OCTAVES - 1) << self._bits) + 1

    def add(
        self, column: int, scores: NDArray[Any], own: NDArray[np.bool_], weights: Floats | None
    ) -> None:
        """Count scores (n,) of a column; `own` tells which rows are of the class."""
        places = 2 * self._bin(scores) + own
        counted = np.bincount(places, minlength=2 * self._bins)
        self._counts[column] += counted.reshape(-1, 2)
        if self._weights is not None and weights is not None:
            self._weights[column].add(weights, places)

    def merge(self, other: ScoreSketch) -> None:
        """Add the counts of the other."""
        self._counts += other._counts
        if self._weights is not None and other._weights is not None:
            for mine, theirs in zip(self._weights, other._weights, strict=True):
                mine.merge(theirs)

    def column(self, column: int) -> tuple[Floats, Floats]:
        """Weight of own and of other rows by bin, from the highest score down; no empty bins."""
        counts = self._counts[column]
        filled = np.flatnonzero(counts.any(axis=1))[::-1]
        if self._weights is None:
            found = counts[filled].astype(np.float64)
        else:
            found = self._weights[column].values.reshape(-1, 2)[filled]
        return found[:, 1], found[:, 0]

    def _bin(self, scores: NDArray[Any]) -> Integers:
        least = np.minimum(scores, 1 - scores)  # 1 - s is exact from one half on
        if scores.dtype == np.float32:
            index: Integers = least.view(np.int32).astype(np.int64) >> (23 - self._bits)
            index -= (127 - OCTAVES) << self._bits
        else:
            index = least.view(np.int64) >> (52 - self._bits)
            index -= (1023 - OCTAVES) << self._bits
        np.clip(index, 0, (OCTAVES - 1) << self._bits, out=index)
        index[scores > 0.5] = self._bins - 1 - index[scores > 0.5]
        return index
