"""How sure each answer was, and whether it was right."""

from __future__ import annotations

from typing import Self

import numpy as np

from modelgate.aggregates import Aggregate, Batch, Facts
from modelgate.aggregates.ranking import Curve, Ranking

_RIGHT = Facts("classification", (False, True), 1)


class Confidence(Aggregate):
    """The probability that the model gave to its own answer, told apart by whether it was right.

    Kept as `Ranking` keeps scores: all of them while they are few, in fixed bins past that.

    Attributes:
        ranking: the confidences as scores of the class "right".
    """

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.ranking = Ranking(_RIGHT)

    def add(self, batch: Batch) -> None:
        """Take in the answers of some rows."""
        right = batch.truth == batch.answer
        both = None
        if batch.scores is not None:
            sure = batch.scores[np.arange(len(batch)), batch.answer].astype(np.float64)
            both = np.stack([1 - sure, sure], axis=1)
        self.ranking.add(Batch(right.astype(np.int64), right, both, batch.weight))

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.ranking.merge(other.ranking)

    @property
    def curve(self) -> Curve:
        """Right answers ("positives") and wrong ones ("negatives") at each confidence."""
        return self.ranking.curve(1)
