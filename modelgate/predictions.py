"""A model's answers to some rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What a model answered to n rows.

    Attributes:
        scores: (n, classes) one probability a class; None where the model gives no scores.
        labels: (n,) index of the class answered; the best score where the model gives none.
        values: (n,) the number answered, for regression.
    """

    scores: NDArray[np.floating[Any]] | None = None
    labels: NDArray[np.integer[Any]] | None = None
    values: NDArray[np.floating[Any]] | None = None

    def __post_init__(self) -> None:
        if self.labels is None and self.scores is not None:
            object.__setattr__(self, "labels", np.argmax(self.scores, axis=1))

    def __len__(self) -> int:
        for part in (self.labels, self.values):
            if part is not None:
                return len(part)
        return 0
