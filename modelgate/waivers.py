"""Waivers: whose word lets a question pass for a while, and what becomes of it then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from modelgate.outcome import Status
from modelgate.report import Result
from modelgate.sentences import title

MOST = 3
"""Waivers that a verdict names."""


def unless_expired(result: Result) -> Result:
    """The same result; failed where its waiver expired and it still needs one."""
    waiver = result.waiver
    if waiver is None or waiver["live"] or result.status in {Status.PASSED, Status.INFO}:
        return result
    why = f"the waiver of {waiver['owner']} expired on {waiver['expires']}"
    return replace(result, status=Status.FAILED, reason=why)


def waived(results: Sequence[Result]) -> tuple[str, ...]:
    """Who lets which question pass, and until when: a gate that is held open says so."""
    named = [
        f"{title(one)}, by {one.waiver['owner']} until {one.waiver['expires']}"
        for one in results
        if one.waiver is not None and one.waiver["live"]
    ]
    if not named:
        return ()
    number = f"{len(named)} results are" if len(named) > 1 else "1 result is"
    more = f"; and {len(named) - MOST} more" if len(named) > MOST else ""
    return (f"{number} waived: {'; '.join(named[:MOST])}{more}.",)
