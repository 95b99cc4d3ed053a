"""Many columns at once: which of them have shifted, and what that says of all together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.inversion import IntervalAt
from modelgate.stats.multiplicity import holm
from modelgate.stats.shift import Ends, Shift

ALPHA = 0.05
"""Chance that any column is named where none has shifted, however many there are."""


@dataclass(frozen=True, slots=True)
class Shifts:
    """What the columns' tests say together.

    A column has shifted where its p-value, adjusted for the number of columns, is at most `ALPHA`
    and its effect lies above the floor: the first keeps luck out, the second dust, which any test
    shows in enough rows.

    Attributes:
        shown: columns that have shifted, the largest effect first.
        ranked: all columns: those first, then by effect.
        adjusted: column -> its p-value after Holm.
        p_same: the smallest of those among columns whose effect lies above the floor; 1 where none
            does. At most `ALPHA` exactly where a column has shifted.
        value: the largest effect of the columns that have shifted; else the largest of all.
        at: intervals of it: from its own lower end up to the largest upper end of any column, so
            that a limit is kept for certain only where all columns keep it. That needs no
            correction: all have to.
    """

    shown: tuple[str, ...]
    ranked: tuple[str, ...]
    adjusted: Mapping[str, float]
    p_same: float
    value: float
    at: IntervalAt = field(compare=False, repr=False)

    @property
    def interval(self) -> Interval:
        """At the usual level."""
        return self.at(LEVEL)


def together(shifts: Mapping[str, Shift], floor: float) -> Shifts:
    """Tests of columns as one question: has any of them shifted by more than the floor?

    Args:
        shifts: column -> its test; at least one. Effects are compared with each other and with the
            floor, so they must mean the same: the distances of `ks`, `homogeneity` and
            `missing_rates` are all shares of rows.
        floor: effect up to which a shift is dust, 0 or more, in the unit of the effects.

    Raises:
        ValueError: there is no column.
    """
    if not shifts:
        raise ValueError("there is no column")
    chances = holm(np.array([shift.p_value for shift in shifts.values()]))
    adjusted = dict(zip(shifts, chances.tolist(), strict=True))
    above = {name: adjusted[name] for name, shift in shifts.items() if shift.effect > floor}
    shown = {name for name, chance in above.items() if chance <= ALPHA}
    ranked = tuple(
        sorted(shifts, key=lambda name: (name not in shown, -shifts[name].effect, adjusted[name]))
    )
    first = shifts[ranked[0]]

    def low(tail: float) -> float:
        return first.at(1 - 2 * tail).low

    def high(tail: float) -> float:
        return max(shift.at(1 - 2 * tail).high for shift in shifts.values())

    return Shifts(
        shown=ranked[: len(shown)],
        ranked=ranked,
        adjusted=adjusted,
        p_same=min(above.values(), default=1.0),
        value=first.effect,
        at=Ends(low, high),
    )
