"""What has changed in a column, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

import numpy as np

from modelgate.escape import shown
from modelgate.stats.shift import Counted

ARROW = "\N{RIGHTWARDS ARROW}"
TAILS = (0.05, 0.95)
DAY = 86_400


def changed_numbers(one: Counted, two: Counted, *, of_time: bool = False) -> str:
    """Where the middle has gone; where it stands, what the middle nine tenths reach to."""
    tell = _time if of_time else _plain
    was, now = tell(_quantile(one, 0.5)), tell(_quantile(two, 0.5))
    if was != now:
        return f"median {was} {ARROW} {now}"
    reaches = [
        " to ".join(dict.fromkeys(tell(_quantile(sample, share)) for share in TAILS))
        for sample in (one, two)
    ]
    if reaches[0] == reaches[1]:
        return f"median {was} in both"
    return f"median {was}, nine in ten {reaches[0]} {ARROW} {reaches[1]}"


def changed_categories(one: Mapping[Any, int], two: Mapping[Any, int]) -> str:
    """The value whose share has changed most, a new one first."""
    was, now = _shares(one), _shares(two)
    new = [value for value in now if value not in was]
    if new:
        value = max(new, key=lambda value: now[value])
        more = f" and {len(new) - 1} more" if len(new) > 1 else ""
        return f"new value {_named(value)} in {_share(now[value])} of rows{more}"
    moved = {value: now.get(value, 0.0) - was[value] for value in was}
    value = max(moved, key=lambda value: (round(abs(moved[value]), 9), moved[value], str(value)))
    if len(was) == 1:
        return f"always {_named(value)}"
    return f"{_named(value)} {_share(was[value])} {ARROW} {_share(now.get(value, 0.0))}"


def changed_missing(one: float, two: float) -> str:
    """How many rows have no value."""
    return f"missing {_share(one)} {ARROW} {_share(two)}"


def _shares(counts: Mapping[Any, int]) -> dict[Any, float]:
    rows = sum(counts.values())
    return {value: count / rows for value, count in counts.items()}


def _named(value: Any) -> str:
    return shown(value, 40) if isinstance(value, str) else str(value)


def _quantile(sample: Counted, share: float) -> float:
    upto = np.cumsum(sample.counts)
    return float(sample.values[np.searchsorted(upto, share * upto[-1])])


def _plain(value: float) -> str:
    if isfinite(value) and value == round(value) and abs(value) < 1e9:
        return f"{value:,.0f}"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.3g}"


def _time(seconds: float) -> str:
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return f"{seconds:.4g} s"
    whole = seconds % DAY == 0
    return moment.strftime("%Y-%m-%d" if whole else "%Y-%m-%d %H:%M")


def _share(share: float) -> str:
    percent = 100 * share
    if 0 < percent < 0.1:
        return "under 0.1 %"
    return f"{percent:.1f} %" if percent else "0 %"
