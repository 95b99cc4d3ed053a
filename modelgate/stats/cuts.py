"""Where to cut numbers, so that the parts are of one size and their names short."""

from __future__ import annotations

from math import floor, isfinite, log10

import numpy as np
from numpy.typing import NDArray


def equal_parts(values: NDArray[np.float64], parts: int) -> tuple[float, ...]:
    """Edges that cut numbers into parts of about as many each.

    Equal numbers are never parted, so that there may be fewer parts than asked for. Each edge is
    the shortest decimal that cuts where it should.

    Args:
        values: (n,); what is not finite does not count.
        parts: 1 or more.

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
        edge = short_between(float(ordered[nearest - 1]), float(ordered[nearest]))
        if not edges or edge > edges[-1]:
            edges.append(edge)
    return tuple(edges)


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
