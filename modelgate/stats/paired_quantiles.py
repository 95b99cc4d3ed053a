"""The interval of a difference of two quantiles over the same rows."""

from __future__ import annotations

from math import sqrt

from modelgate.stats.interval import Interval


def correlation(one: float, two: float, both: float, rows: float) -> float:
    """How the two models' rows below their quantiles go together.

    One unseen row of either sort, below one quantile alone, is counted with the others: two models
    are never sure to agree.

    Args:
        one: share of rows at or below the first quantile.
        two: share at or below the second.
        both: share at or below both.
        rows: their number; effective where they bear weights.

    Returns:
        In [-1, 1]; 0 where one of the shares is 0 or 1.
    """
    more = 1 / rows
    one, two, both = (
        (share + add) / (1 + 2 * more) for share, add in ((one, more), (two, more), (both, 0.0))
    )
    spread = one * (1 - one) * two * (1 - two)
    return max(-1.0, min(1.0, (both - one * two) / sqrt(spread))) if spread > 0 else 0.0


def apart(one: float, two: float, first: Interval, second: Interval, together: float) -> Interval:
    """The interval of one - two, from the interval of each and how they go together.

    Args:
        one: the first value, within its interval.
        two: the second.
        first: interval of the first.
        second: interval of the second, at the same level.
        together: correlation of the two estimates, in [-1, 1].

    Source: G. Y. Zou and A. Donner (2008), "Construction of confidence limits about effect
        measures: a general approach", Statistics in Medicine 27, 1693-1702 (the method of variance
        estimates recovery).
    """
    found = one - two
    low = _joint(one - first.low, second.high - two, together)
    high = _joint(first.high - one, two - second.low, together)
    return Interval(found - low, found + high, first.level)


def _joint(one: float, two: float, together: float) -> float:
    return sqrt(max(one * one + two * two - 2 * together * one * two, 0.0))
