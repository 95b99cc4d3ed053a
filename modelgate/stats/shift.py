"""How far two samples that have nothing to do with each other lie apart, and how sure that is.

The distances here (Kolmogorov and Smirnov's, total variation, Wasserstein's) are the largest
difference between two means over a family of functions. What is estimated from samples is the
largest over noise as well, and so too large on average, but it is never below what the one function
that is best for the populations says: the upper ends add the error of a single mean only, and hold
with few rows. Lower ends take off what noise alone can reach.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.inversion import IntervalAt

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Counted:
    """A sample of numbers, in order: its distinct values, or bins on edges common to both samples.

    Attributes:
        values: (m,) strictly ascending, none NaN; of a bin, its upper edge.
        counts: (m,) rows of each value, 0 or more; at least one row in all.
        error: how far the share of rows up to some value may be off, in [0, 1]; 0 where exact. It
            is added to both ends of intervals.
    """

    values: Floats
    counts: Integers
    error: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is in no order, or empty."""
        if self.values.shape != self.counts.shape or self.values.ndim != 1:
            raise ValueError("values and counts are two rows of the same length")
        # Compared and not subtracted: infinity less infinity is no number.
        if not (self.values[1:] > self.values[:-1]).all() or np.isnan(self.values).any():
            raise ValueError("values ascend strictly and none is NaN")
        must_be_counts(self.counts)

    @property
    def rows(self) -> int:
        """In all."""
        return int(self.counts.sum())


def counted(values: Floats) -> Counted:
    """A sample as it came.

    Args:
        values: (n,) in any order, at least one, none NaN.
    """
    found, counts = np.unique(np.asarray(values, dtype=np.float64), return_counts=True)
    return Counted(found, counts.astype(np.int64))


def must_be_counts(counts: Integers) -> None:
    """Refuse numbers that count nothing.

    Raises:
        ValueError: they are no whole numbers, one is negative, or there is no row.
    """
    if counts.dtype.kind not in "iu":
        raise ValueError("counts are whole numbers")
    if (counts < 0).any() or not counts.any():
        raise ValueError("counts are not negative, and at least one is above 0")


@dataclass(frozen=True, slots=True)
class Shift:
    """What one test says of two samples.

    Attributes:
        effect: how far apart they lie, 0 or more; 0 for equal samples.
        p_value: against "both come from one population", in (0, 1].
        at: where the distance of the populations lies, at any two-sided level. It is in the unit
            of the effect and both ends are 0 or more.
        method: the test and the law its p-value comes from, in a few words.
    """

    effect: float
    p_value: float
    at: IntervalAt = field(compare=False, repr=False)
    method: str

    @property
    def interval(self) -> Interval:
        """At the usual level."""
        return self.at(LEVEL)


@dataclass(frozen=True, slots=True)
class Ends:
    """Intervals at all levels, of two functions of one side's error.

    Attributes:
        low: one-sided error in (0, 0.5] -> lower end.
        high: the same of the upper end.
    """

    low: Callable[[float], float]
    high: Callable[[float], float]

    def __call__(self, level: float) -> Interval:
        """At a two-sided level in (0, 1)."""
        return Interval(self.low_at(level), self.high_at(level), level)

    def low_at(self, level: float) -> float:
        """The lower end."""
        return self.low((1 - level) / 2)

    def high_at(self, level: float) -> float:
        """The upper end."""
        return self.high((1 - level) / 2)


SMALLEST = 1e-300
"""No p-value is below it: none is 0."""


def as_p_value(chance: float) -> float:
    """A computed chance, kept in (0, 1] against rounding."""
    return min(1.0, max(SMALLEST, chance))
