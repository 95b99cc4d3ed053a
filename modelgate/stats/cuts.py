"""Where to cut numbers, so that the parts are of one size and their names short."""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import Any

import numpy as np
from numpy.typing import NDArray


def equal_parts(values: NDArray[Any], parts: int, *, slack: float = 0.0) -> tuple[float, ...]:
    """Edges that cut numbers into parts of about as many each.

    Equal numbers are never parted, so that there may be fewer parts than asked for. Each edge is
    the shortest decimal that cuts where it should.

    Args:
        values: (n,) numbers; what is not finite does not count. Those of half the precision stand
            for the decimals that they were written as.
        parts: 1 or more.
        slack: by so much of a part an edge may lie off, where that makes it shorter.

    Returns:
        At most parts - 1 edges, ascending; a number belongs to the part above the last edge that
        it reaches.
    """
    ordered = np.sort(values[np.isfinite(values)])
    if not len(ordered):
        return ()
    ends = np.flatnonzero(ordered[1:] > ordered[:-1]) + 1  # where a new number begins
    edges: list[float] = []
    for part in range(1, parts):
        if not len(ends):
            break
        nearest = int(ends[np.abs(ends - part * len(ordered) / parts).argmin()])
        reach = int(slack * len(ordered) / parts)
        low, high = max(nearest - 1 - reach, 0), min(nearest + reach, len(ordered) - 1)
        edge = short_between(_written(ordered[low]), _written(ordered[high]))
        if not edges or edge > edges[-1]:
            edges.append(edge)
    return tuple(edges)


def _written(value: np.generic) -> float:
    """5.08 in half the precision is 5.0799999; it was written 5.08."""
    return float(str(value)) if isinstance(value, np.floating) else float(value)


def short_between(low: float, high: float) -> float:
    """The number with the fewest digits that lies above one and not above the other.

    Args:
        low: finite.
        high: finite, above `low`.
    """
    if low < 0 <= high:
        return 0.0
    size = max(abs(low), abs(high))
    for digits in range(1, 18):
        step = digits - 1 - floor(log10(size))
        scaled = float(f"{high:.20e}") if abs(step) > 300 else floor(high * 10.0**step) / 10.0**step
        found = float(f"{scaled:.{digits}g}") if isfinite(scaled) else high
        if low < found <= high:
            return found
    return high
