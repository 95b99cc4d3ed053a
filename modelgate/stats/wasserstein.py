"""Wasserstein's distance of two samples of numbers, in units of the reference's spread."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np

from modelgate.stats.relabelling import MOST_ROWS, drawn_chance
from modelgate.stats.shift import Counted, Ends, Floats, Integers, Shift, as_p_value
from modelgate.stats.side_by_side import Steps
from modelgate.stats.tails import student_quantile

_BLOCKS = 50  # bins, evenly apart in rank, whose rows are drawn by lot


def wasserstein(reference: Counted, current: Counted) -> Shift:
    """How far rows would have to be moved, on average, for the two samples to agree.

    Null hypothesis: both samples come from one population. Nothing is paired. Any rows from 1 and 1
    to 1e8 and more.

    The effect is the area between the two curves of shares of rows, as
    `scipy.stats.wasserstein_distance` has it, over the standard deviation of the reference (of
    both together where the reference's values are all equal; 0 where all are). The p-value is that
    of rows drawn by lot (`relabelling`), on 50 bins of as many rows each; more than `MOST_ROWS`
    rows are thinned out for it.

    The upper end adds the error of one difference of means, of the function that tells the two
    populations apart best: its slope is 1 at most, so that it spreads no more than the values
    themselves. The lower end takes off as well what noise makes of the area on average. The unit is
    taken as it is: its own error is in neither.

    Args:
        reference: the sample that gives the unit.
        current: the other.

    Raises:
        ValueError: a value is not finite.

    Source: L. V. Kantorovich and G. S. Rubinstein (1958), "On a space of completely additive
        functions", Vestnik Leningrad University 13, 52-59.
    """
    if not (np.isfinite(reference.values).all() and np.isfinite(current.values).all()):
        raise ValueError("values are finite: an infinite one is infinitely far away")
    steps = Steps.of(reference, current)
    unit = _unit(reference, steps)
    if unit <= 0:
        return Shift(0.0, 1.0, Ends(lambda _: 0.0, lambda _: 0.0), "Wasserstein, one value")
    ends = distance_ends(reference, current, steps)
    chance = as_p_value(_chance(steps))
    return Shift(_area(steps) / unit, chance, ends, "Wasserstein, drawn by lot")


def distance_ends(reference: Counted, current: Counted, steps: Steps | None = None) -> Ends:
    """Where the distance of the populations lies, at any level; see `wasserstein`.

    Args:
        reference: the sample that gives the unit; it or the other has two values or more.
        current: the other.
        steps: both side by side, where that is known.
    """
    steps = steps or Steps.of(reference, current)
    unit = _unit(reference, steps)
    effect, widths = _area(steps) / unit, np.diff(steps.values) / unit
    spreads = [_spread(each if each.rows > 1 else _both(steps)) for each in (reference, current)]
    error = sqrt(spreads[0] ** 2 / steps.rows + spreads[1] ** 2 / steps.others) / unit
    rough = (reference.error + current.error) * float(widths.sum())
    mine, theirs = steps.mine / steps.rows, steps.theirs / steps.others
    noise = np.sqrt(mine * (1 - mine) / steps.rows + theirs * (1 - theirs) / steps.others)
    expected = sqrt(2 / pi) * float(noise[:-1] @ widths)
    freedom = max(1, min(steps.rows, steps.others) - 1)

    def low(tail: float) -> float:
        off = student_quantile(1 - tail, freedom) * error
        return max(0.0, effect - expected - off - rough)

    def high(tail: float) -> float:
        return effect + student_quantile(1 - tail, freedom) * error + rough

    return Ends(low, high)


def _unit(reference: Counted, steps: Steps) -> float:
    return _spread(reference) or _spread(_both(steps))


def _both(steps: Steps) -> Counted:
    return Counted(steps.values, np.diff(steps.up_to, prepend=0))


def _area(steps: Steps) -> float:
    gaps = steps.mine / steps.rows - steps.theirs / steps.others
    return float(np.abs(gaps[:-1]) @ np.diff(steps.values))


def _spread(sample: Counted) -> float:
    """The standard deviation, as numpy has it, without losing digits far from 0."""
    shares = sample.counts / sample.rows
    away = sample.values - float(shares @ sample.values)
    return sqrt(float(shares @ np.square(away)))


def _chance(steps: Steps) -> float:
    rows, others = steps.rows, steps.others
    thinner = -(-(rows + others) // MOST_ROWS)
    block = np.minimum((steps.up_to - 1) * _BLOCKS // (rows + others), _BLOCKS - 1)
    last = np.append(np.flatnonzero(np.diff(block)), len(block) - 1)
    ones, more = (np.diff(each[last], prepend=0) // thinner for each in (steps.mine, steps.theirs))
    if min(ones.sum(), more.sum()) == 0:
        return 1.0
    pooled = np.diff(steps.up_to, prepend=0)
    starts = np.append(0, last[:-1] + 1)
    middles = np.add.reduceat(steps.values * pooled, starts) / np.add.reduceat(pooled, starts)
    widths = np.diff(middles)

    def distance(mine: Integers, theirs: Integers) -> Floats:
        apart = np.cumsum(mine[:, :-1], axis=1) / mine.sum(axis=1, keepdims=True)
        apart -= np.cumsum(theirs[:, :-1], axis=1) / theirs.sum(axis=1, keepdims=True)
        found: Floats = np.abs(apart) @ widths
        return found

    return drawn_chance(distance, ones, more)
