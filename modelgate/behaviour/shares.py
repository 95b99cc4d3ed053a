"""A share of trials that went wrong, with its exact interval."""

from __future__ import annotations

from typing import Any

from modelgate.outcome import Outcome
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.inversion import IntervalAt
from modelgate.stats.shares import clopper_pearson


def at_any_level(hits: int, trials: int) -> IntervalAt:
    """The exact interval of a share of trials, at any level.

    Wilson's, which metrics take where hits and misses are many, errs in up to 1.7 % of runs where
    the 1 % of a block are meant: its ends are good at the 5 % that they were made for.

    Args:
        hits: 0 to `trials`.
        trials: 1 or more, independent of each other.
    """

    def at(level: float) -> Interval:
        return clopper_pearson(hits, trials, level)

    return at


def share_of_wrong(hits: int, trials: int, **said: Any) -> Outcome:
    """The outcome of trials of which some went wrong; fewer are better.

    Args:
        hits: that went wrong.
        trials: 1 or more, independent of each other.
        said: whatever else the outcome tells.
    """
    at = at_any_level(hits, trials)
    return Outcome(
        value=hits / trials,
        interval=at(LEVEL),
        at=at,
        better="lower",
        n=trials,
        lowest=0.0,
        highest=1.0,
        method="Clopper-Pearson",
        **said,
    )
