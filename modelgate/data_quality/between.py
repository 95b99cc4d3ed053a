"""What a test set shares with the reference though it should not: groups, and a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import sqrt

import numpy as np

from modelgate.cell_hashes import comparable
from modelgate.data_quality.moments import Moments
from modelgate.data_quality.named import refuse_unknown_column
from modelgate.data_quality.told import nothing
from modelgate.errors import DataError
from modelgate.escape import printable, shown
from modelgate.figures import number
from modelgate.outcome import Outcome
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.inversion import IntervalAt
from modelgate.stats.tails import normal_quantile
from modelgate.surveys import Survey
from modelgate.surveys.values import Values

SHOWN = 5
"""Rows that are named."""


def groups_shared(found: Values, reference: Values, column: str, against: str) -> Outcome:
    """The share of rows whose group the reference knows.

    Args:
        found: the values of the test set.
        reference: those of the rows that the model was trained on.
        column: that both are of.
        against: the reference's role.

    Raises:
        UsageError: MG2280, one of them has no such column.
    """
    _refuse_unknown(column, {"data": found, against: reference})
    kinds = [side.layout.schema.field(column).type for side in (found, reference)]
    if not comparable(*kinds):
        name = printable(column, 40)
        return nothing(f"{name} holds {kinds[0]}, and {kinds[1]} in the {against}")
    one, two = found.found, reference.found
    bound = min((part.upto for part in (one, two) if part.upto is not None), default=None)
    one, two = one.below(bound), two.below(bound)
    rows = int(one.counts.sum())
    if not rows or not len(two.hashes):
        return nothing(f"no row has a value in {printable(column, 40)}")
    places = np.minimum(np.searchsorted(two.hashes, one.hashes), len(two.hashes) - 1)
    both = two.hashes[places] == one.hashes
    share = float(one.counts[both].sum()) / rows
    chosen = np.flatnonzero(both)
    chosen = chosen[np.argsort(one.first[chosen])][:SHOWN]
    pairs = zip(one.first[chosen].tolist(), two.first[places[chosen]].tolist(), strict=True)
    error = sqrt(float((((both - share) * one.counts) ** 2).sum())) / rows
    at = None if bound is None else _around(share, error)
    name = printable(column, 40)
    return _outcome(
        share,
        at,
        rows,
        method="sample of distinct values",
        says=f"{number(share)} of {rows:,} rows belong to a {name} that stands in the {against}"
        f" too: {int(both.sum()):,} of {len(both):,}.",
        evidence=tuple(
            f"row {a + 1:,} and row {b + 1:,} of {against}: the same {name}" for a, b in pairs
        ),
    )


def earlier(found: Moments, reference: Moments, column: str, against: str) -> Outcome:
    """The share of rows that are earlier than the last of the reference.

    Args:
        found: the times of the test set.
        reference: those of the rows that the model was trained on.
        column: that both are of.
        against: the reference's role.

    Raises:
        UsageError: MG2280, one of them has no such column.
        DataError: MG3591, one of them holds dates and the other numbers.
    """
    _refuse_unknown(column, {"data": found, against: reference})
    mine, theirs = found.found, reference.found
    if mine.kind != theirs.kind:
        message = f"the column {shown(column)} holds dates in one data set and numbers in the other"
        raise DataError("MG3591", message)
    if mine.numbers is None or theirs.highest is None:
        return nothing(f"no row has a time in {printable(column, 40)}")
    rows, error = mine.numbers.rows, mine.numbers.error
    before = mine.numbers.values < theirs.highest
    share = float(mine.numbers.counts[before].sum()) / rows
    if mine.lowest is not None and mine.lowest >= theirs.highest:
        share = error = 0.0  # exact, whatever the summary says
    at: IntervalAt | None = None
    if error:
        low, high = max(0.0, share - error), min(1.0, share + error)
        at = partial(Interval, low, high)
    early = [one for one in found.earliest if one[0] < theirs.highest]
    timed = theirs.kind == "time"
    last = np.datetime64(int(theirs.highest), "s") if timed else f"{theirs.highest:g}"
    return _outcome(
        share,
        at,
        rows,
        method="summary of the times",
        says=f"{number(share)} of {rows:,} rows are earlier than the last of the {against},"
        f" {last}.",
        evidence=tuple(f"row {place + 1:,}: {printable(cell, 40)}" for _, place, cell in early),
    )


def _outcome(
    value: float,
    at: IntervalAt | None,
    rows: int,
    *,
    method: str,
    says: str,
    evidence: tuple[str, ...],
) -> Outcome:
    return Outcome(
        value=value,
        interval=None if at is None else at(LEVEL),
        at=at,
        kind="exact" if at is None else "statistical",
        better="lower",
        n=rows,
        lowest=0.0,
        highest=1.0,
        method="counted" if at is None else method,
        says=says,
        evidence=evidence,
    )


def _around(share: float, error: float) -> IntervalAt:
    def at(level: float) -> Interval:
        spread = normal_quantile((1 + level) / 2) * error
        return Interval(max(0.0, share - spread), min(1.0, share + spread), level)

    return at


def _refuse_unknown(column: str, sides: Mapping[str, Survey]) -> None:
    for whose, one in sides.items():
        refuse_unknown_column(column, one.layout.schema.names, f"the {whose}")
