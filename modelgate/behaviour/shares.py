"""A share of trials that went wrong, with its exact interval."""

from __future__ import annotations

from functools import partial
from typing import Any

from modelgate.outcome import Outcome
from modelgate.stats.interval import LEVEL
from modelgate.stats.shares import clopper_pearson


def share_of_wrong(hits: int, trials: int, **said: Any) -> Outcome:
    """The outcome of trials of which some went wrong; fewer are better.

    Wilson's interval, which metrics take where hits and misses are many, errs in up to 1.7 % of
    runs where the 1 % of a block are meant: its ends are good at the 5 % that they were made for.

    Args:
        hits: that went wrong.
        trials: 1 or more, independent of each other.
        said: whatever else the outcome tells.
    """
    at = partial(clopper_pearson, hits, trials)
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
