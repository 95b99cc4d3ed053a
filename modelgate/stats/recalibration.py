"""How probabilities would have to be bent to fit what happened: a logistic regression on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.interval import Interval
from modelgate.stats.tails import normal_quantile

Floats = NDArray[np.float64]
NEAREST = 1e-6
"""Probabilities nearer to 0 or 1 are taken as so near: the logarithm of odds has to be finite."""
_CELLS = 4_096
_FAR = 1e4  # beyond this slope or intercept nothing is told apart


@dataclass(frozen=True, slots=True)
class Recalibration:
    """The logistic regression of what happened on the logit of its probability.

    Attributes:
        slope: 1 where the probabilities are as far from one half as they should be; below 1 they
            are too far, above not far enough.
        intercept: with a slope of 1, what the logits lack on average; 0 where as much happens as
            is said, above 0 where more does.
        slope_at: the slope's interval at any level.
        intercept_at: the intercept's.
    """

    slope: float
    intercept: float
    slope_at: Callable[[float], Interval]
    intercept_at: Callable[[float], Interval]


def recalibration(
    scores: Floats, positives: Floats, negatives: Floats, *, effective: float
) -> Recalibration | str:
    """Fit it; the intervals are those of the likelihood ratio.

    They hold where that of a normal law is too short, and are widened where the rows stray more
    than the logistic law says.

    Args:
        scores: (m,) distinct probabilities, from the highest down.
        positives: (m,) weight of the rows where it happened.
        negatives: (m,) weight of the others.
        effective: rows; Kish's where they bear weights.

    Returns:
        The fit; or why there is none.

    Source: D. R. Cox (1958), "Two further applications of a model for binary regression",
        Biometrika 45, 562-565; J. T. Kent (1982), "Robust properties of likelihood ratio tests",
        Biometrika 69, 19-27.
    """
    told = np.clip(scores, NEAREST, 1 - NEAREST)
    logits, hits, misses = _cells(np.log(told / (1 - told)), positives, negatives)
    filled, empty = logits[hits > 0], logits[misses > 0]
    if not len(filled) or not len(empty):
        return "undefined: it happened in all of the rows or in none"
    if filled.min() >= empty.max() or filled.max() <= empty.min():
        return "undefined: the probabilities separate the rows, so that any steeper slope fits"
    scale = effective / float(hits.sum() + misses.sum())
    fit = _Fit(logits, hits * scale, misses * scale)
    slope = fit.best_slope()
    return Recalibration(
        slope=slope,
        intercept=fit.intercept(1.0),
        slope_at=_Ratio(slope, lambda at: fit.likelihood(fit.intercept(at), at), fit.strays(slope)),
        intercept_at=_Ratio(
            fit.intercept(1.0), lambda at: fit.likelihood(at, 1.0), fit.strays(1.0, fixed=True)
        ),
    )


class _Ratio:
    """The interval of one parameter: where the log likelihood ratio stays below a quantile."""

    def __init__(self, best: float, likelihood: Callable[[float], float], strays: float) -> None:
        self._best, self._likelihood = best, likelihood
        self._most = likelihood(best)
        self._strays = strays

    def __call__(self, level: float) -> Interval:
        wanted = normal_quantile((1 + level) / 2) * sqrt(self._strays)
        return Interval(self._end(-1.0, wanted), self._end(1.0, wanted), level)

    def _deviation(self, apart: float) -> float:
        return sqrt(max(2 * (self._most - self._likelihood(self._best + apart)), 0.0))

    def _end(self, side: float, wanted: float) -> float:
        """Where the deviation, which is nearly straight, reaches what is wanted."""
        inner, outer = 0.0, 0.1 * side
        while self._deviation(outer) < wanted and abs(outer) < _FAR:
            inner, outer = outer, outer * 2
        below, above = self._deviation(inner) - wanted, self._deviation(outer) - wanted
        for _ in range(40):
            if abs(outer - inner) <= 1e-7 * max(1.0, abs(outer)) or above <= 0:
                break
            at = outer - above / (above - below) * (outer - inner)
            found = self._deviation(at) - wanted
            if abs(found) <= 1e-7:
                return self._best + at
            if found > 0:
                outer, above, below = at, found, below / 2
            else:
                inner, below, above = at, found, above / 2
        return self._best + outer


class _Fit:
    """The likelihood of an intercept and a slope."""

    def __init__(self, logits: Floats, hits: Floats, misses: Floats) -> None:
        self._logits, self._hits, self._misses = logits, hits, misses
        self._rows = hits + misses
        self._last = 0.0

    def likelihood(self, intercept: float, slope: float) -> float:
        at = intercept + slope * self._logits
        # log(1 + e^x) without overflow
        soft = np.logaddexp(0.0, at)
        return float((self._hits * at).sum() - (self._rows * soft).sum())

    def intercept(self, slope: float) -> float:
        """The best intercept for a slope, by Newton's steps kept in a bracket."""
        low, high = -_FAR, _FAR
        at = self._last if abs(self._last) < _FAR else 0.0
        for _ in range(100):
            said = _logistic(at + slope * self._logits)
            lacks = float((self._hits - self._rows * said).sum())
            low, high = (at, high) if lacks > 0 else (low, at)
            curves = float((self._rows * said * (1 - said)).sum())
            following = at + lacks / curves if curves > 0 else low - 1
            if not low < following < high:
                following = (low + high) / 2
            if abs(following - at) <= 1e-11 * max(1.0, abs(at)):
                break
            at = following
        self._last = at
        return at

    def best_slope(self) -> float:
        """The slope of the best fit: the slope of the likelihood falls with it."""
        low, high = -1.0, 2.0
        while self._pull(low) < 0 and low > -_FAR:
            low *= 2
        while self._pull(high) > 0 and high < _FAR:
            high *= 2
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if self._pull(middle) > 0 else (low, middle)
        return (low + high) / 2

    def _pull(self, slope: float) -> float:
        said = _logistic(self.intercept(slope) + slope * self._logits)
        return float((self._logits * (self._hits - self._rows * said)).sum())

    def strays(self, slope: float, *, fixed: bool = False) -> float:
        """By how much the rows stray more than the logistic law says, in variance; 1 at least."""
        said = _logistic(self.intercept(slope) + slope * self._logits)
        law = self._rows * said * (1 - said)
        shown = self._hits * (1 - said) ** 2 + self._misses * said**2
        # The direction in which the parameter moves once the intercept has followed.
        middle = float((law * self._logits).sum()) / max(float(law.sum()), 1e-300)
        along = np.ones_like(self._logits) if fixed else self._logits - middle
        expected = float((law * along**2).sum())
        return max(1.0, float((shown * along**2).sum()) / expected) if expected > 0 else 1.0


def _cells(logits: Floats, hits: Floats, misses: Floats) -> tuple[Floats, Floats, Floats]:
    """Neighbours put together where there are very many: their logits are all but equal."""
    if len(logits) <= 2 * _CELLS:
        return logits, hits, misses
    weight = hits + misses
    place = ((np.cumsum(weight) - weight / 2) * _CELLS / weight.sum()).astype(np.int64)
    starts = np.flatnonzero(np.diff(place, prepend=-1))
    mass = np.add.reduceat(weight, starts)
    middles = np.add.reduceat(logits * weight, starts) / mass
    return middles, np.add.reduceat(hits, starts), np.add.reduceat(misses, starts)


def _logistic(at: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(at, -700.0, 700.0)))
