"""Divergences of two samples in bins or categories: population stability, Jensen and Shannon's.

Both are nearly quadratic in small differences of shares, so that, times n m / (n + m) and a factor,
they follow the chi-square law where nothing shifted: what a value means hangs on the rows and the
bins, and no limit such as "0.1 is a shift" serves for all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from modelgate.stats.chi_square import centre_below, chi_square_above
from modelgate.stats.relabelling import MOST_ROWS, drawn_chance
from modelgate.stats.shift import Ends, Floats, Integers, Shift, as_p_value, must_be_counts

EXPECTED = 75
"""Rows expected in the emptiest cell from which on the chi-square law serves."""
MOST_BINS = 500
"""Of more bins or categories the rarest are taken as one."""
_EMPTY = 0.5  # rows that an empty bin counts for, where a logarithm is taken


@dataclass(frozen=True, slots=True)
class _Divergence:
    """One way to set shares against shares.

    Attributes:
        name: for `method`.
        scale: a chi-square variable is n m / (n + m) times this, times the divergence.
        empty: rows that an empty bin counts for.
        of: (…, k) shares of the first and the second sample -> (…) divergence.
        slopes: (k,) shares of both -> (k,) its slopes over the first and the second shares.
    """

    name: str
    scale: float
    empty: float
    of: Callable[[Floats, Floats], Floats]
    slopes: Callable[[Floats, Floats], tuple[Floats, Floats]]


def psi(ones: Integers, others: Integers) -> Shift:
    """The population stability index of two samples in bins, with its own law.

    The sum over bins of (p - q) log(p / q), natural logarithm. Null hypothesis: both samples come
    from one population. Nothing is paired. A bin that one of the samples lacks counts as half a row
    of it; bins that both lack are left out.

    The p-value: where `EXPECTED` rows or more are expected in each cell, n m / (n + m) PSI is a
    chi-square variable with a degree of freedom less than there are bins (with fewer it is too
    often too large: at 10 rows a cell in 7 to 9 % of runs where 5 % are meant); else rows are drawn
    by lot (`relabelling`). Bins on quantiles of one sample serve as well as given ones. The ends
    come from the non-central chi-square law, wider where a large shift makes them so, and count out
    what noise adds to the index: no less than it does on average, so that equal samples do not
    pass for equal populations. The upper one is never below the index, and the lower one is 0 where
    the p-value says so.

    Args:
        ones: (k,) rows of the first sample in each bin; 10 or more a bin are good.
        others: (k,) of the second, in the same bins; the two may be swapped.

    Raises:
        ValueError: the two are not of one length, or there is no row.

    Source: B. Yurdakul and J. Naranjo (2020), "Statistical properties of the population stability
        index", Journal of Risk Model Validation 14(4), 89-100.
    """
    return _shift(_PSI, ones, others, root=False)


def jensen_shannon(ones: Integers, others: Integers) -> Shift:
    """Jensen and Shannon's distance of two samples in bins or categories, with its own law.

    The effect is the distance, the root of the divergence, in base 2 and so in [0, 1]:
    `scipy.spatial.distance.jensenshannon(p, q, base=2)`. (Evidently's is in base e: this one times
    the root of log 2.) A bin that one sample lacks needs no rule.

    Null hypothesis, law and ends are those of `psi`, with 8 log 2 n m / (n + m) times the
    divergence as the chi-square variable.

    Args:
        ones: (k,) rows of the first sample in each bin or category.
        others: (k,) of the second, in the same order; the two may be swapped.

    Raises:
        ValueError: the two are not of one length, or there is no row.

    Source: J. Lin (1991), "Divergence measures based on the Shannon entropy", IEEE Transactions on
        Information Theory 37, 145-151; D. M. Endres and J. E. Schindelin (2003), "A new metric for
        probability distributions", the same, 49, 1858-1860.
    """
    return _shift(_JENSEN_SHANNON, ones, others, root=True)


def _shift(kind: _Divergence, ones: Integers, others: Integers, *, root: bool) -> Shift:
    must_be_counts(ones)
    must_be_counts(others)
    if len(ones) != len(others):
        raise ValueError("both samples are counted in the same bins")
    mine, theirs = _kept(ones.astype(np.int64), others.astype(np.int64))
    value = max(0.0, float(_of_counts(kind, mine, theirs)))
    chance, law = _chance(kind, mine, theirs, value)
    ends = _ends(kind, mine, theirs, value, chance)
    if not root:
        return Shift(value, as_p_value(chance), ends, f"{kind.name}, {law}")
    rooted = Ends(lambda tail: sqrt(ends.low(tail)), lambda tail: min(1.0, sqrt(ends.high(tail))))
    return Shift(sqrt(value), as_p_value(chance), rooted, f"{kind.name}, {law}")


def _kept(ones: Integers, others: Integers) -> tuple[Integers, Integers]:
    """Bins that hold a row, the rarest first and taken together where they are too many."""
    every = ones + others
    order = np.argsort(every, kind="stable")
    order = order[every[order] > 0]
    pooled = max(1, len(order) - MOST_BINS + 1)
    parts = np.append(0, np.arange(pooled, len(order)))
    return np.add.reduceat(ones[order], parts), np.add.reduceat(others[order], parts)


def _of_counts(kind: _Divergence, ones: Integers, others: Integers) -> Floats:
    return kind.of(_shares(ones, kind.empty), _shares(others, kind.empty))


def _shares(counts: Integers, empty: float) -> Floats:
    found: Floats = np.maximum(counts, empty) / counts.sum(axis=-1, keepdims=True)
    return found


def _chance(kind: _Divergence, ones: Integers, others: Integers, value: float) -> tuple[float, str]:
    """The p-value and its law."""
    rows, more = int(ones.sum()), int(others.sum())
    if len(ones) == 1:
        return 1.0, "one bin"
    fewest = float((ones + others).min()) * min(rows, more) / (rows + more)
    if fewest >= EXPECTED or rows + more > MOST_ROWS:
        size = kind.scale * rows * (more / (rows + more))
        return chi_square_above(size * value, len(ones) - 1), "limit"
    return drawn_chance(lambda a, b: _of_counts(kind, a, b), ones, others), "drawn by lot"


def _ends(kind: _Divergence, ones: Integers, others: Integers, value: float, chance: float) -> Ends:
    rows, more = int(ones.sum()), int(others.sum())
    size = kind.scale * rows * (more / (rows + more))
    freedom = max(1, len(ones) - 1)
    wider = _wider(kind, ones, others, value)

    def end(tail: float, seen: float) -> float:
        centre = centre_below(size * seen, freedom, tail) / size
        return max(0.0, value + (centre - value) * wider)

    def low(tail: float) -> float:
        return min(value, end(1 - tail, value)) if chance <= tail else 0.0

    def high(tail: float) -> float:
        return max(value, end(tail, max(value, freedom / size)))  # nobody sees less than noise

    return Ends(low, high)


def _wider(kind: _Divergence, ones: Integers, others: Integers, value: float) -> float:
    """How much wider the law of a large divergence is than the chi-square law has it."""
    if value <= 0:
        return 1.0
    mine, theirs = _shares(ones, kind.empty), _shares(others, kind.empty)
    variance, expected = 0.0, 0.0
    slopes = kind.slopes(mine, theirs)
    for shares, slope, rows in zip((mine, theirs), slopes, (ones.sum(), others.sum()), strict=True):
        weights = shares / shares.sum()
        variance += float(weights @ np.square(slope - weights @ slope)) / float(rows)
        expected += 4 * value / kind.scale / float(rows)
    return sqrt(max(1.0, variance / expected))


def _psi_of(one: Floats, other: Floats) -> Floats:
    found: Floats = ((one - other) * np.log(one / other)).sum(axis=-1)
    return found


def _psi_slopes(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    logs = np.log(one / other)
    return logs + 1 - other / one, 1 - one / other - logs


def _bits(one: Floats, other: Floats) -> Floats:
    middle = (one + other) / 2
    found: Floats = (_surprise(one, middle) + _surprise(other, middle)) / 2
    return found


def _surprise(share: Floats, middle: Floats) -> Floats:
    ratio = np.divide(share, middle, out=np.ones_like(share), where=share > 0)
    found: Floats = (share * np.log2(ratio)).sum(axis=-1)
    return found


def _bit_slopes(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    middle = (one + other) / 2
    rarest = np.finfo(np.float64).tiny
    return (
        np.log2(np.maximum(one, rarest) / middle) / 2,
        np.log2(np.maximum(other, rarest) / middle) / 2,
    )


_PSI = _Divergence("population stability", 1.0, _EMPTY, _psi_of, _psi_slopes)
_JENSEN_SHANNON = _Divergence("Jensen-Shannon", 8 * log(2), 0.0, _bits, _bit_slopes)
