"""Scores in [0, 1], counted in fixed bins that are finest near 0 and 1."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Floats, Integers
from modelgate.aggregates.exact import ExactSums

FINEST = 13
"""An octave of min(s, 1 - s) has at most 2^13 bins: each is 1/8192 of its distance to 0 or 1 wide,
or less."""
_COARSER = 5  # below 2^-32, where only over-confident models go, an octave has 2^5 times fewer
_FINE, _ALL = 31, 1022  # octaves from one half down to 2^-32, and to the smallest normal float
_CELLS = 3 << 20  # bins of all columns together: 75 MB at most
_EMPTY = -1.0


class ScoreSketch:
    """Rows of a class and all others by bin of the score, one column a class.

    A bin is an octave of min(s, 1 - s), cut into equal steps, so that scores near 1 are told apart
    as well as those near 0. Bins are fixed: sketches merge by adding. A bin remembers whether all
    its scores were equal: then nothing in it could be told apart, and it costs no exactness.
    """

    def __init__(self, columns: int, *, weighted: bool) -> None:
        self._bits = FINEST
        while self._bits > _COARSER and columns * self._bins > _CELLS:
            self._bits -= 1
        self._counts: Integers = np.zeros((columns, self._bins, 2), dtype=np.int64)
        # The one score of each bin; NaN where it has seen several.
        self._score: Floats = np.full((columns, self._bins), _EMPTY)
        self._weights = [ExactSums(2 * self._bins) for _ in range(columns)] if weighted else None

    @property
    def _coarse(self) -> int:
        """Bins below 2^-32."""
        return (_ALL - _FINE) << (self._bits - _COARSER)

    @property
    def _half(self) -> int:
        """The bin that begins at one half, the last of the lower side."""
        return self._coarse + (_FINE << self._bits)

    @property
    def _bins(self) -> int:
        return 2 * self._half - self._coarse + (22 << (self._bits - _COARSER)) + 1

    def add(
        self, column: int, scores: NDArray[Any], own: NDArray[np.bool_], weights: Floats | None
    ) -> None:
        """Count scores (n,) of a column, in rising order; `own`: which rows are of the class."""
        if not len(scores):
            return
        bins = self._bin(scores)
        starts = np.flatnonzero(np.diff(bins, prepend=-1))
        filled, ends = bins[starts], np.append(starts[1:], len(bins))
        positives = np.add.reduceat(own, starts, dtype=np.int64)
        self._counts[column, filled, 1] += positives
        self._counts[column, filled, 0] += ends - starts - positives
        first = scores[starts].astype(np.float64)
        alone = np.where(first == scores[ends - 1], first, np.nan)
        self._score[column, filled] = _same(self._score[column, filled], alone)
        if self._weights is not None and weights is not None:
            self._weights[column].add(weights, 2 * bins + own)

    def merge(self, other: ScoreSketch) -> None:
        """Add the counts of the other."""
        self._counts += other._counts
        self._score = _same(self._score, other._score)
        if self._weights is not None and other._weights is not None:
            for mine, theirs in zip(self._weights, other._weights, strict=True):
                mine.merge(theirs)

    def column(self, column: int) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
        """Score, weight of own and of other rows by bin, from the highest down; no empty bins.

        Beside them, which bins hold several scores: there the score is the middle of the bin.
        """
        counts = self._counts[column]
        filled = np.flatnonzero(counts.any(axis=1))[::-1]
        if self._weights is None:
            found = counts[filled].astype(np.float64)
        else:
            found = self._weights[column].values.reshape(-1, 2)[filled]
        mixed = np.isnan(self._score[column, filled])
        scores = np.where(mixed, self._middles(filled), self._score[column, filled])
        return scores, found[:, 1], found[:, 0], mixed

    def _middles(self, bins: Integers) -> Floats:
        """The middle of each bin."""
        upper = bins > self._half
        index = np.where(upper, 2 * self._half - bins, bins)
        step = self._bits - _COARSER
        low = index < self._coarse
        octave = np.int64(1023 - _FINE - 1)
        fine = (index - self._coarse + (octave << self._bits)) << (52 - self._bits)
        deep = (index - self._coarse + (octave << step)) << (52 - step)
        half = np.where(low, 1 << (51 - step), 1 << (51 - self._bits))
        least = (np.where(low, deep, fine) + half).view(np.float64)
        # The bin at one half holds that one score; above it the steps are counted from 1.
        return np.where(upper, 1 - least, np.minimum(least, 0.5))

    def _bin(self, scores: NDArray[Any]) -> Integers:
        """The bin of each score; rises with the score."""
        least = np.minimum(scores, 1 - scores).astype(np.float64)  # 1 - s is exact from 1/2 on
        bits = least.view(np.int64)
        index: Integers = bits >> (52 - self._bits)
        index += self._coarse - ((1023 - _FINE - 1) << self._bits)
        low = np.flatnonzero(index < self._coarse)
        step = self._bits - _COARSER
        # Counted down from 2^-32; what is smaller than any normal float shares the lowest bin.
        deep = (bits[low] >> (52 - step)) - ((1023 - _FINE - 1) << step) + self._coarse
        index[low] = np.maximum(deep, 0)
        upper = scores > 0.5
        # 1 - s is 0 or at least 2^-53: the upper side needs 22 octaves below 2^-32, not all.
        index[upper] = np.minimum(2 * self._half - index[upper], self._bins - 1)
        return index


def _same(one: Floats, two: Floats) -> Floats:
    """The score that both have seen alone; NaN where they differ."""
    both = np.where(one == two, one, np.nan)
    return np.where(one == _EMPTY, two, np.where(two == _EMPTY, one, both))
