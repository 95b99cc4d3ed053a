"""Which outputs are the answer, seen on the first rows that the model really answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates.answers import ROUNDING
from modelgate.binding import Reading, ScoresAre, listed
from modelgate.binding.classes import classes_of, disagreement, own_words, positive_of
from modelgate.binding.labels import LabelSample, key
from modelgate.binding.seen import Seen, only, sorted_out
from modelgate.errors import ModelError
from modelgate.model import Signature
from modelgate.suite import ModelPart

SCORE_WORDS = ("prob", "score", "logit")
LABEL_WORDS = ("label", "class", "pred")


def bind_outputs(
    signature: Signature,
    seen: Mapping[str, NDArray[Any]],
    sample: LabelSample,
    *,
    told: ModelPart | None = None,
    task: str | None = None,
) -> tuple[Reading, list[str]]:
    """Decide the task, the output that answers, the classes and the positive one.

    Args:
        signature: of the model.
        seen: output -> its raw answers to the first rows, first axis rows.
        sample: labels of the same data.
        told: what the suite says.
        task: the suite's, where it says one.

    Returns:
        How to read the outputs, and what was taken for what, in sentences.

    Raises:
        ModelError: MG3110 to MG3133, they fit no task, or it is unclear how.
    """
    told = told or ModelPart()
    found = sorted_out(seen, told)
    if task is None:
        task = _task(signature, found, sample, told)
    if task == "regression":
        return _regression(found, sample, told)
    return _classification(signature, found, sample, told)


def _task(signature: Signature, seen: Seen, sample: LabelSample, told: ModelPart) -> str:
    if told.classes or signature.classes or told.scores_are or told.positive is not None:
        return "classification"
    words = sample.kind == "text" and len(sample.values) > 2
    if words and not (seen.matrices or seen.labels):
        raise ModelError(
            "MG3114",
            f"the model answers with numbers, and the target {sample.column!r} holds text such as"
            f" {sample.values[0]!r}",
            hint="a regression is judged against numbers: take the units out of the column",
        )
    if sample.kind in {"text", "boolean"}:
        return "classification"
    if seen.matrices or (seen.labels and not seen.columns):
        if sample.kind == "fraction":
            raise ModelError(
                "MG3112",
                f"the target {sample.column!r} holds fractions, but the model answers with classes",
                hint="say in a suite which is meant, `task: classification` or `task: regression`",
            )
        return "classification"
    if len(sample.values) > 2:
        return "regression"
    if signature.score_transform in {"logistic", "sigmoid"} or _all_inside(seen):
        return "classification"
    raise ModelError(
        "MG3113",
        f"the model answers with one number and the target {sample.column!r} holds"
        f" {listed(list(sample.values))}: a score of two classes, or a quantity?",
        hint="say in a suite which is meant, `task: classification` or `task: regression`",
    )


def _all_inside(seen: Seen) -> bool:
    """Whether every single number answered lies in [0, 1], as a regression's hardly would."""
    return all(
        bool(((values >= 0) & (values <= 1))[np.isfinite(values)].all())
        for values in seen.columns.values()
    )


def _regression(seen: Seen, sample: LabelSample, told: ModelPart) -> tuple[Reading, list[str]]:
    if sample.kind == "text":
        raise ModelError(
            "MG3114", f"the target {sample.column!r} holds text; a regression is judged by numbers"
        )
    candidates = list(seen.columns) or list(seen.labels) or list(seen.matrices)[:1]
    name = told.scores or only(candidates, (), "scores")
    if name not in seen.columns and name not in seen.labels:
        raise ModelError(
            "MG3115",
            f"output {name!r} holds more than one number a row: several targets at once are not"
            " judged by metrics yet",
        )
    return Reading(task="regression", values=name), ["task: regression", f"answer: output {name!r}"]


