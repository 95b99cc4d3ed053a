"""What each row adds to an area under a curve: its influence, by its score.

The area that a sample shows is off by nearly the mean of its rows' influences, so that the variance
of a difference of two areas is that of the differences of the rows' influences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Influence:
    """What a row of each kind adds to an area, at each distinct score from the highest down.

    Attributes:
        own: (m,) a row of the class, per share of the class.
        others: (m,) any other row, per share of the others.
        own_mean, others_mean: what they are expected to be.
        area: the area itself.
    """

    own: Floats
    others: Floats
    own_mean: float
    others_mean: float
    area: float

    def of_kind(self, *, mine: bool) -> tuple[Floats, float]:
        """Of one kind: what a row adds at each score, and what it is expected to."""
        return (self.own, self.own_mean) if mine else (self.others, self.others_mean)

    def reversed(self) -> Influence:
        """The same from the lowest score up."""
        return replace(self, own=self.own[::-1], others=self.others[::-1])


def auroc_influence(positives: Floats, negatives: Floats) -> Influence:
    """The placements of the rows, as DeLong has them.

    A positive's is the share of negatives below it, a negative's the share of positives above it;
    ties counted half.

    Args:
        positives: (m,) weight of positives at each distinct score, from the highest down.
        negatives: (m,) weight of negatives there; both kinds occur.

    Source: E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson (1988), "Comparing the areas under
        two or more correlated receiver operating characteristic curves", Biometrics 44, 837-845;
        by ranks as X. Sun and W. Xu (2014), "Fast implementation of DeLong's algorithm", IEEE
        Signal Processing Letters 21, 1389-1393.
    """
    own, others = float(positives.sum()), float(negatives.sum())
    below = (others - np.cumsum(negatives) + negatives / 2) / others
    above = (np.cumsum(positives) - positives / 2) / own
    area = float((positives * below).sum()) / own
    return Influence(below, above, area, area, area)


def precision_influence(positives: Floats, negatives: Floats) -> Influence:
    """The influence of the rows on the average precision.

    A positive adds the precision at its own score, and to that of every positive ranked no higher
    than it; a negative takes from those. Within a kind they are not off by 0 on average: a sample's
    share of positives moves the precision too.

    Args:
        positives: (m,) weight of positives at each distinct score, from the highest down.
        negatives: (m,) weight of negatives there; both kinds occur.
    """
    own, others = float(positives.sum()), float(negatives.sum())
    hits, misses = np.cumsum(positives), np.cumsum(negatives)
    seen = np.maximum(hits + misses, 1e-300)
    precision = hits / seen
    area = float((positives * precision).sum()) / own
    raised = _from_here_down(positives * misses / seen / seen)
    lowered = _from_here_down(positives * hits / seen / seen)
    return Influence(precision + raised, -others / own * lowered, area, 0.0, area)


def _from_here_down(values: Floats) -> Floats:
    """Sums over each place and all lower scores."""
    found: Floats = np.cumsum(values[::-1])[::-1]
    return found
