"""How a score ranks the rows of each class above the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Aggregate, Batch, Facts, Floats, Integers
from modelgate.aggregates.moments import Moments
from modelgate.aggregates.score_sketch import ScoreSketch

EXACT_ROWS = 1_000_000
"""From so many rows on, scores are counted in bins instead of being kept."""
EXACT_SCORES = 8_000_000
"""The same for rows times classes: many classes are binned earlier, so that memory stays bounded
(64 MB of float64 scores)."""
_FLUSH = 1 << 17  # scores that wait before they are put into bins together


@dataclass(frozen=True, slots=True)
class Curve:
    """The rows of a class and all others, at each distinct score.

    Attributes:
        scores: (m,) in [0, 1], from the highest down; the middle of a bin that holds several.
        positives: (m,) weight of the class's own rows there.
        negatives: (m,) weight of all other rows.
        mixed: (m,) whether a "distinct score" is a bin that holds several.
    """

    scores: Floats
    positives: Floats
    negatives: Floats
    mixed: NDArray[np.bool_]


class Ranking(Aggregate):
    """Scores of each class, told apart by whether the row is of the class.

    Every score is kept below `EXACT_ROWS` rows and `EXACT_SCORES` scores. Past either, all are
    counted in fixed bins that are finest near 0 and 1; the switch hangs on the number of rows
    alone, so that the result does not depend on how the rows were split.

    Attributes:
        labels_only: whether some rows came without scores.
        classes: sums of weights by true class, with rows and squares.
    """

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        size = len(facts.classes)
        self.labels_only = False
        self.classes = Moments((), groups=max(size, 1))
        # Of two classes one score tells all: the other's is 1 less it.
        self._columns = (
            [1 if facts.positive is None else facts.positive] if size == 2 else list(range(size))
        )
        self._keys: list[NDArray[Any]] = []
        self._weights: list[Floats] = []
        self._waiting = 0
        self._sketch: ScoreSketch | None = None

    def add(self, batch: Batch) -> None:
        """Take in the scores of some rows."""
        self.classes.add_rows(batch.weight, batch.truth)
        if batch.scores is None:
            self.labels_only = True
            return
        keys = np.stack(
            [_keys(batch.scores[:, column], batch.truth == column) for column in self._columns]
        )  # (columns, n)
        self._keys.append(keys)
        if batch.weight is not None:
            self._weights.append(np.array(batch.weight, dtype=np.float64))
        self._waiting += keys.size
        self._settle()

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.classes.merge(other.classes)
        self.labels_only |= other.labels_only
        self._keys += other._keys
        self._weights += other._weights
        self._waiting += other._waiting
        if other._sketch is not None:
            if self._sketch is None:
                self._sketch = ScoreSketch(len(self._columns), weighted=self.weighted)
            self._sketch.merge(other._sketch)
        self._settle()

    @property
    def rows(self) -> int:
        """Rows seen."""
        return int(self.classes.rows.sum())

    @property
    def weighted(self) -> bool:
        """Whether the rows bear weights."""
        return self.classes.weighted

    @property
    def is_exact(self) -> bool:
        """Whether every score was kept."""
        return self._sketch is None

    @property
    def kept(self) -> tuple[Floats, NDArray[np.bool_], Floats | None]:
        """Every score kept, in the order the rows came.

        Returns:
            (columns, n) scores; (columns, n) whether the row is of the column's class; (n,)
            weights, None where the rows bear none.
        """
        keys = self._joined()
        weights = np.concatenate(self._weights) if self._weights else None
        return _scores(keys).astype(np.float64), (keys & 1) == 1, weights

    @property
    def columns(self) -> list[int]:
        """The classes whose scores are kept: of two classes one, for the other's is 1 less it."""
        return self._columns

    def binned_with(self, more: int) -> bool:
        """Whether scores are counted in bins once `more` rows are added."""
        rows = self.rows + more
        return rows >= EXACT_ROWS or rows * len(self._columns) >= EXACT_SCORES

    def curve(self, index: int) -> Curve:
        """The curve of the class at `index` of `Facts.classes`."""
        mirrored = index not in self._columns
        column = 0 if mirrored else self._columns.index(index)
        if self._sketch is not None:
            self._flush()
            scores, positives, negatives, mixed = self._sketch.column(column)
        else:
            scores, positives, negatives = self._distinct(column)
            mixed = np.zeros(len(positives), dtype=np.bool_)
        if mirrored:
            return Curve(1 - scores[::-1], negatives[::-1], positives[::-1], mixed[::-1])
        return Curve(scores, positives, negatives, mixed)

    def _settle(self) -> None:
        if self._sketch is None and self.binned_with(0):
            self._sketch = ScoreSketch(len(self._columns), weighted=self.weighted)
        if self._sketch is not None and self._waiting >= _FLUSH:
            self._flush()

    def _flush(self) -> None:
        if self._sketch is None or not self._keys:
            return
        weights = np.concatenate(self._weights) if self._weights else None
        keys = self._joined()
        for column, unsorted in enumerate(keys):
            if weights is None:
                ordered, weighs = np.sort(unsorted), None
            else:
                order = np.argsort(unsorted)
                ordered, weighs = unsorted[order], weights[order]
            self._sketch.add(column, _scores(ordered), (ordered & 1) == 1, weighs)
        self._keys, self._weights, self._waiting = [], [], 0

    def _joined(self) -> NDArray[Any]:
        """All waiting keys, (columns, n), as one array."""
        if not self._keys:
            return np.zeros((len(self._columns), 0), dtype=np.uint32)
        if len({part.dtype for part in self._keys}) > 1:  # some scores in float32, some in float64
            parts = [
                _keys(_scores(part).astype(np.float64), (part & 1) == 1) for part in self._keys
            ]
            self._keys = parts
        if len(self._keys) > 1:
            self._keys = [np.concatenate(self._keys, axis=1)]
        return self._keys[0]

    def _distinct(self, column: int) -> tuple[Floats, Floats, Floats]:
        keys = self._joined()[column]
        if self._weights:
            weights = np.concatenate(self._weights)
            # By weight within a key as well: the sums of floats below then have one order.
            order = np.lexsort((weights, keys))
            keys, weights = keys[order], weights[order]
        else:
            keys = np.sort(keys)
            weights = None
        if not len(keys):
            return np.zeros(0), np.zeros(0), np.zeros(0)
        score = keys >> 1
        starts = np.flatnonzero(np.concatenate([[True], score[1:] != score[:-1]]))
        distinct = _scores(keys[starts]).astype(np.float64)
        return distinct[::-1], *_split(keys & 1, starts, weights)


