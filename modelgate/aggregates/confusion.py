"""How often each class was answered as each."""

from __future__ import annotations

from typing import Self

import numpy as np

from modelgate.aggregates import Aggregate, Batch, Facts, Floats, Integers
from modelgate.aggregates.exact import ExactSums

_DENSE = 1 << 14  # cells up to which a fresh count of a whole block is cheaper than single steps


class Confusion(Aggregate):
    """The confusion matrix: truth down, answer across.

    Attributes:
        counts: (classes, classes) rows.
        rows: their number.
        weighted: whether the rows bear weights.
    """

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        size = len(facts.classes)
        self.counts: Integers = np.zeros((size, size), dtype=np.int64)
        self._weights: ExactSums | None = None
        self._squares: ExactSums | None = None

    def add(self, batch: Batch) -> None:
        """Count some rows."""
        size = len(self.facts.classes)
        cells = batch.truth.astype(np.int64) * size + batch.answer
        flat = self.counts.reshape(-1)
        if size * size <= _DENSE:
            flat += np.bincount(cells, minlength=size * size)
        else:
            np.add.at(flat, cells, 1)
        if batch.weight is not None:
            weights, squares = self._sums()
            weights.add(batch.weight, cells)
            squares.add(np.square(batch.weight, dtype=np.float64), cells)

    def merge(self, other: Self) -> None:
        """Take in the counts of another."""
        self.counts += other.counts
        if other._weights is not None and other._squares is not None:
            weights, squares = self._sums()
            weights.merge(other._weights)
            squares.merge(other._squares)

    @property
    def rows(self) -> int:
        """Rows counted."""
        return int(self.counts.sum())

    @property
    def weighted(self) -> bool:
        """Whether the rows bear weights."""
        return self._weights is not None

    @property
    def weights(self) -> Floats:
        """(classes, classes) sum of weights a cell; the counts where no row bears one."""
        if self._weights is None:
            return self.counts.astype(np.float64)
        return self._weights.values.reshape(self.counts.shape)

    @property
    def squares(self) -> Floats:
        """(classes, classes) sum of squared weights a cell; the counts where no row bears one."""
        if self._squares is None:
            return self.counts.astype(np.float64)
        return self._squares.values.reshape(self.counts.shape)

    def _sums(self) -> tuple[ExactSums, ExactSums]:
        if self._weights is None or self._squares is None:
            self._weights = ExactSums(self.counts.size)
            self._squares = ExactSums(self.counts.size)
        return self._weights, self._squares
