"""A limit that says nothing: every model would keep it."""

from __future__ import annotations

from modelgate.errors import UsageError, Where
from modelgate.outcome import Outcome
from modelgate.suite import Limit


def refuse_strange_limit(
    outcome: Outcome, limit: Limit, subject: str, where: Where | None = None
) -> None:
    """A limit that every model keeps would open the gate without a question asked.

    Args:
        outcome: what was measured; it knows how low and how high its value can be.
        limit: what it is held to.
        subject: what people call it.
        where: the limit's place in the suite.

    Raises:
        UsageError: MG2130, more than one for a share; MG2131, at or beyond the end of what can be;
            MG2134, a shift held from below.
    """
    if outcome.p_same is not None and limit.at_least is not None:
        raise UsageError(
            "MG2134",
            f"{subject} is held from above: what at_least: {limit.at_least:g} asks for is a shift",
            where=where,
            hint="write at_most",
        )
    unbounded = outcome.lowest is None and outcome.highest is None
    share = outcome.highest == 1 or (outcome.unit == "share" and unbounded)
    for bound in (limit.at_least, limit.at_most):
        if share and bound is not None and abs(bound) > 1:
            raise UsageError(
                "MG2130",
                f"the limit {bound:g} is no share: {subject} lies between 0 and 1",
                where=where,
                hint=f"write {bound:g}% or {bound / 100:g}",
            )
    low, high = limit.at_least, limit.at_most
    nothing_below = low is not None and outcome.lowest is not None and low <= outcome.lowest
    nothing_above = high is not None and outcome.highest is not None and high >= outcome.highest
    if outcome.kind == "statistical" and (nothing_below or nothing_above):
        side, bound = ("at_least", low) if nothing_below else ("at_most", high)
        raise UsageError(
            "MG2131",
            f"every model keeps the limit {side}: {bound:g} of {subject}",
            where=where,
            hint="write a limit that a bad model breaks, or leave it out to be shown the number",
        )
