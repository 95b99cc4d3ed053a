"""A summary of any number of numbers, in order, of bounded size and with a bounded error.

All numbers are kept below a million rows. From there on the sorted numbers of two neighbouring
blocks, or of two neighbouring runs of 2^k blocks, are merged and every other one is kept, so that a
number of level k stands for 2^k rows. Which runs are merged hangs on the numbers of the blocks
alone: however the blocks are batched, parted and merged, the same numbers remain.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.dataset import BLOCK_ROWS
from modelgate.stats.shift import Counted

Floats = NDArray[np.float64]

EXACT_ROWS = 1_000_000
"""Rows below which every number is kept."""
FEW_VALUES = 4096
"""Distinct numbers up to which each is counted, however many rows there are."""


class Halvings:
    """Numbers in order.

    The share of rows up to any value is off by at most `error`: every merging shifts it by the
    weight of one kept number (J. I. Munro and M. S. Paterson (1980), "Selection and sorting with
    limited storage", Theoretical Computer Science 12, 315-323), in sum less than
    levels / (2 * 8,192): 6e-4 for ten million rows.

    Attributes:
        rows: numbers that were taken in.
        lowest, highest: of them; NaN before the first.
    """

    def __init__(self, *, exact_rows: int = EXACT_ROWS) -> None:
        """Hold nothing yet.

        Args:
            exact_rows: rows below which every number is kept; 0 where more are known to come.
        """
        self.rows = 0
        self.lowest = self.highest = float("nan")
        self._exact_rows = exact_rows
        self._runs: dict[tuple[int, int], Floats] = {}  # level, number of the run -> sorted numbers
        self._off = 0
        self._distinct: tuple[Floats, NDArray[np.int64]] | None = (
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
        self._count(*_runs_of_equals(ordered))
        number = first // BLOCK_ROWS
        earlier = self._runs.pop((0, number), None)  # of a block that came in pieces
        if earlier is not None:
            ordered = np.sort(np.concatenate([earlier, ordered]), kind="stable")
        self._put(0, number, ordered)
        self._settle()

    def merge(self, other: Halvings) -> None:
        """Take in all that another summary of the same data set has seen."""
        self.rows += other.rows
        self.lowest = float(np.fmin(self.lowest, other.lowest))
        self.highest = float(np.fmax(self.highest, other.highest))
        self._off += other._off
        if other._distinct is None:
            self._distinct = None
        else:
            self._count(*other._distinct)
        for (level, number), values in other._runs.items():
            self._put(level, number, values)
        self._settle()

    @property
    def error(self) -> float:
        """How far the share of rows up to any value may be off; 0 where every number is kept."""
        return 0.0 if self._distinct is not None or not self.rows else self._off / self.rows

    def counted(self) -> Counted:
        """The numbers in order, each with the rows that it stands for.

        Raises:
            ValueError: there is no number.
        """
        if self._distinct is not None:
            return Counted(*self._distinct)
        values = np.concatenate(list(self._runs.values()))
        weights = np.concatenate(
            [
                np.full(len(run), 1 << level, dtype=np.int64)
                for (level, _), run in self._runs.items()
            ]
        )
        order = np.argsort(values, kind="stable")
        values, weights = values[order], weights[order]
        starts = np.flatnonzero(np.diff(values, prepend=np.nan) != 0)
        return Counted(values[starts], np.add.reduceat(weights, starts), self.error)

    def _count(self, values: Floats, counts: NDArray[np.int64]) -> None:
        """Count distinct numbers, while they are few."""
        if self._distinct is None:
            return
        known, rows = self._distinct
        every = np.concatenate([known, values])
        order = np.argsort(every, kind="stable")
        every, rows = every[order], np.concatenate([rows, counts])[order]
        starts = np.flatnonzero(np.diff(every, prepend=np.nan) != 0)
        exact = len(starts) <= FEW_VALUES
        self._distinct = (every[starts], np.add.reduceat(rows, starts)) if exact else None

    def _settle(self) -> None:
        """Once there are many rows, every two neighbouring runs become one."""
        if self.rows < self._exact_rows:
            return
        for level, number in sorted(self._runs):
            run = self._runs.get((level, number))
            if run is not None:
                del self._runs[level, number]
                self._put(level, number, run, merging=True)
        self._exact_rows = 0

    def _put(self, level: int, number: int, run: Floats, *, merging: bool = False) -> None:
        while merging or not self._exact_rows:
            other = self._runs.pop((level, number ^ 1), None)
            if other is None:
                break
            run = np.sort(np.concatenate([run, other]), kind="stable")
            # Taking now the odd and now the even places, the errors cancel but for chance.
            run = run[(number >> 1) & 1 :: 2]
            self._off += 1 << level
            level, number = level + 1, number >> 1
        self._runs[level, number] = run


def _runs_of_equals(ordered: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The distinct numbers among ordered ones, and how often each occurs."""
    starts = np.flatnonzero(np.diff(ordered, prepend=np.nan) != 0)
    return ordered[starts], np.diff(starts, append=len(ordered))
