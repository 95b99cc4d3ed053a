"""How much worse than the champion is tolerable."""

from __future__ import annotations

from modelgate.errors import UsageError
from modelgate.outcome import Outcome
from modelgate.power import POWER
from modelgate.stats.interval import LEVEL
from modelgate.stats.tails import normal_quantile
from modelgate.suite import Step

POINTS = (0.005, 0.01, 0.02, 0.03)
"""Automatic margins of shares and scores; twice as much for a slice."""
SHARES = (0.01, 0.02, 0.03, 0.05)
"""Automatic margins of losses, as shares of the champion's value."""


def margin_for(step: Step, outcome: Outcome, *, sliced: bool) -> float:
    """The tolerance of a comparison, in the unit of the value.

    Where the suite names none it is the smallest of a few that these rows can rule out with 80 %
    chance for an equally good candidate; where they can rule out none, the largest. It hangs on the
    rows and on the champion alone: no candidate moves its own tolerance.

    Args:
        step: that asks.
        outcome: what was found.
        sliced: whether it is about a slice.

    Raises:
        UsageError: MG2132, a margin that every model keeps.
    """
    margin, apart = step.margin, outcome.difference
    champion = None if apart is None else apart.champion
    if margin.amount is not None:
        of_value = margin.share and outcome.unit != "share" and champion is not None
        amount = margin.amount * abs(champion or 0.0) if of_value else margin.amount
        _refuse_endless(step, outcome, amount)
        return amount
    if apart is None or apart.usual_error is None:
        return POINTS[-1]
    steps = [2 * point for point in POINTS] if sliced else [*POINTS]
    if apart.relative and champion is not None:
        steps = [share * abs(champion) * (2 if sliced else 1) for share in SHARES]
    needed = apart.usual_error * (normal_quantile((1 + LEVEL) / 2) + normal_quantile(POWER))
    found = next((step for step in steps if step >= needed), steps[-1])
    return float(f"{found:.3g}")


def _refuse_endless(step: Step, outcome: Outcome, amount: float) -> None:
    """A margin as wide as the metric itself would pass every model."""
    if outcome.lowest is None or outcome.highest is None:
        return
    if amount >= outcome.highest - outcome.lowest:
        raise UsageError(
            "MG2132",
            f"every model keeps a margin of {amount:g} on {step.subject}, which lies between"
            f" {outcome.lowest:g} and {outcome.highest:g}",
            where=step.limit_where,
            hint="write how much worse is tolerable, such as 0.01 or 1%",
        )
