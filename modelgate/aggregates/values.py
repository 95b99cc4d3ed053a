"""Values in order: all of them while they are few, counts of fixed bins from a million on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modelgate.aggregates import Floats, Integers
from modelgate.aggregates.moments import Moments

EXACT_ROWS = 1_000_000
STEPS = 13
"""An octave has 2^13 bins: a bin's middle is within 2^-14 of its values, relative to them."""
_FLUSH = 1 << 17
_SHIFT = 52 - STEPS
_LARGEST = int(np.float64(np.finfo(np.float64).max).view(np.int64))


@dataclass(frozen=True, slots=True)
class Ordered:
    """Distinct values with their weights.

    Attributes:
        values: (m,) ascending.
        weights: (m,) above 0.
        error: how far a value can lie from the true one, relative to it; 0 where exact.
    """

    values: Floats
    weights: Floats
    error: float

    def at_rank(self, rank: float) -> float:
        """The value of the row at a rank from 1 to the total weight, by the first that reaches it.

        Raises:
            IndexError: there is no row.
        """
        place = int(np.searchsorted(np.cumsum(self.weights), rank * (1 - 1e-12)))
        return float(self.values[min(place, len(self.values) - 1)])

    def quantile(self, share: float) -> float:
        """The quantile of unweighted rows, between two rows linearly, as numpy's default."""
        rank = share * (float(self.weights.sum()) - 1)
        low, high = self.at_rank(np.floor(rank) + 1), self.at_rank(np.ceil(rank) + 1)
        return float(low + (high - low) * (rank - np.floor(rank)))


class Values:
    """A multiset of numbers of either sign.

    Attributes:
        counted: rows and weights.
    """

    def __init__(self) -> None:
        self.counted = Moments(())
        self._values: list[Floats] = []
        self._weights: list[Floats] = []
        self._waiting = 0
        self._bins: tuple[Integers, Integers] | None = None  # bins in order, and their counts

    def add(self, values: Floats, weight: Floats | None) -> None:
        """Take in values (n,)."""
        self.counted.add_rows(weight, np.zeros(len(values), dtype=np.int64))
        self._waiting += len(values)
        self._values.append(values)
        if weight is not None:
            self._weights.append(np.array(weight, dtype=np.float64))
        self._settle()

    def merge(self, other: Values) -> None:
        """Take in all values of the other."""
        self.counted.merge(other.counted)
        self._waiting += other._waiting
        self._values += other._values
        self._weights += other._weights
        if other._bins is not None:
            self._bins = _joined(self._bins, other._bins)
        self._settle()

    @property
    def rows(self) -> int:
        """Their number."""
        return int(self.counted.rows[0])

    @property
    def kept(self) -> Floats:
        """Every value, in the order the rows came, while all are kept."""
        return np.concatenate(self._values) if self._values else np.zeros(0)

    @property
    def weights_kept(self) -> Floats | None:
        """Their weights; None where the rows bear none."""
        return np.concatenate(self._weights) if self._weights else None

    def binned_with(self, more: int) -> bool:
        """Whether values are counted in bins once `more` are added."""
        return self.rows + more >= EXACT_ROWS

    @property
    def ordered(self) -> Ordered | None:
        """The values in order; None where weighted values were too many to be kept."""
        if self._bins is not None:
            self._flush()
            if self.counted.weighted:
                return None
            bins, counts = self._bins
            return Ordered(_middles(bins), counts.astype(np.float64), 2.0 ** -(STEPS + 1))
        values = self.kept
        if self.counted.weighted:
            weights = np.concatenate(self._weights)
            weighs = np.flatnonzero(weights > 0)
            order = weighs[np.lexsort((weights[weighs], values[weighs]))]
            values, weights = values[order], weights[order]
            starts = np.flatnonzero(np.diff(values, prepend=np.nan) != 0)
            return Ordered(values[starts], np.add.reduceat(weights, starts), 0.0)
        distinct, counts = np.unique(values, return_counts=True)
        return Ordered(distinct, counts.astype(np.float64), 0.0)

    def _settle(self) -> None:
        if self._bins is None and self.binned_with(0):
            self._bins = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        if self._bins is not None and self._waiting >= _FLUSH:
            self._flush()

    def _flush(self) -> None:
        if self._values:
            bins, counts = np.unique(_bin(np.concatenate(self._values)), return_counts=True)
            self._bins = _joined(self._bins, (bins, counts))
        self._values, self._weights, self._waiting = [], [], 0


def _bin(values: Floats) -> Integers:
    """The bin of each value: its leading bits, negative for negative values."""
    found: Integers = np.abs(values).view(np.int64) >> _SHIFT
    found[values < 0] *= -1
    return found


def _middles(bins: Integers) -> Floats:
    size = np.abs(bins)
    low = (size << _SHIFT).view(np.float64)
    high = np.minimum((size + 1) << _SHIFT, _LARGEST).view(np.float64)
    middle = np.where(size == 0, 0.0, low + (high - low) / 2)
    return np.where(bins < 0, -middle, middle)


def _joined(
    one: tuple[Integers, Integers] | None, two: tuple[Integers, Integers]
) -> tuple[Integers, Integers]:
    if one is None or not len(one[0]):
        return two
    bins, places = np.unique(np.concatenate([one[0], two[0]]), return_inverse=True)
    counts = np.zeros(len(bins), dtype=np.int64)
    np.add.at(counts, places, np.concatenate([one[1], two[1]]))
    return bins, counts
