"""What models say of rows that have no label, so that it can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Floats, Integers
from modelgate.asking import Asker
from modelgate.binding import listed
from modelgate.binding.labels import is_missing, key, usual_pair
from modelgate.binding.seen import Seen, flattened, only, sorted_out
from modelgate.errors import ModelCrashedError, ModelError
from modelgate.suite import ModelPart

SCORE_WORDS, LABEL_WORDS = ("prob", "score", "logit"), ("label", "class", "pred")
MIDDLE = 0.5
NOTHING = -1
"""The code of an answer that is none."""


class Vocabulary:
    """Labels as numbers, one for all models.

    Attributes:
        words: the label of each number, as it was first said.
    """

    def __init__(self) -> None:
        self.words: list[Any] = []
        self._at: dict[Any, int] = {}

    def code(self, word: Any) -> int:
        """The number of a label; `NOTHING` where it is missing."""
        if is_missing(word):
            return NOTHING
        name = key(word)
        if name not in self._at:
            self._at[name] = len(self.words)
            self.words.append(word)
        return self._at[name]

    def codes(self, labels: NDArray[Any], same: Mapping[Any, Any]) -> Integers:
        """(n,) their numbers; a label that `same` knows as another word is that one."""
        if labels.dtype.kind in "OUS":
            words = labels.tolist()
            distinct = list(dict.fromkeys(words))
            table = {word: self.code(same.get(key(word), word)) for word in distinct}
            return np.array([table[word] for word in words], dtype=np.int64)
        distinct_, inverse = np.unique(labels, return_inverse=True)
        codes = [self.code(same.get(key(word), word)) for word in distinct_.tolist()]
        return np.array(codes, dtype=np.int64)[inverse]


class Speaker:
    """One model, heard: labels, or quantities.

    Attributes:
        name: of the model.
        outputs: the outputs that have to be asked for.
        labels: whether it answers with classes; else with quantities.
        words: the labels that it is known to say.
    """

    def __init__(
        self, asker: Asker, seen: Mapping[str, NDArray[Any]], told: ModelPart | None = None
    ) -> None:
        told = told or ModelPart()
        if not {told.scores, told.labels} - {None} <= set(seen):
            told = ModelPart(classes=told.classes, scores_are=told.scores_are)
        found = sorted_out(seen, told)
        self.name = asker.artifact.name
        classes: Sequence[Any] = told.classes or asker.artifact.signature.classes
        self._label = told.labels or (
            only(list(found.labels), LABEL_WORDS, "labels") if found.labels else None
        )
        self._scores = told.scores or _scores(found)
        single = self._scores in found.columns
        self._logits = told.scores_are == "logits" or (
            self._scores in found.matrices and not _shares(found.matrices[str(self._scores)])
        )
        sure = self._label is not None or not single or bool(classes) or self._logits
        self.labels = sure or _shares(found.columns[str(self._scores)])
        self.outputs = tuple(one for one in (self._label, self._scores) if one is not None)
        if self.labels and not classes and self._scores is not None:
            classes = range(2 if single else found.matrices[self._scores].shape[1])
        self._classes = np.array([*classes], dtype=object)
        said = found.labels[self._label].tolist() if self._label in found.labels else classes
        self.words = tuple(dict.fromkeys(word for word in said if not is_missing(word)))
        self.same: dict[Any, Any] = {}

    def said(self, raw: Mapping[str, NDArray[Any]], vocabulary: Vocabulary) -> NDArray[Any]:
        """(n,) numbers of labels, `NOTHING` for none; or quantities, NaN for none."""
        if self._label is not None:
            return vocabulary.codes(_flat(raw[self._label], self.name), self.same)
        scores = self._shares(raw)
        if not self.labels:
            return scores
        table = vocabulary.codes(self._classes, self.same)
        codes = table[scores.argmax(axis=1)]
        return np.where(np.isfinite(scores).all(axis=1), codes, NOTHING)

    def doubt(self, raw: Mapping[str, NDArray[Any]]) -> Floats | None:
        """(n,) how little the best score is ahead of the next, 0 to 1; None without scores."""
        if self._scores is None or not self.labels:
            return None
        first, second = np.partition(self._shares(raw), -2, axis=1)[:, -2:].T[::-1]
        return np.asarray(1 - (first - second))

    def _shares(self, raw: Mapping[str, NDArray[Any]]) -> Floats:
        """(n, classes) probabilities; or (n,) quantities."""
        scores = _flat(raw[str(self._scores)], self.name).astype(np.float64)
        if not self.labels:
            return scores
        if scores.ndim == 1:
            if self._logits:
                scores = 1 / (1 + np.exp(-np.clip(scores, -700, 700)))
            return np.stack([1 - scores, scores], axis=1)
        if self._logits:
            with np.errstate(invalid="ignore"):
                scores = np.exp(scores - scores.max(axis=1, keepdims=True))
                scores /= scores.sum(axis=1, keepdims=True)
        return scores


def alike(speakers: Sequence[Speaker]) -> None:
    """Make sure that the models answer one kind of question, and say the same in the same words.

    Raises:
        ModelError: MG3154, one answers with classes and another with quantities; MG3157, they have
            not one label in common.
    """
    if len({one.labels for one in speakers}) > 1:
        labels, numbers = (
            next(one.name for one in speakers if one.labels is wanted) for wanted in (True, False)
        )
        raise ModelError(
            "MG3154", f"{labels!r} answers with classes and {numbers!r} with quantities"
        )
    if not speakers[0].labels:
        return
    textual = [one for one in speakers if any(isinstance(word, str) for word in one.words)]
    for other in speakers:
        if not textual or not other.words or other in textual:
            continue
        if {*map(key, other.words)} & {*map(key, textual[0].words)}:
            continue
        other.same = _pairs(textual[0], other)


def _pairs(worded: Speaker, other: Speaker) -> dict[Any, Any]:
    """What the second says in words of its own -> the first's word for it."""
    pair = usual_pair(worded.words)
    if pair is None or not {*map(key, other.words)} <= {0, 1}:
        raise ModelError(
            "MG3157",
            f"{worded.name!r} answers with {listed(list(worded.words))} and {other.name!r} with"
            f" {listed(list(other.words))}: which is which?",
            hint="say it in a suite: `model: {classes: [...]}`, in the order of the scores",
        )
    return dict(enumerate(pair))


def _flat(raw: NDArray[Any], name: str) -> NDArray[Any]:
    values = flattened(raw)
    if values is None:
        raise ModelCrashedError("MG4022", f"{name} changed the shape of its answer: {raw.shape}")
    return values


def _scores(found: Seen) -> str | None:
    if found.matrices:
        return only(list(found.matrices), SCORE_WORDS, "scores")
    return only(list(found.columns), SCORE_WORDS, "scores") if found.columns else None


def _shares(values: NDArray[Any]) -> bool:
    """Whether all numbers lie between 0 and 1."""
    values = values[np.isfinite(values)]
    return bool(((values >= 0) & (values <= 1 + 1e-6)).all())
