"""The answers to some of the rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.predictions import Predictions


def picked(answers: Predictions, place: NDArray[np.int64]) -> Predictions:
    """The answers to the rows at these places, in their order."""
    return Predictions(
        scores=None if answers.scores is None else answers.scores[place],
        labels=None if answers.labels is None else answers.labels[place],
        values=None if answers.values is None else answers.values[place],
    )
