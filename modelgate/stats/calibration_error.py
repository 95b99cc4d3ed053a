"""How far probabilities lie from what happened, bin by bin."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, exp, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.interval import Interval
from modelgate.stats.shares import FEW, clopper_pearson
from modelgate.stats.tails import normal_quantile

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bins:
    """Rows of similar probabilities, from the lowest up.

    Attributes:
        share: (k,) of all weight.
        rows: (k,) effective rows.
        said: (k,) mean probability.
        seen: (k,) share that happened.
        least, most: (k,) the probabilities at the ends.
        spread: (k,) variance of one row's (happened - probability), as these rows show it.
        supposed: (k,) the same if every probability were right.
    """

    share: Floats
    rows: Floats
    said: Floats
    seen: Floats
    least: Floats
    most: Floats
    spread: Floats
    supposed: Floats


def equal_mass(
    scores: Floats, positives: Floats, negatives: Floats, *, bins: int, effective: float
) -> Bins:
    """Rows in bins of equal weight; rows of one probability stay together.

    Args:
        scores: (m,) distinct probabilities, from the highest down.
        positives: (m,) weight of the rows where it happened.
        negatives: (m,) weight of the others.
        bins: at most so many, 1 or more.
        effective: rows; Kish's where they bear weights.
    """
    scores, positives, negatives = scores[::-1], positives[::-1], negatives[::-1]
    weight = positives + negatives
    total = weight.sum()
    place = np.minimum((np.cumsum(weight) - weight / 2) * bins // total, bins - 1)
    starts = np.flatnonzero(np.diff(place, prepend=-1.0))

    def summed(values: Floats) -> Floats:
        return np.add.reduceat(values, starts)

    mass = summed(weight)
    said, seen = summed(weight * scores) / mass, summed(positives) / mass
    squares = summed(positives * (1 - scores) ** 2 + negatives * scores**2) / mass
    rows = mass / total * effective
    ends = np.append(starts[1:], len(scores)) - 1
    return Bins(
        share=mass / total,
        rows=rows,
        said=said,
        seen=seen,
        least=scores[starts],
        most=scores[ends],
        spread=np.maximum(squares - (said - seen) ** 2, 0.0),
        supposed=summed(weight * scores * (1 - scores)) / mass,
    )


class CalibrationError:
    """The expected calibration error of bins: the mean of |probability - share that happened|.

    Noise makes it larger than it is: of a perfectly calibrated model it is the mean size of the
    noise. What is expected of noise is taken off, as if the error were spread evenly over the bins,
    where noise adds least.

    Attributes:
        raw: as it is usually told, with the noise.
        noise: what `raw` is expected to be where every probability is right.
        value: without the noise; 0 where there is less than that.

    Source: the usual estimate: M. P. Naeini, G. F. Cooper and M. Hauskrecht (2015), "Obtaining well
        calibrated probabilities using Bayesian binning", AAAI; its bias: R. Roelofs et al. (2022),
        "Mitigating bias in calibration error estimation", AISTATS.
    """

    def __init__(self, bins: Bins) -> None:
        self._bins = bins
        gaps = bins.share * (bins.said - bins.seen)
        self.raw = float(np.abs(gaps).sum())
        self._patterns = 2 * len(gaps)
        self._steady = _steadiest(gaps)
        # Where no row strays, those to come still may: one row more, as the model says.
        shown = (bins.rows * bins.spread + bins.supposed) / (bins.rows + 1)
        sizes = bins.share * np.sqrt(shown / bins.rows)
        most = bins.share * np.sqrt(np.maximum(shown, bins.supposed) / bins.rows)
        self._sum = float(sizes.sum())
        self._length = float(np.sqrt((most**2).sum()))
        self._most_noise = sqrt(2 / pi) * float(most.sum())
        self.noise = sqrt(2 / pi) * float((bins.share * np.sqrt(bins.supposed / bins.rows)).sum())
        self.value = self._upper(0.0)

    def __call__(self, level: float) -> Interval:
        """The interval of the error at a two-sided level.

        The lower end is the best of several that hold together (Bonferroni): for each way in which
        the bins may lie on one side up to some probability, and on the other from there on, as
        those of over- and under-confident models do; and for the sum of all, less the noise.
        The upper end takes the error to be spread over the bins where noise hides it best. Below 20
        rows against the odds, it is what these rows and the probabilities may sum to.
        """
        tail = (1 - level) / 2
        z = -normal_quantile(tail / (self._patterns + 1))
        low = max(self._steady, self.raw - self._most_noise) - z * self._length
        high = self._few(level)
        if high is None:
            high = self._upper(-normal_quantile(tail))
        return Interval(min(max(low, 0.0), self.value), min(max(high, self.value), 1.0), level)

    def _upper(self, z: float) -> float:
        """The largest error that would leave as little as `raw`, z deviations down."""
        if self._sum <= 0:
            return self.raw

        def left(at: float) -> float:
            mean = _folded(at)
            spread = sqrt(max(1 + at * at - mean * mean, 0.0))
            return mean * self._sum - z * spread * self._length

        high = (self.raw + (z + 1) * self._length) / self._sum + 1
        steps = np.linspace(high, 0.0, 65)
        low = next((float(at) for at in steps if left(float(at)) <= self.raw), None)
        if low is None:
            return 0.0
        high = low + high / 64
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if left(middle) <= self.raw else (low, middle)
        return low * self._sum

    def _few(self, level: float) -> float | None:
        """The upper end where few rows went against the odds; None where there are enough."""
        bins = self._bins
        odd = float((bins.rows * np.where(bins.said < 0.5, bins.seen, 1 - bins.seen)).sum())
        rows = float(bins.rows.sum())
        if odd >= FEW:
            return None
        said = float((bins.share * np.minimum(bins.said, 1 - bins.said)).sum())
        return said + clopper_pearson(min(odd, rows), rows, level).high


def _steadiest(gaps: Floats) -> float:
    """The largest sum of gaps whose sign turns at most once, from the lowest bin up."""
    below = np.cumsum(gaps)
    return float(np.abs(2 * below - below[-1]).max())


def _folded(at: float) -> float:
    """The mean of |Z + at| for a standard normal Z."""
    return sqrt(2 / pi) * exp(-at * at / 2) + at * erf(at / sqrt(2))
