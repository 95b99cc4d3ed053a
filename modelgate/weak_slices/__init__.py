"""Slices that nobody named: searched on one half of the rows, held to what the other half says.

Among thousands of slices some look weak by chance. What was found on one half is therefore asked
again on the other, which had no part in the choice; then the halves change places. All questions
together are wrong with 5 % at most: half of it each way, shared by Holm's procedure. Which half a
row belongs to is told by a hash of what it holds and how often it occurred before: the order of the
file has no say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from modelgate.aggregates import Flags
from modelgate.aggregates.columns import Column
from modelgate.aggregates.row_losses import KeptRows, RowLosses, mixed, scattered
from modelgate.metrics.measure import NEEDS_SCORES
from modelgate.slices import Part
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.inversion import IntervalAt, p_at_least
from modelgate.stats.multiplicity import holm
from modelgate.stats.unpaired import Lot, chance_of_share, means_apart, shares_apart
from modelgate.weak_slices.search import Half, search
from modelgate.weak_slices.terms import Terms, inside, part_of

ALPHA = 0.05
"""Chance that any slice is confirmed where none is weak."""
SMALLEST = 100
"""Rows of the smallest slice that is searched, where nobody says another number."""
MOST_TESTED = 5
"""Slices that are asked again on the other half: with each, all have to show more."""
ALIKE = 0.5
"""Share of the smaller one's rows from which two slices are told as one."""
STEPS = 1 << 16
"""Steps that losses are rounded to, so that their sums are exact in any order."""


