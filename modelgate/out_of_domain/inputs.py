"""How unfamiliar an input looks by how far it lies from those that a model was trained on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.encoded_rows import Encoder

Floats = NDArray[np.float64]
NEIGHBOURS = 10
_WIDEST = 4096  # numbers of a row: a distance in more takes memory by their square


Distances = Callable[[Floats], Floats]


def mahalanobis(known: Floats, seed: int) -> Distances:
    """The squared distance from the mean by the covariance (Lee et al. 2018, arXiv:1807.03888).

    Of normal inputs it has a chi-square law with as many degrees of freedom as they have numbers.
    The covariance is shrunk (Ledoit and Wolf 2004), so that few rows of many numbers have one.
    """
    from sklearn.covariance import LedoitWolf

    del seed
    fitted = LedoitWolf().fit(known)
    return lambda rows: np.asarray(fitted.mahalanobis(rows), dtype=np.float64)


def neighbours(known: Floats, seed: int) -> Distances:
    """The distance to the tenth nearest known input (Sun et al. 2022, arXiv:2204.06507)."""
    from sklearn.neighbors import NearestNeighbors

    del seed
    fitted = NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(known))).fit(known)
    return lambda rows: np.asarray(fitted.kneighbors(rows)[0][:, -1], dtype=np.float64)


def isolation_forest(known: Floats, seed: int) -> Distances:
    """How few random cuts set an input apart (Liu et al. 2008, "Isolation forest", ICDM)."""
    from sklearn.ensemble import IsolationForest

    fitted = IsolationForest(random_state=seed).fit(known)
    return lambda rows: -np.asarray(fitted.score_samples(rows), dtype=np.float64)


OF_INPUTS: Mapping[str, Callable[[Floats, int], Distances]] = {
    "mahalanobis": mahalanobis,
    "neighbours": neighbours,
    "isolation_forest": isolation_forest,
}


def distances(
    known: pa.RecordBatch, columns: Sequence[str], score: str, seed: int
) -> Callable[[pa.RecordBatch], Floats] | str:
    """How unfamiliar rows look; or why nothing tells.

    Args:
        known: rows that the model was trained on.
        columns: that feed the model.
        score: one of `OF_INPUTS`.
        seed: of the forest.
    """
    try:
        encoder = Encoder(known, columns)
    except ValueError as error:
        return f"inputs cannot be compared: {error}"
    encoded: Any = encoder(known)
    if encoded.shape[1] > _WIDEST:
        return (
            f"a row holds {encoded.shape[1]:,} numbers, and {_WIDEST:,} are compared at most:"
            " take a score of the model's answers"
        )
    measure = OF_INPUTS[score](encoded, seed)
    return lambda rows: measure(encoder(rows))
