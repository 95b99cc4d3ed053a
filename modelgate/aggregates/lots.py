"""Any aggregate, kept for random lots of groups of rows, so that each lot can be left out."""

from __future__ import annotations

from math import log
from typing import ClassVar, Self

import numpy as np

from modelgate.aggregates import Aggregate, Batch, Facts, Integers, Need

LOTS = 64
"""Lots that groups are put into: their spread is known to 9 %, and so are the intervals."""
_BITS = 1 << 20


class Lots(Aggregate):
    """One aggregate a lot; a group lies in one lot, by the hash of its name.

    Attributes:
        inner: what is kept of each lot.
        parts: lot -> its aggregate, for lots that have rows.
        rows: (LOTS,) rows of each.
    """

    chooses: ClassVar[bool] = True

    def __init__(self, facts: Facts, *, inner: Need) -> None:
        super().__init__(facts)
        self.inner = inner
        self.parts: dict[int, Aggregate] = {}
        self.rows: Integers = np.zeros(LOTS, dtype=np.int64)
        self._seen = np.zeros(_BITS, dtype=bool)

    def add(self, batch: Batch) -> None:
        """Take in some rows, each into the lot of its group."""
        batch = batch.part_for(self.inner.kind)
        assert batch.group is not None
        self._seen[batch.group % np.uint64(_BITS)] = True
        lot = (batch.group >> np.uint64(32)) % np.uint64(LOTS)
        order = np.argsort(lot, kind="stable")
        ordered, lots = batch.take(order), lot[order]
        found, starts = np.unique(lots, return_index=True)
        ends = np.append(starts[1:], len(lots))
        for at, start, end in zip(found.tolist(), starts.tolist(), ends.tolist(), strict=True):
            if at not in self.parts:
                self.parts[at] = self.inner.make(self.facts)
            self.parts[at].add(ordered.take(slice(start, end)))
            self.rows[at] += end - start

    def merge(self, other: Self) -> None:
        """Take in the lots of another."""
        self.rows += other.rows
        self._seen |= other._seen
        for at, part in other.parts.items():
            if at not in self.parts:
                self.parts[at] = self.inner.make(self.facts)
            self.parts[at].merge(part)

    @property
    def groups(self) -> float:
        """How many groups there are, nearly: counted by their marks in a table of a million."""
        marks = int(self._seen.sum())
        if marks >= _BITS:
            return float(_BITS)
        return _BITS * log(_BITS / (_BITS - marks))

    @property
    def whole(self) -> Aggregate:
        """The aggregate of all rows."""
        return self._merged(list(self.parts))

    def without(self, lot: int) -> Aggregate:
        """The aggregate of all rows but those of one lot."""
        return self._merged([at for at in self.parts if at != lot])

    def _merged(self, lots: list[int]) -> Aggregate:
        found = self.inner.make(self.facts)
        for lot in sorted(lots):
            found.merge(self.parts[lot])
        return found
