"""Intervals of quantiles, from the ranks of the rows alone."""

from __future__ import annotations

from math import ceil, log

from modelgate.stats.interval import LEVEL
from modelgate.stats.tails import beta_below


def quantile_ranks(
    quantile: float, rows: float, level: float = LEVEL
) -> tuple[float, float] | None:
    """The ranks of the two rows between which a quantile lies, whatever the distribution.

    The number of rows below the true quantile is binomial; the ranks are the innermost ones whose
    chance to lie on the wrong side is at most (1 - level) / 2 each.

    Args:
        quantile: in (0, 1).
        rows: above 0; effective ones where rows bear weights.
        level: two-sided, in (0, 1).

    Returns:
        Ranks from 1 to rows, or None where there are too few rows for a bound on both sides.
    """
    if rows < rows_for(quantile, level):
        return None
    tail = (1 - level) / 2
    low = _innermost(quantile, rows, tail)
    high = rows + 1 - _innermost(1 - quantile, rows, tail)
    return float(low), high


def rows_for(quantile: float, level: float = LEVEL) -> int:
    """The rows from which on a quantile has a bound on both sides."""
    return ceil(log((1 - level) / 2) / log(max(quantile, 1 - quantile)))


def _innermost(quantile: float, rows: float, tail: float) -> int:
    """The largest rank whose row lies above the quantile with a chance of `tail` at most."""
    low, high = 1, int(rows)
    while low < high:
        rank = (low + high + 1) // 2
        if beta_below(1 - quantile, rows - rank + 1, rank) <= tail:
            low = rank
        else:
            high = rank - 1
    return low
