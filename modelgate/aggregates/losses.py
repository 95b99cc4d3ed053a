"""How much probability the model gave to what was true."""

from __future__ import annotations

from typing import Self

import numpy as np

from modelgate.aggregates import Aggregate, Batch, Facts, Floats
from modelgate.aggregates.moments import Moments

SMALLEST = float(np.finfo(np.float64).eps)
"""Probabilities are kept this far from 0 and 1 before the logarithm, as scikit-learn does."""


class ProbabilityLosses(Aggregate):
    """Log loss and Brier loss of each row, summed by true class.

    The Brier loss of two classes is (score of the positive class - truth)^2, in [0, 1]; of more
    classes the sum over all of them, in [0, 2]. Both as scikit-learn has them.

    Attributes:
        labels_only: whether some rows came without scores.
        losses: sums of `log`, `log_squared`, `brier`, `brier_squared` by true class.
    """

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.labels_only = False
        self.losses = Moments(
            ("log", "log_squared", "brier", "brier_squared"), groups=max(len(facts.classes), 1)
        )

    def add(self, batch: Batch) -> None:
        """Sum the losses of some rows."""
        if batch.scores is None:
            self.labels_only = True
            return
        given = batch.scores[np.arange(len(batch)), batch.truth].astype(np.float64)  # (n,)
        log = -np.log(np.clip(given, SMALLEST, 1 - SMALLEST))
        brier = self._brier(batch, given)
        values = {"log": log, "log_squared": log * log, "brier": brier}
        values["brier_squared"] = brier * brier
        self.losses.add(values, batch.weight, batch.truth)

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.labels_only |= other.labels_only
        self.losses.merge(other.losses)

    def _brier(self, batch: Batch, given: Floats) -> Floats:
        assert batch.scores is not None
        if batch.scores.shape[1] == 2:
            positive = 1 if self.facts.positive is None else self.facts.positive
            score = batch.scores[:, positive].astype(np.float64)
            apart: Floats = score - (batch.truth == positive)
            return apart * apart
        scores = batch.scores.astype(np.float64)
        scores[np.arange(len(batch)), batch.truth] = 0.0
        missed = 1 - given
        others: Floats = np.einsum("nk,nk->n", scores, scores)
        return others + missed * missed
