"""Intervals of values whose rows come in groups: a user's, a patient's, a document's."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.inversion import IntervalAt
from modelgate.stats.tails import normal_quantile, student_quantile

Floats = NDArray[np.float64]
FEW = 8
"""Lots that have to matter, by their participation ratio, before their spread is believed."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Intervals of rows in groups, made from those of rows that were alone.

    Attributes:
        value: the middle.
        rows: intervals as if each row stood for itself.
        effect: how many rows of such groups tell as much as one row alone, 1 or more.
        freedom: degrees of freedom of the spread, 1 or more.
        least, most: what the value cannot go beyond.
    """

    value: float
    rows: IntervalAt
    effect: float
    freedom: float
    least: float = -np.inf
    most: float = np.inf

    def __call__(self, level: float) -> Interval:
        """The two-sided interval at a level."""
        share = (1 + level) / 2
        wider = sqrt(self.effect)
        wider *= student_quantile(share, self.freedom) / normal_quantile(share)
        found = self.rows(level)
        low = self.value - (self.value - found.low) * wider
        high = self.value + (found.high - self.value) * wider
        return Interval(max(low, self.least), min(high, self.most), level)


def design_effect(
    value: float, without: Floats, weights: Floats, rows: IntervalAt, *, groups: float, n: float
) -> float:
    """How much less rows in groups tell than rows alone: a ratio of variances, 1 or more.

    The groups are put into lots at random, and the value is found again without each lot
    (delete-a-group jackknife). Where fewer than `FEW` lots move it, that shows too little, and all
    rows of a group are thought to tell no more than one.

    Args:
        value: of all rows.
        without: (lots,) the value without each lot.
        weights: (lots,) rows of each lot, above 0.
        rows: intervals as if each row stood for itself.
        groups: their number.
        n: rows.

    Source: P. S. Kott (2001), "The delete-a-group jackknife", Journal of Official Statistics 17,
        521-526; lots of unequal size after F. M. T. A. Busing et al. (1999), "Delete-m jackknife
        for unequal m", Statistics and Computing 9, 3-8.
    """
    alone = rows(LEVEL)
    error = (alone.high - alone.low) / 2 / normal_quantile((1 + LEVEL) / 2)
    share = weights.sum() / weights  # (lots,)
    moved = without - value
    pseudo = -(share - 1) * moved  # how far a lot pulls the value
    variance = float((np.square(pseudo - pseudo.mean()) / (share - 1)).mean())
    found = variance / (error * error) if error > 0 else 1.0
    apart = np.square(pseudo - pseudo.mean())
    # Of normal influences a third of the lots counts; of a few loud ones, no more than these.
    loud = float(apart.sum()) ** 2 / float(np.square(apart).sum() or 1.0)
    if loud < FEW:
        found = max(found, n / groups)
    return max(1.0, found)
