"""The rows that a champion answers rightly and the candidate does not."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from modelgate.aggregates import Aggregate, Batch, Facts

KEPT = 20


class Flipped(Aggregate):
    """A few of the rows that only the champion answers rightly, the candidate's surest first.

    Attributes:
        rows: (how sure the candidate was, row number, truth, candidate's answer).
    """

    paired: ClassVar[bool] = True

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.rows: list[tuple[float, int, int, int]] = []

    def add(self, batch: Batch) -> None:
        """See `Aggregate.add`."""
        if batch.row is None or not len(batch):
            return
        lost = (batch.answer != batch.truth) & (batch.champion_answer == batch.truth)
        at = np.flatnonzero(lost)
        sure = np.ones(len(at)) if batch.scores is None else batch.scores[at, batch.answer[at]]
        best = np.lexsort((batch.row[at], -sure))[:KEPT]
        self._keep(
            [
                (
                    float(sure[i]),
                    int(batch.row[at[i]]),
                    int(batch.truth[at[i]]),
                    int(batch.answer[at[i]]),
                )
                for i in best
            ]
        )

    def merge(self, other: Self) -> None:
        """See `Aggregate.merge`."""
        self._keep(other.rows)

    def _keep(self, rows: list[tuple[float, int, int, int]]) -> None:
        self.rows = sorted([*self.rows, *rows], key=lambda row: (-row[0], row[1]))[:KEPT]
