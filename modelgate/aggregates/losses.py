"""How much probability the model gave to what was true."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

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
        log = log_losses(batch.truth, batch.scores)
        brier = brier_losses(self.facts, batch.truth, batch.scores)
        values = {"log": log, "log_squared": log * log, "brier": brier}
        values["brier_squared"] = brier * brier
        self.losses.add(values, batch.weight, batch.truth)

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.labels_only |= other.labels_only
        self.losses.merge(other.losses)


def log_losses(truth: NDArray[Any], scores: Floats) -> Floats:
    """-log(probability given to the true class) of each row; truth (n,), scores (n, classes)."""
    given = scores[np.arange(len(truth)), truth].astype(np.float64)  # (n,)
    found: Floats = -np.log(np.clip(given, SMALLEST, 1 - SMALLEST))
    return found


def brier_losses(facts: Facts, truth: NDArray[Any], scores: Floats) -> Floats:
    """The Brier loss of each row; truth (n,), scores (n, classes)."""
    if scores.shape[1] == 2:
        positive = 1 if facts.positive is None else facts.positive
        apart = scores[:, positive].astype(np.float64) - (truth == positive)
        found: Floats = apart * apart
        return found
    rows = np.arange(len(truth))
    missed = 1 - scores[rows, truth].astype(np.float64)
    rest = scores.astype(np.float64)
    rest[rows, truth] = 0.0
    others: Floats = np.einsum("nk,nk->n", rest, rest) + missed * missed
    return others
