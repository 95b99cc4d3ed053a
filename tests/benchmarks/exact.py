"""The textbook AUROC, from ranks, ties counted half."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def auroc(scores: NDArray[Any], own: NDArray[np.bool_]) -> float:
    """The chance that a row of the class scores above a row that is not, both (n,)."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[places]
    hits = int(own.sum())
    above = float(ranks[own].sum()) - hits * (hits + 1) / 2
    return above / (hits * (len(own) - hits))
