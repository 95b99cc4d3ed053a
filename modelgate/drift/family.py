"""Many columns at once: which are shown to have shifted, and what is ruled out of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelgate.drift.columns import ColumnShift, Compared
from modelgate.figures import beside
from modelgate.stats.inversion import IntervalAt
from modelgate.stats.largest import largest_at
from modelgate.stats.multiplicity import holm
from modelgate.stats.shift import SMALLEST

SHOWN = 0.05
"""Chance that a column is wrongly called shifted, over all columns together (Holm)."""


@dataclass(frozen=True, slots=True)
class Family:
    """All tests of two data sets.

    Attributes:
        ranked: the tests, the widest shift that is shown first.
        adjusted: (m,) their p-values for so many tests, in the same order.
        floor: the effect that matters.
        value: the largest effect among the columns that are shown, else the largest of all.
        p_same: the smallest adjusted p-value of an effect above the floor; 1 where there is none.
    """

    ranked: tuple[ColumnShift, ...]
    adjusted: tuple[float, ...]
    floor: float
    value: float
    p_same: float

    @property
    def drifted(self) -> tuple[ColumnShift, ...]:
        """Those that are shown to have shifted by more than the floor."""
        return tuple(
            one
            for one, p_value in zip(self.ranked, self.adjusted, strict=True)
            if p_value <= SHOWN and one.shift.effect > self.floor
        )

    @property
    def at(self) -> IntervalAt:
        """Where the largest shift lies, at any level: no column lies above the upper end."""
        return largest_at([one.shift.at for one in self.ranked])


def family_of(shifts: Sequence[ColumnShift], floor: float) -> Family:
    """Hold every test to the number of them.

    Args:
        shifts: at least one.
        floor: the effect below which a shift does not matter.
    """
    adjusted = holm(np.array([one.shift.p_value for one in shifts]))
    order = sorted(
        range(len(shifts)),
        key=lambda place: (
            not (adjusted[place] <= SHOWN and shifts[place].shift.effect > floor),
            -shifts[place].shift.effect,
            shifts[place].column,
        ),
    )
    ranked = tuple(shifts[place] for place in order)
    levels = tuple(float(adjusted[place]) for place in order)
    large = [p for one, p in zip(ranked, levels, strict=True) if one.shift.effect > floor]
    sure = [one for one, p in zip(ranked, levels, strict=True) if p <= SHOWN]
    return Family(
        ranked=ranked,
        adjusted=levels,
        floor=floor,
        value=max((one.shift.effect for one in sure or ranked), default=0.0),
        p_same=max(SMALLEST, min(large, default=1.0)),
    )


def table(found: Compared, family: Family | None) -> list[dict[str, Any]]:
    """Every test as a line for reports, JSON-ready; what lies apart first."""
    lines: list[dict[str, Any]] = [
        {"column": name, "aspect": "type", "drifted": True, "says": why}
        for name, why in found.apart.items()
    ]
    if family is None:
        return lines
    for one, p_value in zip(family.ranked, family.adjusted, strict=True):
        interval = one.shift.interval
        lines.append(
            {
                "column": one.column,
                "aspect": one.aspect,
                "drifted": one in family.drifted,
                "effect": one.shift.effect,
                "interval": [interval.low, interval.high],
                "p_value": p_value,
                "method": one.shift.method,
                "says": one.says,
            }
        )
    return lines


def said(line: Mapping[str, Any], floor: float) -> str:
    """A line of the table as a sentence: "temp: median 7.1 -> 21.3, 0.62 apart (0.58 to 0.66)"."""
    if "effect" not in line:
        return f"{line['column']}: {line['says']}"
    effect, low, high = beside((line["effect"], *line["interval"]), floor)
    use = f"; the model's answers move by {line['use']:.0%} with it" if "use" in line else ""
    return f"{line['column']}: {line['says']}, {effect} apart ({low} to {high}){use}"
