"""A verdict that the drawing of a bootstrap would decide is drawn more finely, or left open."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

from modelgate.gate import OPEN, weigh
from modelgate.outcome import Outcome
from modelgate.stats.cells import Draws
from modelgate.stats.interval import LEVEL
from modelgate.suite import Limit, Policy


def steadied(outcome: Outcome, limit: Limit, policy: Policy | None = None) -> Outcome:
    """The outcome, drawn more finely where chance in the drawing would decide the pass.

    Where even ten times the draws leave it open, its uncertainty is not known well enough, and it
    says so.

    Args:
        outcome: what was measured.
        limit: what it is held to.
        policy: the levels; the usual ones where None.
    """
    apart = outcome.difference
    drawn = outcome.at if apart is None else apart.at
    alpha = (policy or Policy()).alpha_pass
    if not isinstance(drawn, Draws) or _told_by(drawn, outcome, limit, alpha):
        return outcome
    drawn = drawn.more() if drawn.more is not None else drawn
    interval = drawn(LEVEL)
    if apart is None:
        finer = replace(outcome, at=drawn, interval=interval)
    else:
        finer = replace(outcome, difference=replace(apart, at=drawn, interval=interval))
    if _told_by(drawn, finer, limit, alpha):
        return finer
    return replace(finer, reason=OPEN)


def _told_by(drawn: Draws, outcome: Outcome, limit: Limit, alpha: float) -> bool:
    """Whether so many draws tell on which side of its level a question's p-value lies."""
    p_value = weigh(outcome, limit).p_within
    error = sqrt(alpha * (1 - alpha) / len(drawn.low))
    return p_value is None or abs(p_value - alpha) > 2 * error