def _classification(
    signature: Signature, seen: Seen, sample: LabelSample, told: ModelPart
) -> tuple[Reading, list[str]]:
    scores = _scores_output(signature, seen, told)
    labels = told.labels or (
        only(list(seen.labels), LABEL_WORDS, "labels") if seen.labels else None
    )
    if scores is None and labels is None:
        raise ModelError(
            "MG3116",
            f"none of the outputs ({listed([*seen.matrices, *seen.columns])}) can be a class label"
            " or a score",
        )
    kind: ScoresAre = "probabilities" if scores is None else _kind(scores, seen, told)
    classes, note = classes_of(signature, seen, sample, told, scores=scores, labels=labels)
    own = own_words(signature, seen, classes, labels) if labels is not None else ()
    positive = positive_of(classes, told)
    if told.threshold is not None:
        _refuse_threshold(scores, classes, told)
        labels, own = None, ()
    reading = Reading(
        task="classification",
        scores=scores,
        scores_are=kind,
        labels=labels,
        classes=classes,
        own=own,
        positive=positive,
        threshold=told.threshold,
    )
    return reading, _taken(reading, note, seen)


def _refuse_threshold(scores: str | None, classes: tuple[Any, ...], told: ModelPart) -> None:
    """A threshold divides one score: that of the positive class of two."""
    if scores is not None and len(classes) == 2:
        return
    has = f"there are {len(classes)} classes" if scores else "the model answers with labels alone"
    raise ModelError(
        "MG3125",
        f"model.threshold divides the scores of two classes, and {has}",
        where=told.where,
        hint="leave `threshold` out",
    )


def _taken(reading: Reading, note: str | None, seen: Seen) -> list[str]:
    """What was taken for what, in sentences."""
    notes = ["task: classification"]
    scores, labels, classes = reading.scores, reading.labels, reading.classes
    if scores is not None:
        what = {"probabilities": "probabilities", "logits": "logits, turned into probabilities"}
        kind = what.get(reading.scores_are, "of the positive class")
        notes.append(f"score: output {scores!r}, {kind}")
    if labels is not None:
        apart = scores and disagreement(seen, reading.own, scores, labels)
        notes.append(f"label: output {labels!r}" + (f"; {apart}" if apart else ""))
    if note is None and [*map(key, reading.own)] not in ([], [*map(key, classes)]):
        pairs = zip(classes, reading.own, strict=True)
        note = "labels: " + ", ".join(f"{word!r} is the model's {own!r}" for word, own in pairs)
    notes.append(f"classes: {listed(list(classes))}" + (f"; {note}" if note else ""))
    if reading.positive is not None:
        notes.append(f"positive: {classes[reading.positive]!r}")
    if reading.threshold is not None:
        notes.append(f"threshold: {reading.threshold:g}")
    return notes


def _scores_output(signature: Signature, seen: Seen, told: ModelPart) -> str | None:
    if told.scores is not None:
        if told.scores in seen.labels:
            raise ModelError("MG3117", f"output {told.scores!r} holds labels, not scores")
        return told.scores
    fitting = [
        name
        for name, values in seen.matrices.items()
        if not signature.classes or values.shape[1] == len(signature.classes)
    ]
    if fitting or seen.matrices:
        return only(fitting or list(seen.matrices), SCORE_WORDS, "scores")
    return only(list(seen.columns), SCORE_WORDS, "scores") if seen.columns else None


def _kind(scores: str, seen: Seen, told: ModelPart) -> ScoresAre:
    if told.scores_are is not None:
        return told.scores_are  # type: ignore[return-value]  # the suite's parser allows no other
    single = scores in seen.columns
    values = seen.columns[scores] if single else seen.matrices[scores]
    values = values[np.isfinite(values.reshape(len(values), -1)).all(axis=1)]
    inside = bool(((values >= -ROUNDING) & (values <= 1 + ROUNDING)).all())
    if single:
        if inside:
            return "positive"
        raise ModelError(
            "MG3119",
            f"output {scores!r} is a single score outside [0, 1]",
            hint="if it is a logit, say so in a suite: `model: {scores_are: logits}`",
        )
    sums = values.sum(axis=1, dtype=np.float64)
    if inside and bool((np.abs(sums - 1) <= 1e-3).all()):
        return "probabilities"
    if inside and values.size:
        raise ModelError(
            "MG3120",
            f"the scores in output {scores!r} lie in [0, 1] but do not sum to one: models that give"
            " several labels at once are not judged by metrics yet",
            hint="if they are logits, say so in a suite: `model: {scores_are: logits}`",
        )
    return "logits"
