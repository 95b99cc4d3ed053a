"""Intervals of means: of losses, of signed errors, of ratios of means."""

from __future__ import annotations

import sys
from math import exp, inf, log, sqrt

from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.tails import student_quantile

MOST = sys.float_info.max
FLAT = 1e-18
"""Variance over squared mean below which rows count as all alike: the rounding of a square."""


def loss_mean(
    mean: float,
    variance: float,
    rows: float,
    *,
    span: float,
    most: float = MOST,
    level: float = LEVEL,
) -> Interval:
    """The interval of the mean of a loss that is never negative: Student's on the logarithm.

    Losses are skewed, and the logarithm takes much of that. Rows that are all alike say nothing of
    the rows that are not there: then the bound is that of `unseen`.

    Args:
        mean: of the loss, 0 or more.
        variance: of one row's loss.
        rows: above 1; effective ones where rows bear weights.
        span: what an unseen row may cost: the range of the loss, or, for a loss without a bound,
            as much as can be thought of.
        most: the largest loss that there can be.
        level: two-sided, in (0, 1).
    """
    if mean <= 0 or variance <= FLAT * mean * mean:
        return unseen(mean, rows, span=span, low=0.0, high=most, level=level)
    spread = student_quantile((1 + level) / 2, rows - 1) * sqrt(variance / rows) / mean
    factor = exp(min(spread, 300.0))
    return Interval(mean / factor, min(mean * factor, most), level)


def square_mean(
    mean: float, variance: float, rows: float, *, span: float, level: float = LEVEL
) -> Interval:
    """The interval of the mean of squared errors: Student's on the cube root.

    The mean of squared normal errors has a chi-square law, and Wilson and Hilferty's cube root
    makes that normal; its degrees of freedom are those that the spread of the squares shows. Of
    normal errors it misses at most 6 % a side from 100 rows on, where the logarithm misses 7.

    Args:
        mean: of the squares, 0 or more.
        variance: of one row's square.
        rows: above 1; effective ones where rows bear weights.
        span: what an unseen row may cost, see `unseen`.
        level: two-sided, in (0, 1).

    Source: E. B. Wilson and M. M. Hilferty (1931), "The distribution of chi-square", PNAS 17,
        684-688.
    """
    if mean <= 0 or variance <= FLAT * mean * mean:
        return unseen(mean, rows, span=span, low=0.0, high=MOST, level=level)
    error = sqrt(variance / rows) / mean
    spread = student_quantile((1 + level) / 2, rows - 1) * error / 3
    middle = 1 - error * error / 9
    # So few and so uneven rows that the cube root has no end: a thousandfold stands for it.
    low, high = max(middle + spread, 1.0), max(middle - spread, 0.1)
    return Interval(mean / low**3, min(mean / high**3, MOST), level)


def signed_mean(
    mean: float,
    variance: float,
    rows: float,
    *,
    span: float,
    size: float = 0.0,
    level: float = LEVEL,
) -> Interval:
    """Student's interval of a mean that may have either sign.

    Args:
        mean: of the rows.
        variance: of one row.
        rows: 2 or more; effective ones where rows bear weights.
        span: how far a row may lie off; used where the rows are all alike, see `unseen`.
        size: of the terms whose difference the mean is; what is small beside it is rounding.
        level: two-sided, in (0, 1).
    """
    if variance <= FLAT * max(mean * mean, size * size):
        return unseen(mean, rows, span=span, low=-inf, high=inf, level=level)
    spread = student_quantile((1 + level) / 2, rows - 1) * sqrt(variance / rows)
    return Interval(mean - spread, mean + spread, level)


def unseen(
    mean: float, rows: float, *, span: float, low: float, high: float, level: float = LEVEL
) -> Interval:
    """The interval of a mean of rows that are all alike.

    Of `rows` rows without exception, at most 1 - tail^(1 / rows) are exceptions; each of them
    costs `span` at most. No observed difference never means width 0.

    Args:
        mean: what all rows say.
        rows: above 0.
        span: how far an exception may lie off, 0 or more.
        low: the least the mean can be.
        high: the most it can be.
        level: two-sided, in (0, 1).
    """
    apart = span * (1 - ((1 - level) / 2) ** (1 / rows))
    return Interval(max(low, mean - apart), min(high, mean + apart), level)


def ratio(
    value: float, log_variance: float, rows: float, *, most: float, level: float = LEVEL
) -> Interval:
    """The interval of a ratio of two means over the same rows: Student's on the logarithm.

    Args:
        value: the ratio, 0 or more.
        log_variance: variance of one row's part in the logarithm of the ratio (delta method).
        rows: 2 or more.
        most: how far one exception among rows that are all alike can move the ratio.
        level: two-sided, in (0, 1).
    """
    if value <= 0 or log_variance <= FLAT:
        return unseen(value, rows, span=most, low=0.0, high=inf, level=level)
    spread = student_quantile((1 + level) / 2, rows - 1) * sqrt(log_variance / rows)
    middle, spread = log(value), min(spread, 300.0)
    return Interval(exp(middle - spread), exp(middle + spread), level)
