"""The difference of two shares on the same rows: right answers of a candidate and a champion."""

from __future__ import annotations

from math import floor

from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.paired_exact import SPENT, exact_low
from modelgate.stats.tails import beta_below
from modelgate.stats.tango import must_be_pairs, tango_low

FEW = 40
"""Up to so many rows on which the two differ the ends are the exact ones."""
MANY = 100
"""From so many on they are Tango's; between the two they move from the ones to the others."""


def paired_share(gains: float, losses: float, rows: float, level: float = LEVEL) -> Interval:
    """The interval of (gains - losses) / rows, for two answers to the same rows.

    Exact and unconditional where the answers differ on few rows, Tango's where they differ on many.
    Between the two each end goes over in proportion to the rows that differ, so that no row more or
    less changes the method. Tango's ends take a hundredth less error than is meant, which is what
    they miss too often by at 100 rows: neither side misses more often than it says. The width is
    never 0, and grows with the level.

    Args:
        gains: rows that only the first answers rightly. Need not be whole where rows bear weights;
            the exact ends are then those of the whole counts around, in proportion.
        losses: rows that only the second answers rightly, alike.
        rows: all rows, above 0; effective ones where rows bear weights.
        level: two-sided, in (0, 1).

    Raises:
        ValueError: there is no row, or more discordant rows than rows.

    Source: see `tango.tango` and `paired_exact.exact_low`.
    """
    tail = (1 - level) / 2
    low = paired_low(gains, losses, rows, tail)
    return Interval(low, -paired_low(losses, gains, rows, tail), level)


def paired_low(gains: float, losses: float, rows: float, tail: float) -> float:
    """The lower end of `paired_share` alone, where only one is wanted.

    Args:
        gains: as there.
        losses: as there.
        rows: as there.
        tail: one-sided error, in (0, 0.5).

    Returns:
        In [-1, (gains - losses) / rows]. The upper end is minus the lower one of losses and gains.

    Raises:
        ValueError: there is no row, or more discordant rows than rows.
    """
    must_be_pairs(gains, losses, rows)
    exact = _part_of_exact(gains + losses)
    low = 0.0
    if exact > 0:
        low += exact * _exact(gains, losses, rows, tail)
    if exact < 1:
        low += (1 - exact) * tango_low(gains, losses, rows, tail * (1 - SPENT))
    return low


def paired_method(apart: float) -> str:
    """The name of the interval that `paired_share` takes where so many rows differ."""
    exact = _part_of_exact(apart)
    name = "exact unconditional" if exact >= 1 else "exact unconditional and Tango"
    return f"{name if exact > 0 else 'Tango'}, paired by row"


def mcnemar(gains: float, losses: float) -> tuple[float, float]:
    """McNemar's one-sided mid-p values: "the first is worse" and "the first is better".

    The chance of as many losses or more where a discordant row is a coin, the number seen counted
    half. Verdicts do not come from it but from `paired_share` inverted at 0, so that a p-value and
    its interval never disagree, and because that keeps its level for certain: enumerated at 100 to
    10,000 rows, 0.5 to 12 % discordance and levels of 5 % to 0.0125 % (one of 40 checks under Holm)
    it errs at 0.999 of the level at most, mid-p at 1.001, the exact conditional test at 0.94 and
    often at half. Its power for a drop of 2 points is mid-p's or more down to 0.5 %.

    Args:
        gains: rows that only the first answers rightly, 0 or more.
        losses: rows that only the second answers rightly, 0 or more.

    Returns:
        Each in [0, 1]; they add to 1, and are one half each where nothing differs.

    Source: M. W. Fagerland, S. Lydersen and P. Laake (2013), "The McNemar test for binary
        matched-pairs data: mid-p and asymptotic are better than exact conditional", BMC Medical
        Research Methodology 13, 91.
    """
    if gains < 0 or losses < 0:
        raise ValueError(f"{gains} gains and {losses} losses")
    return _mid_p(losses, gains), _mid_p(gains, losses)


def _mid_p(more: float, fewer: float) -> float:
    # The chance of `more` or more of a coin's tosses is that of Beta(more, fewer + 1) below 1/2.
    as_many = beta_below(0.5, more, fewer + 1) if more > 0 else 1.0
    above = beta_below(0.5, more + 1, fewer) if fewer > 0 else 0.0
    return (as_many + above) / 2


def _part_of_exact(apart: float) -> float:
    return min(1.0, max(0.0, (MANY - apart) / (MANY - FEW)))


def _exact(gains: float, losses: float, rows: float, tail: float) -> float:
    """The exact end, or one between those of the whole counts around."""
    whole = max(1, floor(rows * (1 + 1e-12)))
    low = 0.0
    for won, part in _around(gains * whole / rows):
        for lost, other in _around(losses * whole / rows):
            low += part * other * exact_low(won, min(lost, whole - won), whole, tail)
    return low


def _around(count: float) -> list[tuple[int, float]]:
    """The whole numbers around a count, and how much each of them counts."""
    under = floor(count + 1e-9)
    over = count - under
    return [(under, 1.0)] if over <= 1e-9 else [(under, 1 - over), (under + 1, over)]
