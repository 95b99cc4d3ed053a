"""A summary of any number of numbers, in order, of bounded size and with a bounded error.

All numbers are kept until someone asks for less. From there on the numbers of `GROUP` rows are
sorted together and every 2^k-th is kept, so that they are no more than a block's; two neighbouring
groups, or two neighbouring runs of 2^l groups, are merged, and of what is more than a block's every
other one is kept. What is merged hangs on the numbers of the rows alone: however they are batched,
parted and merged, the same numbers remain.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from modelgate.dataset import BLOCK_ROWS
from modelgate.profiles.coarse import FEW_VALUES, coarsened
from modelgate.stats.shift import Counted

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

POINTS = 8192
"""Values that a summary is told by."""
GROUP = 8 * BLOCK_ROWS
"""Rows that are sorted together: one sort of them costs less than eight sorts and their mergers."""


@dataclass(frozen=True, slots=True)
class Run:
    """What is kept of some neighbouring groups.

    Attributes:
        values: (n,) ascending.
        level: each stands for 2^level rows.
    """

    values: Floats
    level: int


@dataclass(slots=True)
class Gathered:
    """A group of which some rows were seen.

    Attributes:
        rows: that were seen, those without a number as well.
        count: numbers among them.
        room: (GROUP or more,) the numbers, as they came; what is beyond `count` is not written yet.
    """

    rows: int = 0
    count: int = 0
    room: Floats = field(default_factory=lambda: np.empty(GROUP))

    @property
    def values(self) -> Floats:
        """(count,) the numbers."""
        return self.room[: self.count]

    def add(self, values: Floats, rows: int) -> None:
        """Take in the numbers of some rows."""
        if self.count + len(values) > len(self.room):  # no canonical block: a caller's own table
            self.room = np.concatenate([self.values, np.empty(len(values))])
        self.room[self.count : self.count + len(values)] = values
        self.count += len(values)
        self.rows += rows


class Halvings:
    """Numbers in order.

    The share of rows up to any value is off by at most `error`. Keeping from place o on one number
    in s counts, up to any place, at most s - 1 - o numbers too many, and at most o too few (J. I.
    Munro and M. S. Paterson (1980), "Selection and sorting with limited storage", Theoretical
    Computer Science 12, 315-323). Since o takes turns, of what is too many and too few in sum less
    than 6e-4 of ten million rows is left, and mostly half of that.

    Attributes:
        rows: numbers that were taken in.
        lowest, highest: of them; NaN before the first.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.lowest = self.highest = float("nan")
        self._bounded = False
        self._groups: dict[int, Gathered] = {}
        self._runs: dict[tuple[int, int], Run] = {}  # height in the tree, number at that height
        self._many = self._few = 0  # numbers counted too many, too few, up to any place, at most
        self._distinct: tuple[Floats, Integers] | None = (
            np.zeros(0),
            np.zeros(0, dtype=np.int64),
        )

    def add(self, values: Floats, first: int, rows: int) -> None:
        """Take in the numbers of some rows.

        Args:
            values: (n,) none of them NaN, in any order.
            first: number of the first of these rows in the data set: they are a canonical block, or
                part of one.
            rows: n and those without a number.
        """
        if len(values):
            self.rows += len(values)
            self.lowest = float(np.fmin(self.lowest, values.min()))
            self.highest = float(np.fmax(self.highest, values.max()))
        if self._distinct is not None:
            self._count(*_runs_of_equals(np.sort(values)))
        self._gather(first // GROUP, values, rows)

    def merge(self, other: Halvings) -> None:
        """Take in all that another summary of the same data set has seen."""
        self.rows += other.rows
        self.lowest = float(np.fmin(self.lowest, other.lowest))
        self.highest = float(np.fmax(self.highest, other.highest))
        self._many, self._few = self._many + other._many, self._few + other._few
        if other._distinct is None:
            self._distinct = None
        else:
            self._count(*other._distinct)
        if other._bounded:
            self.bound()
        for number, group in other._groups.items():
            self._gather(number, group.values, group.rows)
        for (height, number), run in other._runs.items():
            self._put(height, number, run)

    def bound(self) -> None:
        """Keep a bounded number of them from now on, however many come."""
        if self._bounded:
            return
        self._bounded = True
        for number in list(self._groups):
            self._settle(number)

    def counted(self) -> Counted:
        """The numbers in order, each with the rows that it stands for.

        Raises:
            ValueError: there is no number.
        """
        if self._distinct is not None:
            return Counted(*self._distinct)
        last = np.concatenate([np.zeros(0), *(group.values for group in self._groups.values())])
        last.sort()
        if not self._runs:
            return Counted(*_runs_of_equals(last))
        tail, many, few = _thinned(last)
        runs = [*self._runs.values(), tail]
        levels = np.array([run.level for run in runs])
        weights = np.repeat(1 << levels, [len(run.values) for run in runs])
        values, counts = _summed(np.concatenate([run.values for run in runs]), weights)
        told = int(counts.sum())
        off = max(self._many + many, self._few + few) + abs(told - self.rows)
        return coarsened(Counted(values, counts, off / min(told, self.rows)), POINTS)

    def _count(self, values: Floats, counts: Integers) -> None:
        """Count distinct numbers, while they are few."""
        if self._distinct is None or not len(values):
            return
        known, rows = self._distinct
        found = _summed(np.concatenate([known, values]), np.concatenate([rows, counts]))
        self._distinct = found if len(found[0]) <= FEW_VALUES else None

    def _gather(self, number: int, values: Floats, rows: int) -> None:
        """Put the numbers of some rows into their group."""
        group = self._groups.get(number)
        if group is None:
            group = self._groups[number] = Gathered()
        group.add(values, rows)
        if self._bounded:
            self._settle(number)

    def _settle(self, number: int) -> None:
        """Once a group is whole, it need not be kept as it is."""
        group = self._groups[number]
        if group.rows == GROUP:
            del self._groups[number]
            group.values.sort()
            self._put(0, number, self._noted(*_thinned(group.values)))

    def _put(self, height: int, number: int, run: Run) -> None:
        """Put a run at its place; two neighbours become one as soon as both are there."""
        while (other := self._runs.pop((height, number ^ 1), None)) is not None:
            height, number = height + 1, number >> 1
            level = max(run.level, other.level)
            both = [self._noted(*_halved(one, level, number & 1)) for one in (run, other)]
            merged = np.concatenate([one.values for one in both])
            merged.sort()  # the usual sort has vector instructions, a stable one has not
            run = Run(merged, level)
            if len(merged) > BLOCK_ROWS:
                run = self._noted(*_halved(run, level + 1, number & 1))
        self._runs[height, number] = run

    def _noted(self, run: Run, many: int, few: int) -> Run:
        """The run, and what it is off added to all that is off."""
        self._many += many
        self._few += few
        return run


Thin = tuple[Run, int, int]
"""A run, and by how many rows it counts too many and too few up to any place, at most."""


def _thinned(ordered: Floats) -> Thin:
    """A group's numbers, or one in 2^k of them, so that they are no more than a block's."""
    level = max(0, len(ordered) - 1).bit_length() - (BLOCK_ROWS - 1).bit_length()
    if level <= 0:
        return Run(ordered.copy(), 0), 0, 0
    step = 1 << level
    return Run(ordered[step // 2 :: step].copy(), level), step - 1 - step // 2, step // 2


def _halved(run: Run, level: int, start: int) -> Thin:
    """A run at a higher level, by dropping every other number as often as needed."""
    many = few = 0
    while run.level < level:
        off = 1 << run.level if len(run.values) else 0
        many, few = many + off * (1 - start), few + off * start
        run = Run(run.values[start::2].copy(), run.level + 1)
    return run, many, few


def _summed(values: Floats, rows: Integers) -> tuple[Floats, Integers]:
    """The distinct numbers in order, and the rows of each."""
    order = np.argsort(values)
    values, rows = values[order], rows[order]
    starts = _starts(values)
    return values[starts], np.add.reduceat(rows, starts)


def _runs_of_equals(ordered: Floats) -> tuple[Floats, Integers]:
    """The distinct numbers among ordered ones, and how often each occurs."""
    starts = _starts(ordered)
    return ordered[starts], np.diff(starts, append=len(ordered))


def _starts(ordered: Floats) -> NDArray[np.intp]:
    """Where another number begins; infinite ones are equal to themselves."""
    new = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return np.flatnonzero(new)
