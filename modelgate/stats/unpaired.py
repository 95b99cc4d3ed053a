"""Differences between two lots of rows that have nothing to do with each other."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.shares import share
from modelgate.stats.tails import normal_quantile, student_quantile

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lot:
    """Some rows and what they say.

    Attributes:
        mean: of what is measured.
        variance: of one row's.
        rows: 2 or more.
    """

    mean: float
    variance: float
    rows: float


def shares_apart(one: Lot, other: Lot, level: float = LEVEL) -> Interval:
    """The interval of one share less another; means of what is 0 or 1.

    Args:
        one: the rows.
        other: those whose share is taken off.
        level: two-sided, in (0, 1).

    Source: R. G. Newcombe (1998), "Interval estimation for the difference between independent
        proportions", Statistics in Medicine 17, 873-890, method 10; with exact ends where hits or
        misses are few.
    """
    mine = share(round(one.mean * one.rows), one.rows, level)
    theirs = share(round(other.mean * other.rows), other.rows, level)
    apart = one.mean - other.mean
    below = sqrt((one.mean - mine.low) ** 2 + (theirs.high - other.mean) ** 2)
    above = sqrt((mine.high - one.mean) ** 2 + (other.mean - theirs.low) ** 2)
    return Interval(apart - below, apart + above, level)


def differences_high(
    ones: Floats, rows: float, others: Floats, other_rows: float, tail: float
) -> Floats:
    """Upper ends of many differences of two shares, all of the same rows.

    Args:
        ones: (k,) shares of the first lot.
        rows: of the first lot, above 0.
        others: (k,) shares of the second, that are taken off.
        other_rows: of the second lot, above 0.
        tail: one-sided error, in (0, 0.5].

    Source: see `shares_apart`, with Wilson's ends throughout.
    """
    z = -normal_quantile(tail)
    above = _wilson_high(ones, rows, z) - ones
    below = _wilson_high(1 - others, other_rows, z) - (1 - others)
    found: Floats = ones - others + np.hypot(above, below)
    return found


def _wilson_high(shares: Floats, rows: float, z: float) -> Floats:
    """Wilson's upper ends, z deviations off."""
    part = z * z / rows
    found: Floats = shares + part / 2 + z * np.sqrt(shares * (1 - shares) / rows + part / rows / 4)
    return found / (1 + part)


def chance_of_share(one: Lot, other: Lot) -> float:
    """The chance of a share as large as the first, or larger, if the second were no smaller.

    The means are of what is 0 or 1. Of all rows with a 1, as many or more would have to lie in the
    first lot by chance (Fisher's exact test): it holds for lots of any size.

    Source: R. A. Fisher (1935), "The logic of inductive inference", Journal of the Royal
        Statistical Society 98, 39-82.
    """
    hits, rows = round(one.mean * one.rows), round(one.rows)
    marked, everything = hits + round(other.mean * other.rows), rows + round(other.rows)
    most = min(rows, marked)
    first = exp(
        _choices(marked, hits)
        + _choices(everything - marked, rows - hits)
        - _choices(everything, rows)
    )
    at = np.arange(hits, most, dtype=np.float64)
    factors = (marked - at) * (rows - at) / ((at + 1) * (everything - marked - rows + at + 1))
    return min(1.0, first * (1.0 + float(np.cumprod(factors).sum())))


def _choices(of: int, taken: int) -> float:
    """The logarithm of a binomial coefficient."""
    return lgamma(of + 1) - lgamma(taken + 1) - lgamma(of - taken + 1)


def means_apart(one: Lot, other: Lot, level: float = LEVEL) -> Interval:
    """The interval of one mean less another, whose rows may spread differently.

    Args:
        one: the rows.
        other: those whose mean is taken off.
        level: two-sided, in (0, 1).

    Source: B. L. Welch (1947), "The generalization of Student's problem when several different
        population variances are involved", Biometrika 34, 28-35.
    """
    mine, theirs = one.variance / one.rows, other.variance / other.rows
    if mine <= 0:  # rows that are all alike say nothing of how they spread
        mine = other.variance / one.rows
    freedom = (mine + theirs) ** 2 / (mine**2 / (one.rows - 1) + theirs**2 / (other.rows - 1))
    spread = student_quantile((1 + level) / 2, freedom) * sqrt(mine + theirs)
    return Interval(one.mean - other.mean - spread, one.mean - other.mean + spread, level)
