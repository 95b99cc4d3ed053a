"""Whether two samples share their categories out alike: Pearson's test and total variation."""

from __future__ import annotations

from math import log, sqrt

import numpy as np

from modelgate.stats.chi_square import chi_square_above, gamma_above
from modelgate.stats.relabelling import MOST_ROWS, drawn_chance
from modelgate.stats.shift import Ends, Floats, Integers, Shift, as_p_value, must_be_counts
from modelgate.stats.unpaired import differences_high

EXPECTED = 5
"""Rows expected in the emptiest cell from which on the chi-square law serves."""
EXPECTED_OF_TWO = 100
"""The same of two categories, where the exact law is at hand: with a rare one and unequal samples
the chi-square law calls 6 in 10,000 what it means to call 1."""
MOST_DRAWN = 500
"""Categories up to which rows are drawn by lot; of more, no single one makes the law."""
_APART = 10  # categories that may each be among the rarer ones or not


def homogeneity(ones: Integers, others: Integers) -> Shift:
    """The total variation between two samples' shares of categories, with Pearson's test.

    Null hypothesis: both samples come from one population. Nothing is paired. A category that one
    sample lacks counts like any other. Any rows from 1 and 1 to 1e8 and more.

    Where 5 rows or more are expected in each cell, the p-value is the chi-square law's, without
    correction, as `scipy.stats.chi2_contingency(..., correction=False)` has it. Else it is that of
    rows drawn by lot, given the pooled categories (`relabelling`). Of two categories it is Fisher's
    where fewer than `EXPECTED_OF_TWO` are expected; with more than `MOST_DRAWN` categories, or too
    many rows to draw, a gamma law of the exact mean and variance.

    The effect is the share of rows that would have to change category for the samples to agree, in
    [0, 1]: half the sum of the absolute differences of shares. Noise makes it larger, the more
    categories the more, so that it says little where the p-value is not small.

    Args:
        ones: (k,) rows of the first sample in each category.
        others: (k,) of the second, in the same order; the two may be swapped.

    Raises:
        ValueError: the two are not of one length, or there is no row.

    Source: K. Pearson (1911), "On the probability that two independent distributions of frequency
        are really samples from the same population", Biometrika 8, 250-254.
    """
    must_be_counts(ones)
    must_be_counts(others)
    if len(ones) != len(others):
        raise ValueError("both samples are counted in the same categories")
    order = np.argsort(ones + others, kind="stable")
    order = order[(ones + others)[order] > 0]
    mine, theirs = ones[order].astype(np.int64), others[order].astype(np.int64)
    chance, law = _chance(mine, theirs)
    at = total_variation_ends(mine, theirs)
    effect = float(np.abs(mine / mine.sum() - theirs / theirs.sum()).sum()) / 2
    return Shift(effect, as_p_value(chance), at, f"chi-square, {law}")


def pearson(ones: Integers, others: Integers) -> Floats:
    """(b,) Pearson's statistic of (b, k) counts, every category held by one sample at least."""
    rows, more = ones.sum(axis=1, keepdims=True), others.sum(axis=1, keepdims=True)
    every = (ones + others) / (rows + more)
    squares = np.square(ones / rows - others / more) / every
    found: Floats = squares.sum(axis=1) * (rows * (more / (rows + more)))[:, 0]
    return found


def _chance(ones: Integers, others: Integers) -> tuple[float, str]:
    """The p-value and its law."""
    every = int(ones.sum() + others.sum())
    if len(ones) == 1:
        return 1.0, "one category"
    fewest = float((ones + others).min()) * min(int(ones.sum()), int(others.sum())) / every
    seen = float(pearson(ones[None, :], others[None, :])[0])
    if fewest >= (EXPECTED_OF_TWO if len(ones) == 2 else EXPECTED):
        return chi_square_above(seen, len(ones) - 1), "limit"
    if len(ones) == 2:
        return fisher(ones, others), "exact"
    if len(ones) <= MOST_DRAWN and every <= MOST_ROWS:
        return drawn_chance(pearson, ones, others), "drawn by lot"
    mean, variance = moments((ones + others).astype(np.float64), float(ones.sum()))
    if variance <= 0:
        return 1.0, "gamma"
    return gamma_above(mean**2 / variance, seen * mean / variance), "gamma"


