"""How rows are spread over classes."""

from __future__ import annotations

from functools import partial
from typing import Any

from modelgate.data_quality.told import nothing
from modelgate.escape import printable
from modelgate.figures import number
from modelgate.outcome import Outcome
from modelgate.profiles.column import ColumnProfile
from modelgate.profiles.profile import Profile
from modelgate.stats.interval import LEVEL
from modelgate.stats.largest import smallest_at
from modelgate.stats.shares import deciding_share, share_method

MOST = 1_000
"""Distinct values of a target beyond which they are numbers, and no classes."""
SHOWN = 5
"""Classes that are named, the rarest first."""


def counts_of(column: ColumnProfile) -> dict[Any, int] | None:
    """Class -> rows; None where the column holds no classes."""
    if column.categories:
        return dict(column.categories) if len(column.categories) <= MOST else None
    if column.numbers is None or len(column.numbers.values) > MOST:
        return None
    values = column.numbers.values.tolist()
    rows = column.numbers.counts.tolist()
    whole = [int(value) if value.is_integer() else value for value in values]
    return dict(zip(whole, rows, strict=True))


def balance(found: Profile, reference: Profile | None, against: str) -> Outcome:
    """The share of the rarest class.

    Args:
        found: the rows in question.
        reference: those that the model was trained on, whose classes count too; None where there
            are none.
        against: the reference's role.
    """
    target = found.layout.target
    if target is None or target not in found.columns_profiled:
        return nothing("nobody named the column with the labels", better="higher")
    counts = counts_of(found.columns_profiled[target])
    if counts is None:
        return nothing(
            f"{printable(target, 40)} holds no labels, or too many to be classes", better="higher"
        )
    former = _of_reference(reference)
    facts = found.layout.facts
    for known in (former, facts.classes if facts else ()):
        for name in known:
            if not _held(name, counts):
                counts[name] = 0
    rows = sum(counts.values())
    rarest = sorted(counts, key=lambda name: (counts[name], str(name)))
    at = smallest_at([partial(deciding_share, hits, rows) for hits in counts.values()])
    share = counts[rarest[0]] / rows
    before = sum(former.values())
    was = f", {number(former[rarest[0]] / before)} in the {against}" if rarest[0] in former else ""
    return Outcome(
        value=share,
        interval=at(LEVEL),
        at=at,
        better="higher",
        n=rows,
        lowest=0.0,
        highest=1.0,
        method=share_method(counts[rarest[0]], rows),
        says=(
            f"The rarest of {len(counts)} classes is {printable(rarest[0], 40)}:"
            f" {counts[rarest[0]]:,} of {rows:,} rows ({number(share)}{was})."
        ),
        evidence=tuple(f"{printable(name, 40)}: {counts[name]:,} rows" for name in rarest[:SHOWN]),
        details={"classes": {str(name): counts[name] for name in rarest}},
    )


def _of_reference(reference: Profile | None) -> dict[Any, int]:
    target = None if reference is None else reference.layout.target
    if reference is None or target is None or target not in reference.columns_profiled:
        return {}
    return counts_of(reference.columns_profiled[target]) or {}


def _held(name: Any, counts: dict[Any, int]) -> bool:
    """Whether it is one of them, as it stands or as it is written."""
    return name in counts or str(name) in {str(one) for one in counts}
