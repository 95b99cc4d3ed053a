"""Findings about rows as outcomes."""

from __future__ import annotations

from typing import Literal

from modelgate.data_quality.repeated import Share
from modelgate.figures import number
from modelgate.outcome import Outcome
from modelgate.stats.interval import LEVEL


def told(found: Share, what: str, mark: str) -> Outcome:
    """A share of rows that should be none.

    Args:
        found: the share.
        what: these rows are, in words.
        mark: what the second row of a pair is to the first: "copy".
    """
    if not found.rows:
        return nothing("there are no rows to look at")
    return Outcome(
        value=found.value,
        interval=None if found.at is None else found.at(LEVEL),
        at=found.at,
        kind="exact" if found.at is None else "statistical",
        better="lower",
        n=found.rows,
        lowest=0.0,
        highest=1.0,
        method="counted" if found.at is None else "sample of distinct rows",
        says=f"{number(found.value)} of {found.rows:,} rows are {what}.",
        evidence=tuple(
            f"rows {first + 1:,} and {last + 1:,}: {mark}" for first, last in found.pairs.tolist()
        ),
    )


def nothing(reason: str, *, better: Literal["higher", "lower"] = "lower") -> Outcome:
    """Why nothing can be told."""
    return Outcome(value=None, better=better, reason=reason)
