"""The law of Kolmogorov and Smirnov's statistic with many rows, ties or not."""

from __future__ import annotations

from math import ceil, gcd, pi, sqrt

import numpy as np

from modelgate.stats.kolmogorov import Floats, Integers, limit_above

_HEAVY = 0.0025
"""Share of all rows from which on a value is looked at by itself."""
_BLOCK = 0.02  # share of all rows that lighter values are gathered to
_OVERSHOT = 0.5826  # by how many steps a walk of normal steps overshoots; Siegmund's constant
_NOT_NEAR = 0.2  # a chance beyond which its digits do not matter either
_COUNTED = 200_000  # rows of the smaller sample times places that are counted out
_CERTAIN = 3.5  # a bridge strays so far with a chance of 5e-11: no test hangs on its digits


def bridge_above(gap: int, rows: int, others: int, ends: Integers) -> float:
    """The chance that many rows of one population lie as far apart as these, or further.

    The difference of the two shares, in the order of the values, is nearly a Brownian bridge that
    is looked at where a run of equal values ends. Between those it may stray without being seen,
    so that Kolmogorov's law gives too large a chance: a fifth too large with 200 values of equal
    weight, three times too large with five. Values as heavy as `_HEAVY` are looked at one by one;
    lighter ones, nearly continuous, by the bridge's own chance to stray in between. Where values
    are heavy it is never less than the exact chance to come as far apart at the end of one of them.
    Against the exact law at 2,000 rows each the chance is off by a tenth of itself at most where it
    is 5 %, and with more rows by less.

    Args:
        gap: rows * others * D, a whole number.
        rows: of the first sample.
        others: of the second.
        ends: (g,) rows of both samples up to each distinct value, ascending; the last is all.

    Returns:
        In [0, 1].

    Source: the overshoot: D. Siegmund (1985), "Sequential Analysis", chapter X; the correction for
        the rows: J. Vrbik (2018), "Small-sample corrections to Kolmogorov-Smirnov test statistic",
        Pioneer Journal of Theoretical and Applied Statistics 15, 15-23, with what two samples add
        fitted to the exact law.
    """
    if gap <= 0:
        return 1.0
    every = rows + others
    root = sqrt(rows * (others / every))
    size = root * (gap / (rows * others))
    weights = np.diff(ends, prepend=0) / every
    size += (size - 1) / (4 * root * root)
    if float(weights.max()) < _HEAVY:
        return min(1.0, limit_above(size + _unseen(weights, rows, others)))
    size -= 1 / (4 * root)
    within = limit_above(size) if size > _CERTAIN else 1 - _kept_within(size, _blocks(weights))
    if within > _NOT_NEAR:
        return within
    return max(within, _one_place_above(gap, rows, others, ends[weights >= _HEAVY]))


def _one_place_above(gap: int, rows: int, others: int, ends: Integers) -> float:
    """The chance to come as far apart at the end of one heavy value; of the place that has most.

    It is less than the chance to do so anywhere, and exact: where nearly all rows have one value
    and samples are small, the law is far too skewed for a bridge, and this is most of it.
    """
    rows, others = min(rows, others), max(rows, others)
    places = max(2, _COUNTED // (rows + 1))
    chosen = np.linspace(0, len(ends) - 1, min(places, len(ends))).astype(int)  # one or more apart
    return max((_place_above(gap, rows, others, int(end)) for end in ends[chosen]), default=0.0)


def _place_above(gap: int, rows: int, others: int, end: int) -> float:
    every = rows + others
    reach = int(40 * sqrt(rows * (end / every) * (1 - end / every))) + 40  # beyond it: 1e-100
    middle = rows * end // every
    least = max(0, end - others, middle - reach)
    taken = np.arange(least, min(rows, end, middle + reach) + 1, dtype=np.float64)
    up = np.log((end - taken[:-1]) * (rows - taken[:-1]))
    down = np.log(taken[1:] * (others - end + taken[1:]))
    logs = np.concatenate(([0.0], np.cumsum(up - down)))
    chances = np.exp(logs - logs.max())
    far = np.abs(taken * every - float(end) * rows) >= gap * (1 - 1e-12)
    return float(chances[far].sum() / chances.sum())


def _unseen(weights: Floats, rows: int, others: int) -> float:
    """How much further than it is seen the bridge strays, where no value is heavy.

    Single rows are the steps of a walk on a lattice, whose overshoot was fitted to the exact law;
    runs of equal values are steps of a normal law.
    """
    every = rows + others
    tied = weights > 1.5 / every
    share = rows / every
    single = 1 / 6 + share * (1 - share) / 4
    steps = (1 - float(weights[tied].sum())) * single - gcd(rows, others) / (2 * every)
    runs = _OVERSHOT * float((weights[tied] ** 1.5).sum())  # a product would wake BLAS's threads
    return runs + steps / sqrt(share * others)


def _blocks(weights: Floats) -> list[tuple[float, float]]:
    """Share of rows of each block, and how much further it may stray inside; inf: unseen."""
    found: list[tuple[float, float]] = []
    pending, unseen, values = 0.0, 0.0, 0

    def close() -> None:
        nonlocal pending, unseen, values
        if values:
            inside = _OVERSHOT * unseen / pending if values > 1 else np.inf
            found.append((pending, inside))
        pending, unseen, values = 0.0, 0.0, 0

    for weight in weights.tolist():
        if weight >= _BLOCK and pending >= _HEAVY:
            close()
        pending, unseen, values = pending + weight, unseen + weight**1.5, values + 1
        if pending >= _BLOCK * (1 - 1e-6):
            close()
    close()
    return found


def _kept_within(size: float, blocks: list[tuple[float, float]]) -> float:
    """The chance that a bridge stays within `size` wherever it is looked at.

    Its density at the end of each block, on the nodes of a Gauss-Legendre rule on (0, size), the
    other side being its mirror image.
    """
    least = min(share for share, _ in blocks)  # its steps are as long as nodes are apart
    nodes, weights = np.polynomial.legendre.leggauss(ceil(1.6 * size / sqrt(least)) + 8)
    at, weights = size * (nodes + 1) / 2, size * weights / 2
    density = None
    start: Floats = np.zeros(1)
    for place, (share, inside) in enumerate(blocks):
        end = at if place < len(blocks) - 1 else np.zeros(1)
        steps = _steps(start, end, share, size + inside)
        density = steps[0] / 2 if density is None else (density * weights) @ steps
        start = at
    assert density is not None
    return min(1.0, float(density[0]) * sqrt(2 * pi))


def _steps(start: Floats, end: Floats, share: float, bound: float) -> Floats:
    """Densities of steps between both ends, of either sign, that stay within a bound on the way."""
    x, y = start[:, None], end[None, :]
    found: Floats = np.exp(-np.square(y - x) / (2 * share)) * _inside(x, y, share, bound)
    found += np.exp(-np.square(y + x) / (2 * share)) * _inside(-x, y, share, bound)
    return found / sqrt(2 * pi * share)


def _inside(x: Floats, y: Floats, share: float, bound: float) -> Floats | float:
    """The chance that a bridge from x to y stays within -bound and bound."""
    if np.isinf(bound):
        return 1.0
    above = np.exp(-2 * (bound - x) * (bound - y) / share)
    below = np.exp(-2 * (bound + x) * (bound + y) / share)
    found: Floats = np.maximum(1 - above - below, 0.0)
    return found
