"""The largest of several values, each with an interval, and where the largest true one lies."""

from __future__ import annotations

from collections.abc import Sequence

from modelgate.stats.interval import Interval
from modelgate.stats.inversion import IntervalAt


def largest_at(ats: Sequence[IntervalAt]) -> IntervalAt:
    """Where the largest of several true values lies.

    Each value by itself could be the one above a limit, and each is ruled out by itself: the upper
    end needs no correction (intersection-union). The lower end is missed where any one's is, and so
    takes Bonferroni's level.

    Args:
        ats: of each value, one at least; in any dependence.
    """

    def at(level: float) -> Interval:
        strict = 1 - (1 - level) / len(ats)
        low, high = max(one(strict).low for one in ats), max(one(level).high for one in ats)
        return Interval(min(low, high), high, level)

    return at


def smallest_at(ats: Sequence[IntervalAt]) -> IntervalAt:
    """Where the smallest of several true values lies; see `largest_at`."""

    def at(level: float) -> Interval:
        strict = 1 - (1 - level) / len(ats)
        low, high = min(one(level).low for one in ats), min(one(strict).high for one in ats)
        return Interval(low, high, level)

    return at
