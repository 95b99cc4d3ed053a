"""The rows that speak most clearly against the model."""

from __future__ import annotations

from typing import Self

import numpy as np

from modelgate.aggregates import Aggregate, Batch, Facts

KEPT = 5


class Worst(Aggregate):
    """The few rows with the largest loss.

    For classification, wrongly answered rows by the probability that the model gave its wrong
    answer (one where it gives labels only); for regression, rows by |answer - truth|.

    Attributes:
        rows: (loss, row number, truth, answer), worst first, earlier rows first among equals.
    """

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.rows: list[tuple[float, int, float, float]] = []

    def add(self, batch: Batch) -> None:
        """See `Aggregate.add`. Rows without a number are passed over."""
        if batch.row is None or not len(batch):
            return
        if self.facts.task == "regression":
            loss = np.abs(np.asarray(batch.answer, float) - np.asarray(batch.truth, float))
            at = np.flatnonzero(loss > 0)
        else:
            at = np.flatnonzero(batch.answer != batch.truth)
            sure = None if batch.scores is None else batch.scores[at, batch.answer[at]]
            loss = np.zeros(len(batch))
            loss[at] = 1.0 if sure is None else sure
        if len(self.rows) == KEPT:
            at = at[loss[at] >= self.rows[-1][0]]
        best = at[np.lexsort((batch.row[at], -loss[at]))[:KEPT]]
        self._keep(
            [
                (float(loss[i]), int(batch.row[i]), float(batch.truth[i]), float(batch.answer[i]))
                for i in best
            ]
        )

    def merge(self, other: Self) -> None:
        """See `Aggregate.merge`."""
        self._keep(other.rows)

    def _keep(self, rows: list[tuple[float, int, float, float]]) -> None:
        self.rows = sorted([*self.rows, *rows], key=lambda row: (-row[0], row[1]))[:KEPT]
