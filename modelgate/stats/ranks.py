"""How well scores rank: areas under curves, and their intervals."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.tails import beta_quantile, normal_quantile, student_quantile

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_DRAWN = 40.0  # rows of the rarer kind at which half of the variance is supposed


def auroc(positives: Floats, negatives: Floats, mixed: Flags | None = None) -> tuple[float, float]:
    """The chance that a positive ranks above a negative, ties counted half.

    Args:
        positives: (m,) weight of positives at each distinct score, from the highest down.
        negatives: (m,) weight of negatives there.
        mixed: (m,) which of the "distinct scores" are bins that hold several; none where None.

    Returns:
        The area under the ROC curve, and how far off it can be at most because the rows of mixed
        bins are not told apart: sum(p n) / 2PN over those.

    Raises:
        ValueError: one of the two kinds is missing.
    """
    total = float(positives.sum()) * float(negatives.sum())
    if total <= 0:
        raise ValueError("an area under the ROC curve needs rows of both kinds")
    above = np.cumsum(positives) - positives
    ties = positives * negatives
    wins = _product(negatives, above)
    unknown = 0.0 if mixed is None else float(ties[mixed].sum())
    return min((wins + float(ties.sum()) / 2) / total, 1.0), unknown / 2 / total


def average_precision(
    positives: Floats, negatives: Floats, mixed: Flags | None = None
) -> tuple[float, float]:
    """The mean precision at each positive, as scikit-learn's average_precision_score.

    Args:
        positives: (m,) weight of positives at each distinct score, from the highest down.
        negatives: (m,) weight of negatives there.
        mixed: (m,) which of the "distinct scores" are bins that hold several; none where None.

    Returns:
        The value, and how far off it can be at most because the rows of mixed bins are not told
        apart.

    Raises:
        ValueError: there is no positive.
    """
    total = float(positives.sum())
    if total <= 0:
        raise ValueError("average precision needs rows of the class")
    hits, misses = np.cumsum(positives), np.cumsum(negatives)
    precision = np.divide(hits, hits + misses, out=np.zeros_like(hits), where=hits + misses > 0)
    value = min(_product(precision, positives) / total, 1.0)
    if mixed is None:
        return value, 0.0
    # Within a bin: all its positives first, or all its negatives first.
    most = hits / np.maximum(hits + misses - negatives, 1e-300)
    first = hits - positives
    least = first / np.maximum(first + misses, 1e-300)
    apart = np.where(mixed & (positives > 0), np.maximum(most - precision, precision - least), 0.0)
    return value, _product(apart, positives) / total


def delong_variance(
    positives: Floats, negatives: Floats, own_rows: float, other_rows: float
) -> float:
    """The variance of an AUROC, from how the ranks of these rows are spread.

    Args:
        positives: (m,) weight of positives at each distinct score, from the highest down.
        negatives: (m,) weight of negatives there.
        own_rows: positive rows; effective ones where rows bear weights.
        other_rows: negative rows.

    Returns:
        0 where there are not two rows of each kind.

    Source: E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson (1988), "Comparing the areas under
        two or more correlated receiver operating characteristic curves", Biometrics 44, 837-845.
    """
    if min(own_rows, other_rows) < 2:
        return 0.0
    own, others = positives.sum(), negatives.sum()
    below = others - np.cumsum(negatives) + negatives / 2  # of the positives at each score
    above = np.cumsum(positives) - positives / 2
    variance = 0.0
    for weight, place, rows in (
        (positives / own, below / others, own_rows),
        (negatives / others, above / own, other_rows),
    ):
        apart = place - _product(weight, place)
        variance += _product(weight, apart * apart) / (rows - 1)
    return variance


def area_interval(
    area: float,
    positives: float,
    negatives: float,
    *,
    variance: float = 0.0,
    level: float = LEVEL,
) -> Interval:
    """The interval of an AUROC: Clopper and Pearson's, of as many trials as its variance shows.

    The variance is DeLong's. Of few rows it shows too little, when none of the few that are ranked
    badly was drawn; so it is drawn towards that of exponential scores where that is larger, by
    40 / (40 + rows of the rarer kind). The figures of a side that misses, at nominal 5 % and from
    10 rows of the rarer kind on, for normal and for exponential scores of equal or very unequal
    spread: 6.3 % at most, where Newcombe's method 5 misses up to 14 %.

    Args:
        area: in [0, 1].
        positives: rows of the class, above 0; effective ones where rows bear weights.
        negatives: the others, above 0.
        variance: of the area, as the ranks show it: `delong_variance`.
        level: two-sided, in (0, 1).

    Source: E. L. Korn and B. I. Graubard (1998), "Confidence intervals for proportions with small
        expected number of positive counts estimated from survey data", Survey Methodology 24,
        193-201; J. A. Hanley and B. J. McNeil (1982), "The meaning and use of the area under a
        receiver operating characteristic curve", Radiology 143, 29-36.
    """
    rarer, tail = min(positives, negatives), (1 - level) / 2
    weight = _DRAWN / (_DRAWN + rarer)
    supposed = max(
        _exponential(area, positives, negatives), _exponential(area, negatives, positives)
    )
    variance += weight * max(supposed - variance, 0.0)
    uneven = min(area, 1 - area) > 1e-12  # else all rows are ranked alike, but for rounding
    trials = area * (1 - area) / variance if uneven and variance > 0 else rarer
    # What is found from the rows of the rarer kind has their degrees of freedom.
    free = max(rarer - 1, 1.0)
    trials *= (normal_quantile(1 - tail) / student_quantile(1 - tail, free)) ** 2
    hits = area * trials
    low = 0.0 if area <= 0 else beta_quantile(tail, hits, trials - hits + 1)
    high = 1.0 if area >= 1 else beta_quantile(1 - tail, hits + 1, trials - hits)
    return Interval(min(low, area), max(high, area), level)


def _exponential(area: float, own: float, others: float) -> float:
    """The variance of an area if the scores of both kinds have exponential laws."""
    twice = (own - 1) * (area / (2 - area) - area * area)
    thrice = (others - 1) * (2 * area * area / (1 + area) - area * area)
    return max((area * (1 - area) + twice + thrice) / (own * others), 0.0)


def logit_interval(area: float, positives: float, level: float = LEVEL) -> Interval:
    """The interval of an average precision, symmetric on the logit.

    Where nothing but positives come first (1), as many hits without a miss as there are positives.

    Args:
        area: in [0, 1].
        positives: rows of the class, above 0.
        level: two-sided, in (0, 1).

    Source: K. Boyd, K. H. Eng and C. D. Page (2013), "Area under the precision-recall curve:
        point estimates and confidence intervals", ECML PKDD.
    """
    tail = (1 - level) / 2
    if area >= 1:
        return Interval(tail ** (1 / positives), 1.0, level)
    if area <= 0:
        return Interval(0.0, 1 - tail ** (1 / positives), level)
    z = normal_quantile((1 + level) / 2)
    middle = log(area / (1 - area))
    spread = z / sqrt(positives * area * (1 - area))
    return Interval(_logistic(middle - spread), _logistic(middle + spread), level)


def _product(one: Floats, two: Floats) -> float:
    """The sum of products, in numpy's own order: that of a BLAS may hang on the threads."""
    return float((one * two).sum())


def _logistic(at: float) -> float:
    return 1 / (1 + exp(min(-at, 700.0)))
