"""Where the true class stands among a row's scores."""

from __future__ import annotations

from typing import Self

import numpy as np

from modelgate.aggregates import Aggregate, Batch, Facts
from modelgate.aggregates.moments import Moments


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
        own = batch.scores[np.arange(len(batch)), batch.truth][:, None]  # (n, 1)
        later = np.arange(batch.scores.shape[1]) > np.asarray(batch.truth)[:, None]
        ahead = (batch.scores > own) | ((batch.scores == own) & later)
        self.ranks.add_rows(batch.weight, np.count_nonzero(ahead, axis=1))

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.labels_only |= other.labels_only
        self.ranks.merge(other.ranks)
