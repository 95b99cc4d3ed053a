"""The median of a few measurements of which nothing is known but their order."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.interval import Interval
from modelgate.stats.tails import normal_quantile

FEWEST = 5
"""Measurements below which even the smallest and the largest say little at the usual level."""


class Median:
    """Intervals at any level of a median: of the rank of the values alone (the sign test).

    They hold whatever the law of the measurements is, as long as each lies above the true median
    as likely as below it. Beyond what so many can tell, each side grows as a normal law's would.

    Attributes:
        value: the median of the values.
    """

    def __init__(self, values: NDArray[np.float64]) -> None:
        """Take (n,) finite values, 1 or more.

        Source: W. R. Thompson (1936), "On confidence ranges for the median and other expectation
            distributions", Annals of Mathematical Statistics 7, 122-128.
        """
        self.value = float(np.median(values))
        self._sorted = np.sort(values)
        chances = np.cumsum([comb(len(values), k) for k in range((len(values) + 1) // 2)])
        self._tails = chances / 2.0 ** len(values)  # of k-1 or fewer below, for the k-th value

    def __call__(self, level: float) -> Interval:
        """The two-sided interval at a level in (0, 1)."""
        tail = (1 - level) / 2
        furthest = float(self._tails[0])
        rank = int(np.searchsorted(self._tails, max(tail, furthest), side="right")) - 1
        low, high = float(self._sorted[rank]), float(self._sorted[-1 - rank])
        if tail < furthest < 0.5:
            further = normal_quantile(tail) / normal_quantile(furthest)
            low = self.value - (self.value - low) * further
            high = self.value + (high - self.value) * further
        return Interval(low, high, level)
