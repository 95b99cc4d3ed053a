"""What two models answered to the same rows, beside what is true."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar, Self

import numpy as np

from modelgate.aggregates import Aggregate, Batch, Facts, Floats, Integers
from modelgate.aggregates.exact import ExactSums

_DENSE = 1 << 12  # cells up to which all are counted, and weights are summed


class PairedConfusion(Aggregate):
    """Rows by truth, the candidate's answer and the champion's.

    Attributes:
        alike, apart: rows without a label that both answer alike, and differently. The first count
            for a comparison whatever their label would be; of the others nobody knows.
        weighted: whether the rows bear weights.
    """

    paired: ClassVar[bool] = True
    unlabelled: ClassVar[bool] = True

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.size = len(facts.classes)
        self.alike = 0
        self.apart = 0
        self._dense = self.size**3 <= _DENSE
        self._counts: Integers = np.zeros(self.size**3 if self._dense else 0, dtype=np.int64)
        self._rare: Counter[int] = Counter()
        self._weights: ExactSums | None = None
        self._squares: ExactSums | None = None
        self.weighted = False

    def add(self, batch: Batch) -> None:
        """Count some rows."""
        assert batch.champion_answer is not None
        if batch.labelled is not None and not batch.labelled.all():
            rest = batch.take(~batch.labelled)
            alike = int((rest.answer == rest.champion_answer).sum())
            self.alike += alike
            self.apart += len(rest) - alike
            batch = batch.take(batch.labelled)
            assert batch.champion_answer is not None
        cells = batch.truth.astype(np.int64) * self.size + batch.answer
        cells = cells * self.size + batch.champion_answer
        self.weighted |= batch.weight is not None
        if not self._dense:
            found, counts = np.unique(cells, return_counts=True)
            self._rare.update(dict(zip(found.tolist(), counts.tolist(), strict=True)))
            return
        self._counts += np.bincount(cells, minlength=len(self._counts))
        if batch.weight is not None:
            weights, squares = self._sums()
            weights.add(batch.weight, cells)
            squares.add(np.square(batch.weight, dtype=np.float64), cells)

    def merge(self, other: Self) -> None:
        """Take in the counts of another."""
        self.alike += other.alike
        self.apart += other.apart
        self.weighted |= other.weighted
        self._counts += other._counts
        self._rare.update(other._rare)
        if other._weights is not None and other._squares is not None:
            weights, squares = self._sums()
            weights.merge(other._weights)
            squares.merge(other._squares)

    @property
    def weighable(self) -> bool:
        """Whether the weights are known: of so many classes they are not kept."""
        return self._dense or not self.weighted

    @property
    def cells(self) -> tuple[Integers, Integers, Integers, Integers]:
        """Truth, candidate's answer, champion's answer and rows of each cell that occurs.

        In the order of the truth, then of the answers.
        """
        if self._dense:
            places = np.flatnonzero(self._counts)
            rows = self._counts[places]
        else:
            places = np.array(sorted(self._rare), dtype=np.int64)
            rows = np.array([self._rare[place] for place in places.tolist()], dtype=np.int64)
        answers, champion = np.divmod(places, max(self.size, 1))
        truth, candidate = np.divmod(answers, max(self.size, 1))
        return truth, candidate, champion, rows

    @property
    def weights(self) -> tuple[Floats, Floats]:
        """Sums of weights and of squared weights of the same cells; the rows where none weighs."""
        rows = self.cells[3]
        if self._weights is None or self._squares is None:
            return rows.astype(np.float64), rows.astype(np.float64)
        places = np.flatnonzero(self._counts)
        return self._weights.values[places], self._squares.values[places]

    @property
    def rows(self) -> int:
        """Rows with a label."""
        return int(self._counts.sum()) + self._rare.total()

    def _sums(self) -> tuple[ExactSums, ExactSums]:
        if self._weights is None or self._squares is None:
            self._weights = ExactSums(self.size**3)
            self._squares = ExactSums(self.size**3)
        return self._weights, self._squares
