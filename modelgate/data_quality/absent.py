"""How many rows lack a value, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from modelgate.data_quality.largest import largest_at
from modelgate.data_quality.told import nothing
from modelgate.escape import printable
from modelgate.figures import number
from modelgate.outcome import Outcome
from modelgate.profiles.column import ColumnProfile
from modelgate.stats.interval import LEVEL
from modelgate.stats.inversion import IntervalAt
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

    @property
    def said(self) -> str:
        """For people."""
        name = printable(self.column, 40)
        before = "" if self.before is None else f", {number(self.before)} in the reference"
        return f"{name}: {number(self.share)} of rows have no value{before}"


def missing_of(
    columns: Sequence[ColumnProfile],
    former: Mapping[str, ColumnProfile] | None,
    *,
    rise: bool,
    limit: float | None,
) -> Outcome:
    """Missing values as they are, or against a reference.

    Args:
        columns: of the data.
        former: the reference's; None where there is none.
        rise: whether the reference counts.
        limit: that the value is held to.
    """
    if rise and former is None:
        return nothing("there is no data set in the role 'reference' to compare with")
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
        says=f"{worst.said}{more}." if worst.value else _none(len(gaps), rise=rise),
        evidence=tuple(one.said for one in gaps[:SHOWN] if one.value > 0),
        details={
            "columns": {one.column: {"share": one.share, "before": one.before} for one in gaps}
        },
    )


def _none(columns: int, *, rise: bool) -> str:
    """Nothing is missing, or no more than was."""
    return (
        f"None of {columns} columns lacks more values than in the reference."
        if rise
        else f"None of {columns} columns lacks a value."
    )


def _gaps(column: ColumnProfile, former: Mapping[str, ColumnProfile] | None) -> Gaps:
    share = column.missing / column.rows
    if former is None:
        return Gaps(column.name, share)
    then = former[column.name]
    before = then.missing / then.rows
    mine = Lot(share, share * (1 - share), column.rows)
    theirs = Lot(before, before * (1 - before), then.rows)
    return Gaps(column.name, share, before, partial(shares_apart, mine, theirs))
