"""How the scores of two models rank the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Aggregate, Batch, Facts, Integers
from modelgate.aggregates.ranking import Ranking

_STEPS = 5
"""An octave of min(s, 1 - s) has 2^5 joint bins: coarse ones, for they are counted by pairs."""
_OCTAVES = 12  # below 2^-12 of the ends, all scores share a bin
_HALF = _OCTAVES << _STEPS
BINS = 2 * _HALF + 2
"""Joint bins of a score: 0 to 385 up to one half, the others above."""


@dataclass(frozen=True, slots=True)
class Joint:
    """Rows by the scores that both models gave to one class.

    Attributes:
        candidate, champion: (m,) the place of the row's score, among `places` of its model.
        own: (m,) whether the row is of the class.
        rows: (m,) so many rows; all 1 where every row is kept.
    """

    candidate: Integers
    champion: Integers
    own: NDArray[np.bool_]
    rows: Integers


class PairedRanking(Aggregate):
    """Scores of each class by two models.

    Every row is kept as long as `Ranking` keeps it. Past that each model's scores are counted in
    its own fine bins, and both together, by class, in coarse ones.

    Attributes:
        candidate: the scores of the model on trial.
        champion: those of the other; the rows of both come in one order.
    """

    paired: ClassVar[bool] = True

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.candidate = Ranking(facts)
        self.champion = Ranking(facts)
        self._joint: list[tuple[Integers, Integers]] | None = None  # cells and rows, by column

    def add(self, batch: Batch) -> None:
        """Take in the scores of some rows."""
        if batch.scores is None or batch.champion_scores is None:
            for each in (self.candidate, self.champion):
                each.add(Batch(batch.truth, batch.answer, None, batch.weight))
            return
        if self.candidate.binned_with(len(batch)):
            self._count_kept()
        if self._joint is not None:
            for place, column in enumerate(self.candidate.columns):
                one, two = batch.scores[:, column], batch.champion_scores[:, column]
                self._count(place, self._cells(one, two, batch.truth == column))
        self.candidate.add(Batch(batch.truth, batch.answer, batch.scores, batch.weight))
        self.champion.add(Batch(batch.truth, batch.answer, batch.champion_scores, batch.weight))

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        many = self.candidate.binned_with(other.candidate.rows)
        if many or self._joint is not None or other._joint is not None:
            self._count_kept()
            other._count_kept()
        if self._joint is not None and other._joint is not None:
            for place, cells in enumerate(other._joint):
                self._count(place, cells)
        self.candidate.merge(other.candidate)
        self.champion.merge(other.champion)

    @property
    def labels_only(self) -> bool:
        """Whether some rows came without the scores of either model."""
        return self.candidate.labels_only

    @property
    def is_exact(self) -> bool:
        """Whether every row was kept."""
        return self._joint is None

    def joint(self, place: int) -> Joint:
        """The counted pairs of bins of one of `Ranking.columns`, where rows are not kept."""
        assert self._joint is not None
        cells, rows = self._joint[place]
        pairs, own = np.divmod(cells, 2)
        one, two = np.divmod(pairs, BINS)
        return Joint(one, two, own == 1, rows)

    def _cells(
        self, one: NDArray[Any], two: NDArray[Any], own: NDArray[np.bool_]
    ) -> tuple[Integers, Integers]:
        # Each fourfold of the columns halves the bins: together they have about a million cells.
        coarser = ((len(self.candidate.columns) - 1).bit_length() + 1) // 2
        first, second = joint_bins(one, coarser), joint_bins(two, coarser)
        found, counts = np.unique((first * BINS + second) * 2 + own, return_counts=True)
        return found, counts

    def _count_kept(self) -> None:
        """From now on, count pairs of bins."""
        if self._joint is not None:
            return
        none = np.zeros(0, dtype=np.int64)
        self._joint = [(none, none) for _ in self.candidate.columns]
        if self.labels_only or not self.candidate.rows:
            return
        one, own, _ = self.candidate.kept
        two, _, _ = self.champion.kept
        for place in range(len(one)):
            self._count(place, self._cells(one[place], two[place], own[place]))

    def _count(self, place: int, more: tuple[Integers, Integers]) -> None:
        assert self._joint is not None
        cells, rows = self._joint[place]
        found, where = np.unique(np.concatenate([cells, more[0]]), return_inverse=True)
        counts = np.zeros(len(found), dtype=np.int64)
        np.add.at(counts, where, np.concatenate([rows, more[1]]))
        self._joint[place] = found, counts


def joint_bins(scores: NDArray[Any], coarser: int = 0) -> Integers:
    """The coarse bin of each score in [0, 1]; rises with the score, and is finest at the ends."""
    size = np.clip(scores.astype(np.float64), 0.0, 1.0)
    least = np.minimum(size, 1 - size)
    steps = least.view(np.int64) >> (52 - _STEPS)  # rises with the size: by octave and step
    below: Integers = np.maximum(steps - ((1023 - 1 - _OCTAVES) << _STEPS) + 1, 0)
    found = np.where(size > 0.5, BINS - 1 - below, below)
    return (found >> coarser) << coarser
