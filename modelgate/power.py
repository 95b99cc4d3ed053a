"""What the rows at hand can tell, and how many would tell more."""

from __future__ import annotations

from math import sqrt

from modelgate.report import Result
from modelgate.stats import planning
from modelgate.stats.interval import LEVEL
from modelgate.stats.tails import normal_quantile

TOO_CLOSE = 1e-3
"""Share of the distance that would settle a question, below which no number of rows is named."""


def detectable(result: Result, alpha: float) -> float | None:
    """The smallest shortfall that is shown with 80 % chance; in the unit of the value.

    Args:
        result: of a statistical question.
        alpha: the error at which it would be shown, one-sided.
    """
    error = standard_error(result)
    return None if error is None else planning.reach(error, alpha=alpha)


def rows_needed(result: Result, *, alpha_pass: float, alpha_block: float) -> int | None:
    """Rows in all that would settle a question with 80 % chance; None where nobody can say.

    Against a champion: if both are equally good, or if it is as much worse as it seems, where it
    seems so for certain. Against a limit: if the value is what it seems.

    Args:
        result: of a statistical question that is not decided.
        alpha_pass: the error at which it would pass.
        alpha_block: the error at which it would be shown worse.
    """
    error = standard_error(result)
    if error is None or result.value is None or not result.n or not result.limit:
        return None
    (side, bound), *_ = result.limit.items()
    if side == "margin":
        worse = -(result.difference or 0.0) if result.better == "higher" else result.difference
        # Where it looks worse for certain, what rows are wanted for is to show it.
        surely = worse is not None and worse > 2 * error
        apart, alpha = (worse, alpha_block) if surely and worse else (bound, alpha_pass)
    else:
        apart = result.value - bound if side == "at_least" else bound - result.value
        alpha = alpha_pass if apart > 0 else alpha_block
    if abs(apart) <= TOO_CLOSE * planning.reach(error, alpha=alpha):
        return None
    return planning.rows_needed(abs(apart), error * sqrt(result.n), alpha=alpha)


def standard_error(result: Result) -> float | None:
    """One standard deviation towards worse, as the interval tells it."""
    versus = "margin" in result.limit
    interval = result.difference_interval if versus else result.interval
    value = result.difference if versus else result.value
    if interval is None or value is None:
        return None
    downward = "at_least" in result.limit or (versus and result.better == "higher")
    side = value - interval[0] if downward else interval[1] - value
    return side / normal_quantile((1 + LEVEL) / 2) if side > 0 else None