def fisher(ones: Integers, others: Integers) -> float:
    """The chance of two categories shared out as unlikely as they are, or less likely.

    Args:
        ones: (2,) rows of the first sample in each category.
        others: (2,) of the second.

    Returns:
        Fisher's two-sided exact p-value, as `scipy.stats.fisher_exact` has it.

    Source: R. A. Fisher (1935), "The logic of inductive inference", Journal of the Royal
        Statistical Society 98, 39-82.
    """
    rows, more = int(ones.sum()), int(others.sum())
    marked = int(ones[0] + others[0])
    places = np.arange(max(0, marked - more), min(rows, marked) + 1, dtype=np.float64)
    up = (marked - places[:-1]) * (rows - places[:-1])
    down = places[1:] * (more - marked + places[1:])
    logs = np.concatenate(([0.0], np.cumsum(np.log(up) - np.log(down))))
    chances = np.exp(logs - logs.max())
    seen = chances[int(ones[0] - places[0])]
    return float(chances[chances <= seen * (1 + 1e-7)].sum() / chances.sum())


def moments(totals: Floats, rows: float) -> tuple[float, float]:
    """The mean and the variance of Pearson's statistic when rows are drawn by lot.

    Args:
        totals: (k,) rows of both samples in each category, each above 0; 4 or more in all.
        rows: of the first sample, below the sum of the totals.

    Source: J. B. S. Haldane (1940), "The mean and variance of chi-square, when used as a test of
        homogeneity, when expectations are small", Biometrika 31, 346-355; here by factorial
        moments of the hypergeometric law.
    """
    every, k = float(totals.sum()), len(totals)
    steps = np.arange(4)
    one, two, three, four = np.cumprod((rows - steps) / (every - steps)).tolist()
    falling = np.cumprod(totals[:, None] - steps, axis=1)  # (k, 4): t, t (t - 1), ...
    own = (falling @ np.array([one, 7 * two, 6 * three, four]) / totals**2).sum()
    more = totals - 1
    whole = float(more.sum())
    pairs = (whole**2 - float((more**2).sum())) * four
    pairs += 2 * (k - 1) * whole * three + k * (k - 1) * two
    mean = whole * two + k * one  # of the sum of squares over totals
    share = rows / every
    scale = 1 / (share * (1 - share))
    return scale * (mean - rows * share), scale**2 * max(0.0, float(own) + pairs - mean**2)


def total_variation_ends(ones: Integers, others: Integers) -> Ends:
    """Where the total variation of the populations lies, at any level.

    The categories that are rarer in the second population hold the whole difference: it is that of
    two shares of rows. Which categories they are nobody knows, so that the upper end is the largest
    that any choice among them gives: each of the ten most frequent in or out, and of the rest any
    part. The lower end takes off how far noise alone moves all categories, and the error of their
    sum.

    Args:
        ones: (k,) rows of the first sample in each category.
        others: (k,) of the second.

    Source: upper end: see `shift` and `differences_high`; lower end: C. McDiarmid (1989), "On the
        method of bounded differences", Surveys in Combinatorics, 148-188.
    """
    rows, more = int(ones.sum()), int(others.sum())
    mine, theirs = ones / rows, others / more
    effect = float(np.abs(mine - theirs).sum()) / 2
    noise = float(np.sqrt(mine * (1 - mine) / rows + theirs * (1 - theirs) / more).sum()) / 2
    there, back = _choices(mine, theirs), _choices(theirs, mine)

    def low(tail: float) -> float:
        return max(0.0, effect - noise - sqrt(-log(tail) / 2 * (1 / rows + 1 / more)))

    def high(tail: float) -> float:
        most = max(
            float(differences_high(there[0], rows, there[1], more, tail).max()),
            float(differences_high(back[0], more, back[1], rows, tail).max()),
        )
        return min(1.0, max(effect, most))

    return Ends(low, high)


def _choices(mine: Floats, theirs: Floats) -> tuple[Floats, Floats]:
    """Shares of both samples in choices of categories, the larger difference of them first.

    The rest's whole difference goes to each choice, in a place anywhere among the rest's rows.
    """
    order = np.argsort(mine + theirs, kind="stable")[::-1]
    mine, theirs = mine[order], theirs[order]
    taken = min(len(mine), _APART)
    chosen = (np.arange(2**taken)[:, None] >> np.arange(taken)) & 1
    rest = mine[taken:] - theirs[taken:]
    gap, room = float(np.maximum(rest, 0).sum()), float(mine[taken:].sum())
    places = np.linspace(min(gap, room), room, 5 if len(rest) else 1)
    one = np.add.outer(chosen @ mine[:taken], places)
    other = one - (chosen @ (mine - theirs)[:taken])[:, None] - gap
    return np.clip(one.ravel(), 0, 1), np.clip(other.ravel(), 0, 1)
