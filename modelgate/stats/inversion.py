"""From intervals to p-values: the smallest error at which an interval still excludes a value."""

from __future__ import annotations

from collections.abc import Callable
from math import erf, erfc, inf, sqrt
from typing import Protocol, runtime_checkable

from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.tails import normal_quantile

IntervalAt = Callable[[float], Interval]
"""The interval at a two-sided level in (0, 1); it may only widen with the level."""


@runtime_checkable
class Sides(Protocol):
    """Intervals whose ends are found one at a time, where only one is wanted."""

    def __call__(self, level: float) -> Interval:
        """The interval at a two-sided level in (0, 1)."""
        ...

    def low_at(self, level: float) -> float:
        """Its lower end."""
        ...

    def high_at(self, level: float) -> float:
        """Its upper end."""
        ...


MOST = 6.3
"""Standard deviations up to which p-values are told apart: to 1.5e-10."""
_CLOSE = 1e-4  # of a standard deviation: p-values to 0.1 %
_DECIDING = normal_quantile((1 + LEVEL) / 2)


def p_at_least(at: IntervalAt, bound: float) -> float:
    """The p-value against "the true value is below `bound`".

    It is the smallest one-sided error at which the interval's lower end is `bound` or more: small
    where the rows show the value to be that large. Interval and p-value cannot disagree: at most
    5 % exactly where the interval at `LEVEL` lies at or above the bound.

    Args:
        at: intervals of the value.
        bound: finite.

    Returns:
        In [1.5e-10, 0.5]; 1 where the middle of the intervals lies below the bound.
    """
    low = at.low_at if isinstance(at, Sides) else lambda level: at(level).low
    return _smallest_error(lambda level: low(level) - bound)


def p_at_most(at: IntervalAt, bound: float) -> float:
    """The p-value against "the true value is above `bound`"; see `p_at_least`."""
    high = at.high_at if isinstance(at, Sides) else lambda level: at(level).high
    return _smallest_error(lambda level: bound - high(level))


def widened(value: float, interval: Interval) -> IntervalAt:
    """Intervals at all levels, from one: each side grows as a normal law's would.

    Args:
        value: between the ends of the interval.
        interval: at a level of its own.
    """
    unit = normal_quantile((1 + interval.level) / 2)

    def at(level: float) -> Interval:
        if level == interval.level:
            return interval
        factor = normal_quantile((1 + level) / 2) / unit
        low = value - (value - interval.low) * factor
        return Interval(low, value + (interval.high - value) * factor, level)

    return at


def _smallest_error(spare: Callable[[float], float]) -> float:
    """The error at which `spare`, which falls with the level, comes to 0."""
    deciding = spare(LEVEL)
    if deciding >= 0:
        furthest = spare(erf(MOST / sqrt(2)))
        if furthest >= 0:
            return _error(MOST)
        found = _crossing(spare, _DECIDING, deciding, MOST, furthest)
        return min(_error(found), (1 - LEVEL) / 2)
    nearest = spare(erf(_CLOSE / sqrt(2)))
    if nearest < 0:
        return 1.0
    return _error(_crossing(spare, _CLOSE, nearest, _DECIDING, deciding))


def _crossing(
    spare: Callable[[float], float], inner: float, above: float, outer: float, below: float
) -> float:
    """False position (Illinois), ending on the side where `spare` is not negative."""
    side = 0
    while outer - inner > _CLOSE:
        falls = above - below
        straight = 0 < falls < inf
        at = outer + below / falls * (outer - inner) if straight else (inner + outer) / 2
        at = min(max(at, inner + _CLOSE / 4), outer - _CLOSE / 4)
        found = spare(erf(at / sqrt(2)))
        if found >= 0:
            inner, above = at, found
            below *= 0.5 if side == 1 else 1.0
            side = 1
        else:
            outer, below = at, found
            above *= 0.5 if side == -1 else 1.0
            side = -1
    return inner


def _error(deviations: float) -> float:
    return 0.5 * erfc(deviations / sqrt(2))