def _split(own: NDArray[Any], starts: Integers, weights: Floats | None) -> tuple[Floats, Floats]:
    """Weight of own and of other rows in each run of equal scores, from the highest down."""
    if weights is None:
        ends = np.append(starts[1:], len(own))
        counted = np.concatenate([[0], np.cumsum(own, dtype=np.int64)])
        positives = (counted[ends] - counted[starts]).astype(np.float64)
        return positives[::-1], ((ends - starts) - positives)[::-1]
    positives = np.add.reduceat(weights * own, starts)
    negatives = np.add.reduceat(weights * (1 - own.astype(np.float64)), starts)
    return positives[::-1], negatives[::-1]


def _keys(scores: NDArray[Any], own: NDArray[np.bool_]) -> NDArray[Any]:
    """Scores as integers in the same order, with "is of the class" as the last bit.

    The bits of floats that are not negative are ordered as the floats are; sorting integers needs
    no second array to carry along.
    """
    if scores.dtype == np.float64:
        bits: NDArray[Any] = np.maximum(scores, 0.0).view(np.uint64)
        return (bits << np.uint64(1)) | own.astype(np.uint64)
    bits = np.maximum(scores.astype(np.float32), np.float32(0.0)).view(np.uint32)
    return (bits << np.uint32(1)) | own.astype(np.uint32)


def _scores(keys: NDArray[Any]) -> NDArray[Any]:
    if keys.dtype == np.uint64:
        return (keys >> np.uint64(1)).view(np.float64)
    return (keys >> np.uint32(1)).view(np.float32)
