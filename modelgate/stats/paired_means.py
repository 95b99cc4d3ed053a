"""Intervals of a difference of two models, from what each row adds to it.

A difference of means is the mean of the differences of the rows, and a difference of areas or roots
very nearly one (each row's influence). Such differences are skewed, often 0 in most rows, and
seldom many: Student's interval misses one side up to 20 % of the time where 5 % are meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import cbrt, inf, sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.interval import Interval
from modelgate.stats.tails import student_quantile

Floats = NDArray[np.float64]
FEW = 20.0
"""Rows that differ at which an unseen row weighs half a row: below, observed differences alone say
too little."""
FEWEST = 3.0
"""Degrees of freedom of rows of which next to none differ: the unseen row is one of them."""
ALIKE = 1e-12
"""Ranks closer than this are the same but for rounding."""
USUAL_CORRELATION = 0.9
"""Between two equally good models' losses of a row, where no better is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Rows of one kind, and how they differ.

    Attributes:
        rows: above 1; effective ones where rows bear weights.
        unlike: rows in which the models differ, in the same count.
        variance: mean squared distance of a row's difference from its expectation.
        third: mean cube of it.
        reach: how far a row may lie off that differs as no row seen does.
    """

    rows: float
    unlike: float
    variance: float
    third: float
    reach: float


def usual_error(spread: float) -> float:
    """The standard error of a difference from an equally good model.

    Args:
        spread: standard error of the champion's own value.

    Returns:
        What two models have whose losses are equally spread and correlate by `USUAL_CORRELATION`.
    """
    return spread * sqrt(2 * (1 - USUAL_CORRELATION))


def unseen_reach(seen: float, alone: float, unlike: float) -> float:
    """How far a row may lie off that differs as no row seen does.

    As the rows seen do; the fewer these are, the more as two answers that have nothing to do with
    each other, whose difference varies twice as much as one alone.

    Args:
        seen: root of the mean square of the differences of the rows that differ.
        alone: standard deviation of what the champion's own rows cost.
        unlike: rows that differ.
    """
    return sqrt((unlike * seen * seen + FEW * 2 * alone * alone) / (unlike + FEW))


def part_of(apart: Floats, weights: Floats | None, *, expected: float) -> Part:
    """The part of rows that are at hand.

    Its reach is twice the spread of the rows that carry it: of all, where that follows a normal
    law, else of the few that lie far off.

    Args:
        apart: (n,) how much each row adds to the difference; 1 or more, in any order.
        weights: (n,) not negative, not all 0; None where every row counts one.
        expected: what a row adds on average.
    """
    order = np.argsort(apart) if weights is None else np.lexsort((weights, apart))
    apart = apart[order]  # sums of floats then have one order
    weights = np.ones(len(apart)) if weights is None else weights[order]
    rows = float(weights.sum()) ** 2 / float(np.square(weights).sum())
    return part_of_counts(apart, weights, rows, expected=expected)


def part_of_counts(apart: Floats, counts: Floats, rows: float, *, expected: float) -> Part:
    """The same for `counts` (m,) rows that add as much each, `rows` of them in effect.

    Where few rows carry the spread, no more are taken to differ than a normal law of that kurtosis
    would have beside rows that are alike.
    """
    shares, off = counts / counts.sum(), apart - expected
    squares = np.square(off)
    variance, fourth = float((shares * squares).sum()), float((shares * np.square(squares)).sum())
    differing = float(shares[np.abs(apart) > ALIKE].sum())
    carrying = 3 * variance * variance / fourth if fourth > 0 else 0.0
    return Part(
        rows=rows,
        unlike=rows * min(differing, carrying),
        variance=variance,
        third=float((shares * squares * off).sum()),
        reach=2 * sqrt(fourth / (3 * variance)) if variance > 0 else 0.0,
    )


def reaching(
    parts: Sequence[Part], apart: Sequence[tuple[Floats, Floats]], alone: Sequence[float]
) -> list[Part]:
    """Parts whose unseen rows may be off as rows of any kind are, see `unseen_reach`.

    A row of one kind that is ranked otherwise moves all of the other kind a little; these do not
    count as rows that differ.

    Args:
        parts: by kind.
        apart: (n,) how much each row of the kind adds to the difference; (n,) their weights.
        alone: by kind, standard deviation of what its rows add to the champion's own value.
    """
    widest = max(part.reach for part in parts)
    found = []
    for part, (each, weights), own in zip(parts, apart, alone, strict=True):
        share = float(weights[np.abs(each) > widest / 10].sum() / weights.sum())
        unlike = min(part.unlike, part.rows * share)
        found.append(replace(part, unlike=unlike, reach=unseen_reach(widest, own, unlike)))
    return found


def difference(value: float, parts: Sequence[Part], *, most: float, level: float) -> Interval:
    """The interval of a difference to which rows of several kinds add.

    Each end is the farther of Student's and of Hall's, whose cubic takes out the skewness; degrees
    of freedom are those of the rows that differ (Welch). Before that, each kind is given an unseen
    row which differs by its reach towards that end and weighs FEW / (FEW + rows that differ): what
    was not observed among few rows may yet be. Where no row differs, see `means.unseen`: no
    observed difference never means width 0.

    Args:
        value: the difference of the rows seen.
        parts: what the rows of each kind add; its variance is a sum over them.
        most: the largest difference that there can be.
        level: two-sided, in (0, 1).

    Returns:
        An interval that holds `value` and widens with the level.

    Source: P. Hall (1992), "On the removal of skewness by transformation", JRSS B 54, 221-228.
    """
    tail = (1 - level) / 2
    if all(part.variance <= 0 or part.unlike <= 0 for part in parts):
        apart = sum(part.reach * (1 - tail ** (1 / part.rows)) for part in parts)
        low, high = value - apart, value + apart
    else:
        low, high = (end_of(value, parts, tail, side) for side in (-1, 1))
    return Interval(max(-most, min(low, value)), min(most, max(high, value)), level)


def end_of(value: float, parts: Sequence[Part], tail: float, side: int) -> float:
    """The lower (-1) or upper (1) end, as in `difference`, of rows of which some differ."""
    shifted = [_with_unseen(part, side) for part in parts]
    variance = sum(each for _, each, _, _ in shifted)
    error = sqrt(variance)
    skewness = sum(third for _, _, third, _ in shifted) / variance / error
    freedom = 1 / sum((each / variance) ** 2 / free for _, each, _, free in shifted)
    reached = _student(1 - tail, freedom)
    farthest = min(-reached, _untwisted(-reached, skewness))
    if side < 0:
        farthest = max(reached, _untwisted(reached, skewness))
    return value + sum(mean for mean, _, _, _ in shifted) - error * farthest


def _with_unseen(part: Part, side: int) -> tuple[float, float, float, float]:
    """Shift, variance and third moment of the part's mean, and its degrees of freedom."""
    rows, weight = part.rows, FEW / (FEW + part.unlike)
    total = rows + weight
    shift = side * weight * part.reach / total
    beyond = side * part.reach - shift
    variance = (rows * (part.variance + shift * shift) + weight * beyond * beyond) / total
    third = rows * (part.third - 3 * shift * part.variance - shift**3) + weight * beyond**3
    free = max(rows - 1, 1.0)
    unbiased = rows * rows / (free * max(rows - 2, 1.0)) * third / total
    return shift, variance / free, unbiased / (rows * rows), max(part.unlike - 1, FEWEST)


@lru_cache(maxsize=64)
def _student(share: float, freedom: float) -> float:
    """Of one level and one set of rows, asked for many supposed differences."""
    return student_quantile(share, freedom)


def _untwisted(reached: float, skewness: float) -> float:
    """The T whose transform T + s T^2 / 3 + s^2 T^3 / 27 + s / 6 is `reached`."""
    if abs(skewness) < 1e-6:
        return reached - skewness * (1 + 2 * reached * reached) / 6
    found = 3 / skewness * (cbrt(1 + skewness * (reached - skewness / 6)) - 1)
    return found if abs(found) < inf else reached
