"""The law of Kolmogorov and Smirnov's statistic of two samples: exact where rows are few."""

from __future__ import annotations

from functools import lru_cache
from math import exp, frexp, pi, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_RESCALED = 500  # steps after which counts of ways are made small again, so that none overflows
_NEVER_WITHIN = 0.04  # a Brownian bridge stays so close to 0 with a chance below 1e-300


def exact_above(gap: int, rows: int, others: int, ends: Integers) -> float:
    """The chance that samples of one population lie as far apart as these, or further.

    Given the pooled values, each choice of the rows that are the first sample is equally likely.
    A choice is a path of steps, one for each value in order, and it counts where the two shares
    come `gap` apart at the end of a run of equal values: between those there is nothing to see,
    which the usual tables, and scipy's, pass over; with ties theirs is an upper bound.

    Args:
        gap: rows * others * D, a whole number.
        rows: of the first sample, at least 1.
        others: of the second, at least 1.
        ends: (g,) rows of both samples up to each distinct value, ascending; the last is all.

    Returns:
        In [0, 1], with ten digits however small.

    Source: G. Schroeer and D. Trenkler (1995), "Exact and randomization distributions of
        Kolmogorov-Smirnov tests two or three samples", Computational Statistics & Data Analysis
        20, 185-202.
    """
    if gap <= 0:
        return 1.0
    rows, others = min(rows, others), max(rows, others)
    every = rows + others
    places = np.arange(every + 1, dtype=np.int64)
    least, most = np.maximum(0, places - others), np.minimum(places, rows)
    seen = np.asarray(ends, dtype=np.int64)
    least[seen] = np.maximum(least[seen], (seen * rows - gap) // every + 1)
    most[seen] = np.minimum(most[seen], -((-seen * rows - gap) // every) - 1)
    odds = rows / others
    stopped = _stopped(rows, odds, least.tolist(), most.tolist(), set(seen.tolist()))
    step, taken, ways, scale = np.array(stopped, dtype=np.float64).T
    logs = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, every + 1)))))

    def choose(of: Floats, out: Floats) -> Floats:
        whole, part = of.astype(np.int64), out.astype(np.int64)
        found: Floats = logs[whole] - logs[part] - logs[whole - part]
        return found

    left, wanted = every - step, rows - taken
    possible = (ways > 0) & (wanted >= 0) & (wanted <= left)
    left, wanted, ways, scale = (each[possible] for each in (left, wanted, ways, scale))
    size = np.log(ways) + scale * np.log(2.0) + choose(left, wanted)
    size -= (rows - wanted) * np.log(odds)
    size -= choose(np.array([float(every)]), np.array([float(rows)]))
    return min(1.0, float(np.exp(size).sum()))


def _stopped(
    rows: int, odds: float, least: list[int], most: list[int], seen: set[int]
) -> list[tuple[int, int, float, int]]:
    """Where paths come to the gap first: step, rows of the first sample, ways, their power of 2.

    Each way counts `odds` for each row of the first sample: that keeps the likely ones in sight.
    """
    ways = np.zeros(rows + 2)
    ways[0], low, high, scale = 1.0, 0, 0, 0
    stopped = [(0, 0, 0.0, 0)]
    for step in range(1, len(least)):
        ways[low + 1 : high + 2] += odds * ways[low : high + 1]
        high += 1
        lowest, highest = least[step], most[step]
        if step in seen:
            stopped += [
                (step, at, float(ways[at]), scale)
                for at in (
                    *range(low, min(lowest, high + 1)),
                    *range(max(highest + 1, low), high + 1),
                )
            ]
        ways[low:lowest] = 0.0
        ways[highest + 1 : high + 1] = 0.0
        low, high = max(low, lowest), min(high, highest)
        if low > high:
            break
        if step % _RESCALED == 0:
            size = frexp(ways[low : high + 1].max())[1]
            ways[low : high + 1] = np.ldexp(ways[low : high + 1], -size)
            scale += size
    return stopped


def limit_above(size: float) -> float:
    """The chance that a Brownian bridge strays further than `size` from 0: Kolmogorov's law.

    Args:
        size: 0 or more: the root of n m / (n + m), times D.

    Returns:
        In [0, 1].

    Source: A. N. Kolmogorov (1933), "Sulla determinazione empirica di una legge di distribuzione",
        Giornale dell'Istituto Italiano degli Attuari 4, 83-91.
    """
    if size <= _NEVER_WITHIN:
        return 1.0
    if size < 1:
        parts = (exp(-(((2 * k - 1) * pi / size) ** 2) / 8) for k in range(1, 5))
        return 1 - sqrt(2 * pi) / size * sum(parts)
    return 2 * sum((1 if k % 2 else -1) * exp(-2 * (k * size) ** 2) for k in range(1, 6))


@lru_cache(maxsize=256)  # every column of a data set asks for the same ones
def limit_quantile(tail: float) -> float:
    """The size that a Brownian bridge passes with chance `tail`, in (0, 1)."""
    low, high = _NEVER_WITHIN, 2.0
    while limit_above(high) > tail:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if limit_above(middle) > tail else (low, middle)
    return high
