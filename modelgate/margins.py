"""How much worse than the champion is tolerable."""

from __future__ import annotations

from modelgate.errors import UsageError
from modelgate.outcome import Outcome
from modelgate.stats.planning import margins, smallest_margin
from modelgate.suite import Step


def margin_for(
    step: Step, outcome: Outcome, *, sliced: bool, settled: float | None = None
) -> float:
    """The tolerance of a comparison, in the unit of the value.

    Where the suite names none it is the smallest of a few that these rows can rule out with 80 %
    chance for an equally good candidate; where they can rule out none, the largest. It hangs on the
    rows and on the champion alone: no candidate moves its own tolerance.

    Args:
        step: that asks.
        outcome: what was found.
        sliced: whether it is about a slice.
        settled: the automatic one that the question is held to on these rows; None for none yet.

    Raises:
        UsageError: MG2132, a margin that every model keeps.
    """
    margin, apart = step.margin, outcome.difference
    champion = None if apart is None else apart.champion
    if margin.amount is not None:
        of_value = margin.share and apart is not None and apart.relative and champion is not None
        amount = margin.amount * abs(champion or 0.0) if of_value else margin.amount
        _refuse_endless(step, outcome, amount)
        return float(f"{amount:.3g}")
    if settled is not None:
        return settled
    relative = apart is not None and apart.relative
    steps = margins(champion=champion if relative else None, sliced=sliced)
    if apart is None or apart.usual_error is None:
        return steps[-1]
    return float(f"{smallest_margin(apart.usual_error, steps):.3g}")


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
