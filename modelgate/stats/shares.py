"""Intervals of shares, and of F1 scores. Those of two shares on the same rows are in `paired`."""

from __future__ import annotations

from math import sqrt

from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.tails import beta_quantile, normal_quantile

FEW = 20
"""Below so many hits or misses the interval is the exact one: from 20 on Wilson's misses by at
most 6 % a side where 5 % are meant, at 10 by up to 8 %."""


def share(hits: float, trials: float, level: float = LEVEL) -> Interval:
    """The interval of a share: Wilson's, or Clopper and Pearson's where hits or misses are few.

    Args:
        hits: successes, 0 <= hits <= trials; need not be whole where rows bear weights.
        trials: above 0.
        level: two-sided, in (0, 1).

    Raises:
        ValueError: there is no trial, or `hits` lies outside [0, trials].
    """
    if min(hits, trials - hits) >= FEW:
        return wilson(hits, trials, level)
    return clopper_pearson(hits, trials, level)


def deciding_share(hits: float, trials: float, level: float = LEVEL) -> Interval:
    """The interval of a share by which something is decided; up to `LEVEL` it is `share`'s.

    Beyond, where a suite shows a model worse at 1 % or less, it is the exact one: Wilson's tails
    are too light there. A model whose accuracy is just its limit, 95 % of 300 rows, would be
    blocked in 1.7 % of runs where 1 % is promised.

    Args:
        hits: as `share` takes them.
        trials: likewise.
        level: two-sided, in (0, 1).
    """
    return (share if level <= LEVEL else clopper_pearson)(hits, trials, level)


def share_method(hits: float, trials: float) -> str:
    """The name of the interval that `share` takes."""
    return "Wilson" if min(hits, trials - hits) >= FEW else "Clopper-Pearson"


def wilson(hits: float, trials: float, level: float = LEVEL) -> Interval:
    """The Wilson score interval of a share.

    It stays inside [0, 1], unlike the textbook interval, but is too short near 0 and 1.

    Args:
        hits: successes, 0 <= hits <= trials.
        trials: above 0.
        level: two-sided, in (0, 1).

    Raises:
        ValueError: there is no trial, or `hits` lies outside [0, trials].

    Source: E. B. Wilson (1927), "Probable inference, the law of succession, and statistical
        inference", JASA 22(158), 209-212.
    """
    _must_be_share(hits, trials)
    z = normal_quantile((1 + level) / 2)
    found = hits / trials
    middle = found + z * z / (2 * trials)
    spread = z * sqrt(found * (1 - found) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    low = 0.0 if hits == 0 else max(0.0, (middle - spread) / scale)
    high = 1.0 if hits == trials else min(1.0, (middle + spread) / scale)
    return Interval(low, high, level)


def clopper_pearson(hits: float, trials: float, level: float = LEVEL) -> Interval:
    """The exact interval of a share: neither side misses more often than it says.

    Args:
        hits: successes, 0 <= hits <= trials.
        trials: above 0.
        level: two-sided, in (0, 1).

    Raises:
        ValueError: there is no trial, or `hits` lies outside [0, trials].

    Source: C. J. Clopper and E. S. Pearson (1934), "The use of confidence or fiducial limits
        illustrated in the case of the binomial", Biometrika 26, 404-413.
    """
    _must_be_share(hits, trials)
    tail = (1 - level) / 2
    misses = trials - hits
    low = 0.0 if hits <= 0 else beta_quantile(tail, hits, misses + 1)
    high = 1.0 if misses <= 0 else beta_quantile(1 - tail, hits + 1, misses)
    return Interval(low, high, level)


def f1(hits: float, errors: float, level: float = LEVEL) -> Interval:
    """The interval of an F1 score, 2 hits / (2 hits + errors).

    F1 is 2u / (1 + u) of the share u = hits / (hits + errors), which is the Jaccard index and an
    ordinary share of the rows that are positive in truth or in the answer.

    Args:
        hits: true positives.
        errors: false positives and false negatives together.
        level: two-sided, in (0, 1).

    Raises:
        ValueError: there is neither a hit nor an error.
    """
    jaccard = deciding_share(hits, hits + errors, level)
    return Interval(
        2 * jaccard.low / (1 + jaccard.low), 2 * jaccard.high / (1 + jaccard.high), level
    )


def _must_be_share(hits: float, trials: float) -> None:
    if not (trials > 0 and 0 <= hits <= trials):
        raise ValueError(f"{hits} hits of {trials} trials is not a share")
