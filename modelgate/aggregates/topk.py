"""Where the true class stands among a row's scores."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Aggregate, Batch, Facts, Floats
from modelgate.aggregates.moments import Moments

MOST_RANKS = 128
"""Ranks that two models are compared by."""


class TopK(Aggregate):
    """Rows by the rank of their true class, so that one pass serves every k.

    Of equal scores the class that stands later comes first, as in scikit-learn.

    Attributes:
        labels_only: whether some rows came without scores.
        ranks: rows by rank, 0 for the best score.
    """

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.labels_only = False
        self.ranks = Moments((), groups=max(len(facts.classes), 1))

    def add(self, batch: Batch) -> None:
        """Rank some rows."""
        if batch.scores is None:
            self.labels_only = True
            return
        self.ranks.add_rows(batch.weight, _ranks(batch.scores, batch.truth))

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.labels_only |= other.labels_only
        self.ranks.merge(other.ranks)


class PairedTopK(Aggregate):
    """Rows by the rank of their true class among the candidate's scores and the champion's.

    Attributes:
        labels_only: whether some rows came without scores of either.
        steps: ranks that are told apart; all worse ones are one.
        ranks: rows by candidate's rank * steps + champion's.
    """

    paired: ClassVar[bool] = True

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.labels_only = False
        self.steps = min(max(len(facts.classes), 1), MOST_RANKS) + 1
        self.ranks = Moments((), groups=self.steps**2)

    def add(self, batch: Batch) -> None:
        """Rank some rows."""
        if batch.scores is None or batch.champion_scores is None:
            self.labels_only = True
            return
        first, second = (
            np.minimum(_ranks(scores, batch.truth), self.steps - 1)
            for scores in (batch.scores, batch.champion_scores)
        )
        self.ranks.add_rows(batch.weight, first * self.steps + second)

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.labels_only |= other.labels_only
        self.ranks.merge(other.ranks)


def _ranks(scores: Floats, truth: NDArray[np.integer]) -> NDArray[np.intp]:
    """(n,) how many classes come before the true one."""
    own = scores[np.arange(len(scores)), truth][:, None]  # (n, 1)
    later = np.arange(scores.shape[1]) > np.asarray(truth)[:, None]
    ahead = (scores > own) | ((scores == own) & later)
    return np.asarray(np.count_nonzero(ahead, axis=1), dtype=np.intp)
