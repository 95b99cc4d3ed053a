"""The largest of several values, each with an interval, and where the largest true one lies."""

from __future__ import annotations

from collections.abc import Sequence

from modelgate.stats.interval import Interval
from modelgate.stats.inversion import IntervalAt


def largest_at(ats: Sequence[IntervalAt]) -> IntervalAt:
    """Where the largest of several true values lies.

    Its upper end holds where those of all do, one by one, since none of them may be below the
    largest; its lower end is missed where any one's is, and so takes Bonferroni's level.

    Args:
        ats: of each value, one at least; in any dependence.
    """

    def at(level: float) -> Interval:
        strict = 1 - (1 - level) / len(ats)
        return Interval(
            max(one(strict).low for one in ats), max(one(level).high for one in ats), level
        )

    return at


def smallest_at(ats: Sequence[IntervalAt]) -> IntervalAt:
    """Where the smallest of several true values lies; see `largest_at`."""

    def at(level: float) -> Interval:
        strict = 1 - (1 - level) / len(ats)
        return Interval(
            min(one(level).low for one in ats), min(one(strict).high for one in ats), level
        )

    return at
