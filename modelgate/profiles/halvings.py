"""A summary of any number of numbers, in order, of bounded size and with a bounded error.

All numbers are kept until someone asks for less. From there on the sorted numbers of two
neighbouring blocks, or of two neighbouring runs of 2^k blocks, are merged, and where they are more
than a block holds every other one is kept and stands for twice the rows. What is merged hangs on
the numbers of the blocks alone: however the blocks are batched, parted and merged, the same numbers
remain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelgate.dataset import BLOCK_ROWS
from modelgate.stats.shift import Counted

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FEW_VALUES = 4096
"""Distinct numbers up to which each is counted, however many rows there are."""


@dataclass(frozen=True, slots=True)
class Run:
    """What is kept of some neighbouring blocks.

    Attributes:
        values: (n,) ascending.
        level: each stands for 2^level rows.
    """

    values: Floats
    level: int


class Halvings:
    """Numbers in order.

    The share of rows up to any value is off by at most `error`: a halving that keeps the first of
    each two numbers counts at most one number too many up to any place, one that keeps the second
    at most one too few (J. I. Munro and M. S. Paterson (1980), "Selection and sorting with limited
    storage", Theoretical Computer Science 12, 315-323). In sum less than levels / (2 * 8,192),
    6e-4 for ten million rows; mostly half of it, since the two kinds take turns.

    Attributes:
        rows: numbers that were taken in.
        lowest, highest: of them; NaN before the first.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.lowest = self.highest = float("nan")
        self._bounded = False
        self._runs: dict[tuple[int, int], Run] = {}  # height in the tree, number at that height
        self._off = [0, 0]  # rows that may be counted too many, too few, up to any place
        self._distinct: tuple[Floats, Integers] | None = (
            np.zeros(0),
            np.zeros(0, dtype=np.int64),
        )

    def add(self, values: Floats, first: int) -> None:
        """Take in the numbers of some rows.

        Args:
            values: (n,) none of them NaN, in any order.
            first: number of the first of these rows in the data set: the rows are a canonical
                block, or part of one.
        """
        if not len(values):
            return
        ordered = np.sort(values)
        self.rows += len(ordered)
        self.lowest = float(np.fmin(self.lowest, ordered[0]))
        self.highest = float(np.fmax(self.highest, ordered[-1]))
        if self._distinct is not None:
            self._count(*_runs_of_equals(ordered))
        number = first // BLOCK_ROWS
        earlier = self._runs.pop((0, number), None)  # of a block that came in pieces
        if earlier is not None:
            ordered = _merged(ordered, earlier.values)
        self._put(0, number, Run(ordered, 0))

    def merge(self, other: Halvings) -> None:
        """Take in all that another summary of the same data set has seen."""
        self.rows += other.rows
        self.lowest = float(np.fmin(self.lowest, other.lowest))
        self.highest = float(np.fmax(self.highest, other.highest))
        self._off = [one + more for one, more in zip(self._off, other._off, strict=True)]
        if other._distinct is None:
            self._distinct = None
        else:
            self._count(*other._distinct)
        if other._bounded:
            self.bound()
        for (height, number), run in other._runs.items():
            self._put(height, number, run)

    def bound(self) -> None:
        """Keep a bounded number of them from now on, however many come."""
        if self._bounded:
            return
        self._bounded = True
        runs, self._runs = self._runs, {}
        for (height, number), run in runs.items():
            self._put(height, number, run)

    @property
    def error(self) -> float:
        """How far the share of rows up to any value may be off; 0 where every number is kept."""
        if self._distinct is not None or not self.rows:
            return 0.0
        told = sum(len(run.values) << run.level for run in self._runs.values())
        return (max(self._off) + abs(told - self.rows)) / min(told, self.rows)

    def counted(self) -> Counted:
        """The numbers in order, each with the rows that it stands for.

        Raises:
            ValueError: there is no number.
        """
        if self._distinct is not None:
            return Counted(*self._distinct)
        runs = list(self._runs.values())
        values = np.concatenate([run.values for run in runs])
        if not any(run.level for run in runs):
            values.sort()
            return Counted(*_runs_of_equals(values))
        weights = np.repeat([1 << run.level for run in runs], [len(run.values) for run in runs])
        return Counted(*_summed(values, weights), self.error)

    def _count(self, values: Floats, counts: Integers) -> None:
        """Count distinct numbers, while they are few."""
        if self._distinct is None:
            return
        known, rows = self._distinct
        found = _summed(np.concatenate([known, values]), np.concatenate([rows, counts]))
        self._distinct = found if len(found[0]) <= FEW_VALUES else None

    def _put(self, height: int, number: int, run: Run) -> None:
        """Put a run at its place; two neighbours become one as soon as both are there."""
        while self._bounded:
            other = self._runs.pop((height, number ^ 1), None)
            if other is None:
                break
            height, number = height + 1, number >> 1
            while run.level != other.level:
                run, other = sorted((run, other), key=lambda one: one.level)
                run = self._halved(run, number)
            run = Run(_merged(run.values, other.values), run.level)
            if len(run.values) > BLOCK_ROWS:
                run = self._halved(run, number)
        self._runs[height, number] = run

    def _halved(self, run: Run, number: int) -> Run:
        """Every other number: with neighbours taking turns, the errors cancel but for chance."""
        start = number & 1
        self._off[start] += 1 << run.level
        return Run(run.values[start::2], run.level + 1)


def _merged(one: Floats, other: Floats) -> Floats:
    """Two sorted runs as one: the usual sort has vector instructions, the stable one has not."""
    every = np.concatenate([one, other])
    every.sort()
    return every


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
