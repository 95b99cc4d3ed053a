"""Tango's score interval of the difference of two shares on the same rows."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.tails import normal_quantile

Floats = NDArray[np.float64]


def tango(gains: float, losses: float, rows: float, level: float = LEVEL) -> Interval:
    """Tango's interval of (gains - losses) / rows, for two answers to the same rows.

    Its width is never 0, even where both answers are right on the same rows.

    Args:
        gains: rows that only the first answers rightly; need not be whole.
        losses: rows that only the second answers rightly.
        rows: all rows, above 0.
        level: two-sided, in (0, 1).

    Raises:
        ValueError: there is no row, or more discordant rows than rows.

    Source: T. Tango (1998), "Equivalence test and confidence interval for the difference in
        proportions for the paired-sample design", Statistics in Medicine 17, 891-908.
    """
    must_be_pairs(gains, losses, rows)
    tail = (1 - level) / 2
    low = tango_low(gains, losses, rows, tail)
    return Interval(low, -tango_low(losses, gains, rows, tail), level)


def tango_low(gains: float, losses: float, rows: float, tail: float) -> float:
    """The lower end: the difference at which the score is the normal quantile of 1 - `tail`.

    Args:
        gains: as in `tango`.
        losses: as in `tango`.
        rows: as in `tango`.
        tail: one-sided error, in (0, 0.5).
    """
    found = (gains - losses) / rows
    if found <= -1:
        return -1.0
    z = -normal_quantile(tail)

    def spare(difference: float) -> float:
        return z - float(scores(gains, losses, rows, difference))

    return crossing(spare, -1.0, spare(-1.0), found, z)


def scores(gains: Floats | float, losses: Floats | float, rows: float, difference: float) -> Floats:
    """The score of a supposed difference, which falls as that grows, for many tables.

    Args:
        gains: of any shape.
        losses: of the same shape.
        rows: above 0.
        difference: in [-1, 1].
    """
    linear = (2 * rows - gains + losses) * difference - gains - losses
    constant = losses * (difference * (1 - difference))
    root = np.sqrt(np.maximum(linear * linear + 8 * rows * constant, 0.0))
    variance = (root - linear) / 2 + rows * difference * (1 - difference)
    apart = gains - losses - rows * difference
    with np.errstate(divide="ignore", invalid="ignore"):
        found = apart / np.sqrt(np.maximum(variance, 0.0))
    # Without a variance a difference is impossible, or it is the very one that was found.
    return np.where(apart == 0, 0.0, found)


def crossing(
    rising: Callable[[float], float], low: float, at_low: float, high: float, at_high: float
) -> float:
    """Where a rising function comes to 0, on the side below: false position (Illinois)."""
    close, side = 1e-9 * (high - low), 0
    for _ in range(200):
        if high - low <= close:
            break
        finite = -inf < at_low and at_high < inf
        at = high - at_high * (high - low) / (at_high - at_low) if finite else (low + high) / 2
        at = min(max(at, low + close / 4), high - close / 4)
        value = rising(at)
        if value > 0:
            high, at_high = at, value
            at_low *= 0.5 if side == 1 else 1.0
            side = 1
        else:
            low, at_low = at, value
            at_high *= 0.5 if side == -1 else 1.0
            side = -1
    return low


def must_be_pairs(gains: float, losses: float, rows: float) -> None:
    """Refuse counts that no rows could have.

    Raises:
        ValueError: there is no row, or more discordant rows than rows.
    """
    if not (0 < rows < inf and gains >= 0 and losses >= 0 and gains + losses <= rows * (1 + 1e-12)):
        raise ValueError(f"{gains} gains and {losses} losses in {rows} rows")
