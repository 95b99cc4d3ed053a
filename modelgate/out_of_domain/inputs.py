"""How unfamiliar an input looks by how far it lies from those that a model was trained on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import coded, is_number, is_tensor, is_text, numbers, tensor

Floats = NDArray[np.float64]
MOST_CATEGORIES = 50
"""Values of a column that are told apart, the most frequent ones."""
NEIGHBOURS = 10
_FURTHEST = 1e6  # in spreads: infinity is as far, and squares stay finite
_WIDEST = 4096  # numbers of a row: a distance in more takes memory by their square


class Encoder:
    """Rows as numbers of one scale, by the rows that a model was trained on.

    Numbers are centred on the median and divided by the spread (that of the middle half, else the
    standard deviation), missing ones stand in the middle; of categories each frequent value is a
    number of its own, and any other one more.
    """

    def __init__(self, rows: pa.RecordBatch, columns: Sequence[str]) -> None:
        """Learn the scales.

        Args:
            rows: n rows of the reference.
            columns: that are encoded; those of no kind that can be are left out.

        Raises:
            ValueError: no column can be encoded.
        """
        self._scales: dict[str, Callable[[pa.Array], Floats]] = {}
        for name in columns:
            array = rows.column(name)
            if is_tensor(array.type):
                self._scales[name] = _of_tensors(array)
            elif pa.types.is_boolean(array.type) or is_text(array.type):
                self._scales[name] = _of_categories(array)
            elif is_number(array.type):
                self._scales[name] = _of_numbers(array)
        if not self._scales:
            raise ValueError("no column holds numbers, categories or vectors")

    def __call__(self, rows: pa.RecordBatch) -> Floats:
        """(n, d) the rows as numbers."""
        return np.concatenate(
            [scaled(rows.column(name)) for name, scaled in self._scales.items()], axis=1
        )


def _of_numbers(array: pa.Array) -> Callable[[pa.Array], Floats]:
    known = _floats(array)
    known = known[np.isfinite(known)]
    middle, spread = 0.0, 1.0
    if len(known):
        low, middle, high = (float(one) for one in np.quantile(known, [0.25, 0.5, 0.75]))
        spread = (high - low) / 1.349 or float(known.std()) or 1.0

    def scaled(cells: pa.Array) -> Floats:
        values = (_floats(cells) - middle) / spread
        values[np.isnan(values)] = 0.0
        return np.clip(values, -_FURTHEST, _FURTHEST)[:, None]

    return scaled


def _of_tensors(array: pa.Array) -> Callable[[pa.Array], Floats]:
    known = tensor(array).reshape(len(array), -1).astype(np.float64)
    middle, spread = known.mean(axis=0), float(known.std()) or 1.0

    def scaled(cells: pa.Array) -> Floats:
        found: Floats = (tensor(cells).reshape(len(cells), -1) - middle) / spread
        return found

    return scaled


def _of_categories(array: pa.Array) -> Callable[[pa.Array], Floats]:
    codes, values = coded(array)
    rows = np.bincount(codes[codes >= 0], minlength=len(values))
    frequent = sorted(range(len(values)), key=lambda place: (-rows[place], str(values[place])))
    places = {values[place]: at for at, place in enumerate(frequent[:MOST_CATEGORIES])}

    def scaled(cells: pa.Array) -> Floats:
        codes, values = coded(cells)
        at = np.array([*(places.get(value, len(places)) for value in values), len(places)])
        found: Floats = np.eye(len(places) + 1)[at[codes]]
        return found

    return scaled


def _floats(array: pa.Array) -> Floats:
    values, absent = numbers(array)
    found = values.astype(np.float64)
    if absent is not None:
        found[absent] = np.nan
    return found


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