@dataclass(frozen=True, slots=True)
class Weak:
    """A slice that looked weak on one half, as the other half sees it.

    Attributes:
        part: what it is, as a suite names it.
        rows: in both halves.
        n: in the half that confirms.
        loss: mean of its rows there.
        rest: mean of all other rows there.
        interval: of the difference, for all slices at once (Bonferroni).
        p_value: adjusted for all that were asked again, against "no weaker than the rest".
    """

    part: Part
    rows: int
    n: int
    loss: float
    rest: float
    interval: Interval
    p_value: float

    @property
    def gap(self) -> float:
        """How much more a row of the slice costs than any other."""
        return self.loss - self.rest

    @property
    def confirmed(self) -> bool:
        """Whether the other half shows it too."""
        return self.p_value <= ALPHA


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        slices: the confirmed ones first, then by how far they lie behind.
        rows: that were searched, in both halves.
        at: the interval of the largest gap at any level; None where there is no slice at all.
    """

    slices: tuple[Weak, ...]
    rows: int
    at: IntervalAt | None

    @property
    def confirmed(self) -> tuple[Weak, ...]:
        """Those that the other half shows too."""
        return tuple(one for one in self.slices if one.confirmed)


def unsearchable(losses: RowLosses) -> str | None:
    """Why there is nothing to be searched; None where there is."""
    if losses.grouped:
        return "rows that belong together (`group:`) are not worth what they count"
    if losses.unknown:
        return NEEDS_SCORES
    if not losses.columns:
        return (
            "no column tells rows apart: all are targets, texts of their own or all alike"
            " (and slices of `by` are not searched for slices)"
        )
    return None


def weak_slices(losses: RowLosses, *, min_rows: int) -> Found:
    """The slices that are weaker than the rest.

    Args:
        losses: of the rows.
        min_rows: rows of the smallest slice that is looked for.
    """
    kept = losses.kept
    step = _step(kept)
    loss = np.rint(kept.loss / step)
    first = _first_half(kept)
    halves = [Half(kept.codes[rows], loss[rows]) for rows in (first, ~first)]
    tests = [
        test
        for half, other in (halves, halves[::-1])
        for test in _tests(half, other, losses.columns, min_rows=min_rows, step=step)
    ]
    found = [
        Weak(
            part=part_of(test.terms, losses.columns),
            rows=int(inside(test.terms, kept.codes).sum()),
            n=int(test.mine.rows),
            loss=test.mine.mean * step,
            rest=test.rest.mean * step,
            interval=_at_once(test.at, len(tests), LEVEL),
            p_value=test.p_value,
        )
        for test in _distinct(tests, kept)
    ]
    found.sort(key=lambda one: (not one.confirmed, -one.gap))
    at = partial(_largest, [test.at for test in tests]) if tests else None
    return Found(tuple(found), len(kept.loss), at)


@dataclass(frozen=True, slots=True)
class _Test:
    """A slice that is asked again.

    Attributes:
        terms: what it is.
        mine: its rows in the half that answers.
        rest: all other rows there.
        at: intervals of the gap.
        p_value: adjusted.
    """

    terms: Terms
    mine: Lot
    rest: Lot
    at: IntervalAt
    p_value: float


def _tests(
    half: Half, other: Half, columns: Sequence[Column], *, min_rows: int, step: float
) -> list[_Test]:
    """What one half shows, asked again on the other."""
    found: list[_Test] = []
    for terms in search(half, columns, least=min_rows / 2, most=MOST_TESTED):
        mine, rest = _lots(terms, other)
        if min(mine.rows, rest.rows) >= max(min_rows / 4, 2):
            at = _interval_at(mine, rest, step)
            p_value = chance_of_share(mine, rest) if step == 1.0 else p_at_least(at, 0.0)
            found.append(_Test(terms, mine, rest, at, p_value))
    p_values = 2 * holm(np.array([test.p_value for test in found]))
    return [
        replace(test, p_value=min(p_value, 1.0))
        for test, p_value in zip(found, p_values.tolist(), strict=True)
    ]


def _distinct(tests: Sequence[_Test], kept: KeptRows) -> list[_Test]:
    """The surest first; those that share most of their rows with a surer one are left out."""
    chosen: list[tuple[_Test, Flags]] = []
    for test in sorted(tests, key=lambda one: (one.p_value, -one.mine.mean)):
        rows = inside(test.terms, kept.codes)
        alike = [
            (rows & others).sum() > ALIKE * min(rows.sum(), others.sum()) for _, others in chosen
        ]
        if not any(alike):
            chosen.append((test, rows))
    return [test for test, _ in chosen]


def _step(kept: KeptRows) -> float:
    """What losses are rounded to: 1 where they are 0 or 1, else a small part of the largest."""
    most = float(kept.loss.max(initial=0.0))
    return 1.0 if most <= 0 or np.isin(kept.loss, (0.0, 1.0)).all() else most / STEPS


def _first_half(kept: KeptRows) -> Flags:
    """(m,) which rows belong to one of the halves."""
    alike = np.zeros(len(kept.loss), dtype=np.bool_)
    alike[1:] = (kept.content[1:] == kept.content[:-1]) & (kept.loss[1:] == kept.loss[:-1])
    place = np.arange(len(alike))
    before = place - np.maximum.accumulate(np.where(alike, 0, place))  # equal rows before it
    salt = mixed(kept.content, np.ascontiguousarray(kept.loss).view(np.uint64))
    found: Flags = scattered(mixed(salt, before.astype(np.uint64))) >> np.uint64(63) == 0
    return found


def _lots(terms: Terms, half: Half) -> tuple[Lot, Lot]:
    """The rows of a slice, and all others."""
    mine = inside(terms, half.codes)
    return _lot(half, mine), _lot(half, ~mine)


def _lot(half: Half, which: Flags) -> Lot:
    loss = half.loss[which]
    count = len(loss)
    if count < 2:
        return Lot(0.0, 0.0, count)
    mean = float(loss.sum()) / count
    variance = max(float((loss * loss).sum()) / count - mean * mean, 0.0)
    return Lot(mean, variance * count / (count - 1), count)


def _interval_at(mine: Lot, rest: Lot, step: float) -> IntervalAt:
    if step == 1.0:
        return partial(shares_apart, mine, rest)

    def at(level: float) -> Interval:
        found = means_apart(mine, rest, level)
        return Interval(found.low * step, found.high * step, level)

    return at


def _at_once(at: IntervalAt, number: int, level: float) -> Interval:
    found = at(min(1 - (1 - level) / number, 1 - 1e-14))
    return Interval(found.low, found.high, level)


def _largest(at: Sequence[IntervalAt], level: float) -> Interval:
    """Where the largest of the gaps lies: all intervals at once."""
    found = [_at_once(one, len(at), level) for one in at]
    return Interval(max(one.low for one in found), max(one.high for one in found), level)
