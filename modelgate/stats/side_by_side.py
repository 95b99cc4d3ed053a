"""Two samples of numbers, counted up to each value that either has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modelgate.stats.shift import Counted, Floats, Integers


@dataclass(frozen=True, slots=True)
class Steps:
    """Two samples side by side, at each distinct value of both.

    Attributes:
        values: (g,) ascending.
        mine: (g,) rows of the first up to the value.
        theirs: (g,) of the second.
    """

    values: Floats
    mine: Integers
    theirs: Integers

    @classmethod
    def of(cls, one: Counted, other: Counted) -> Steps:
        """Of two samples; values that neither has are left out."""
        values = np.concatenate((one.values[one.counts > 0], other.values[other.counts > 0]))
        order = np.argsort(values, kind="stable")  # two runs in order: one pass
        values = values[order]
        first = int((one.counts > 0).sum())
        counts = np.concatenate((one.counts[one.counts > 0], other.counts[other.counts > 0]))[order]
        mine = np.cumsum(np.where(order < first, counts, 0))
        theirs = np.cumsum(np.where(order < first, 0, counts))
        last = np.append(values[1:] != values[:-1], True)
        return cls(values[last], mine[last], theirs[last])

    @property
    def rows(self) -> int:
        """Of the first sample."""
        return int(self.mine[-1])

    @property
    def others(self) -> int:
        """Of the second sample."""
        return int(self.theirs[-1])

    @property
    def up_to(self) -> Integers:
        """(g,) rows of both up to the value."""
        return self.mine + self.theirs

    @property
    def gaps(self) -> Integers:
        """(g,) difference of the two shares, times the rows of both: whole numbers."""
        return self.mine * self.others - self.theirs * self.rows
