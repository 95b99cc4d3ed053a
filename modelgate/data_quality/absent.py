"""How many rows lack a value, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from modelgate.data_quality.told import nothing
from modelgate.escape import printable
from modelgate.figures import number
from modelgate.outcome import Outcome
from modelgate.profiles.column import ColumnProfile
from modelgate.stats.interval import LEVEL
from modelgate.stats.inversion import IntervalAt
from modelgate.stats.largest import largest_at
from modelgate.stats.unpaired import Lot, shares_apart

SHOWN = 5
"""Columns that are named."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """A column and its missing values.

    Attributes:
        column: its name.
        share: of rows without a value.
        before: the same of the reference; None where that is not asked.
        at: where the rise from there lies; None likewise.
    """

    column: str
    share: float
    before: float | None = None
    at: IntervalAt | None = None

    @property
    def value(self) -> float:
        """What is held to the limit."""
        return self.share if self.before is None else max(0.0, self.share - self.before)

    def said(self, against: str) -> str:
        """For people; `against` is the reference's role."""
        name = printable(self.column, 40)
        before = "" if self.before is None else f", {number(self.before)} in the {against}"
        return f"{name}: {number(self.share)} of rows have no value{before}"


def missing(
    columns: Sequence[ColumnProfile],
    limit: float | None,
    former: Mapping[str, ColumnProfile] | None = None,
    against: str = "",
) -> Outcome:
    """Missing values as they are, or their rise from a reference's.

    Args:
        columns: of the data.
        limit: that the value is held to.
        former: the reference's columns; None where the values are told as they are.
        against: the reference's role.
    """
    gaps = [
        _gaps(one, former)
        for one in columns
        if one.rows and (former is None or (one.name in former and former[one.name].rows))
    ]
    if not gaps:
        return nothing("there are no rows, or no columns, to look at")
    gaps.sort(key=lambda one: -one.value)
    worst = gaps[0]
    ats = [one.at for one in gaps if one.at is not None]
    at = largest_at(ats) if ats else None
    beyond = [one for one in gaps if limit is not None and one.value > limit]
    more = f"; {len(beyond)} of {len(gaps)} columns lie above the limit" if beyond else ""
    return Outcome(
        value=worst.value,
        interval=None if at is None else at(LEVEL),
        at=at,
        kind="exact" if at is None else "statistical",
        better="lower",
        n=columns[0].rows,
        lowest=0.0,
        highest=1.0,
        method="counted" if at is None else "Newcombe; Bonferroni over columns from below",
        says=f"{worst.said(against)}{more}." if worst.value else _none(len(gaps), against),
        evidence=tuple(one.said(against) for one in gaps[:SHOWN] if one.value > 0),
        details={
            "columns": {one.column: {"share": one.share, "before": one.before} for one in gaps}
        },
    )


def _none(columns: int, against: str) -> str:
    """Nothing is missing, or no more than was."""
    than = f"more values than in the {against}" if against else "a value"
    return f"None of {columns} columns lacks {than}."


def _gaps(column: ColumnProfile, former: Mapping[str, ColumnProfile] | None) -> Gaps:
    share = column.missing / column.rows
    if former is None:
        return Gaps(column.name, share)
    then = former[column.name]
    before = then.missing / then.rows
    mine = Lot(share, share * (1 - share), column.rows)
    theirs = Lot(before, before * (1 - before), then.rows)
    return Gaps(column.name, share, before, partial(shares_apart, mine, theirs))
