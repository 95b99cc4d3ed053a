"""What models say of rows that have no label, so that it can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Floats
from modelgate.asking import Asker
from modelgate.binding.labels import is_missing, key
from modelgate.binding.seen import Seen, flattened, only, sorted_out
from modelgate.errors import ModelError
from modelgate.suite import ModelPart

SCORE_WORDS, LABEL_WORDS = ("prob", "score", "logit"), ("label", "class", "pred")
MIDDLE = 0.5


class Speaker:
    """One model, heard: labels, or quantities.

    Attributes:
        name: of the model.
        outputs: the outputs that have to be asked for.
        labels: whether it answers with classes; else with quantities.
    """

    def __init__(self, asker: Asker, seen: Mapping[str, NDArray[Any]]) -> None:
        found = sorted_out(seen, ModelPart())
        self.name = asker.artifact.name
        self._classes = asker.artifact.signature.classes
        self._label = only(list(found.labels), LABEL_WORDS, "labels") if found.labels else None
        self._scores = _scores(found)
        single = self._scores in found.columns
        self.labels = self._label is not None or not single or _shares(found, self._scores)
        self.outputs = tuple(one for one in (self._label, self._scores) if one is not None)
        if self.labels and self._label is None and not self._classes:
            wide = 2 if single else found.matrices[str(self._scores)].shape[1]
            self._classes = tuple(range(wide))

    def said(self, raw: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        """(n,) labels in one form for all models, or quantities; None or NaN where it says none."""
        if self._label is not None:
            flat = flattened(raw[self._label])
            assert flat is not None
            return np.array(
                [None if is_missing(one) else key(one) for one in flat.tolist()], object
            )
        scores = self._flat(raw)
        if not self.labels:
            return scores
        matrix = np.stack([1 - scores, scores], axis=1) if scores.ndim == 1 else scores
        names = np.array([*map(key, self._classes), None], dtype=object)
        best = np.where(np.isfinite(matrix).all(axis=1), matrix.argmax(axis=1), len(names) - 1)
        return np.asarray(names[best])

    def doubt(self, raw: Mapping[str, NDArray[Any]]) -> Floats | None:
        """(n,) how little the best score is ahead of the next, 0 to 1; None without scores."""
        if self._scores is None or not self.labels:
            return None
        scores = self._flat(raw)
        if scores.ndim == 1:
            return np.asarray(1 - 2 * np.abs(scores - MIDDLE))
        first, second = np.partition(scores, -2, axis=1)[:, -2:].T[::-1]
        return np.asarray(1 - (first - second))

    def _flat(self, raw: Mapping[str, NDArray[Any]]) -> Floats:
        values = flattened(raw[str(self._scores)])
        if values is None:
            raise ModelError("MG3118", f"{self.name} changed the shape of its answer")
        return values.astype(np.float64)


def _scores(found: Seen) -> str | None:
    if found.matrices:
        return only(list(found.matrices), SCORE_WORDS, "scores")
    return only(list(found.columns), SCORE_WORDS, "scores") if found.columns else None


def _shares(found: Seen, name: str | None) -> bool:
    values = found.columns[str(name)]
    values = values[np.isfinite(values)]
    return bool(((values >= 0) & (values <= 1)).all())


def alike(speakers: Sequence[Speaker]) -> None:
    """Make sure that the models answer one kind of question.

    Raises:
        ModelError: MG3154, one answers with classes and another with quantities.
    """
    if len({one.labels for one in speakers}) > 1:
        labels, numbers = (
            next(one.name for one in speakers if one.labels is wanted) for wanted in (True, False)
        )
        raise ModelError(
            "MG3154", f"{labels!r} answers with classes and {numbers!r} with quantities"
        )
