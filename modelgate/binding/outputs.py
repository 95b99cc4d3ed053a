"""Which outputs are the answer, seen on the first rows that the model really answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.binding import Reading, ScoresAre, listed
from modelgate.binding.labels import Coder, LabelSample, key, match, usual_pair
from modelgate.errors import ModelError
from modelgate.model import Signature
from modelgate.suite import ModelPart

SCORE_WORDS = ("prob", "score", "logit")
LABEL_WORDS = ("label", "class", "pred")


@dataclass(frozen=True, slots=True)
class _Seen:
    """The outputs of the first rows, sorted by what they can be.

    Attributes:
        matrices: (n, k) floats with k of two or more.
        columns: (n,) floats.
        labels: (n,) integers, booleans or text.
    """

    matrices: dict[str, NDArray[Any]]
    columns: dict[str, NDArray[Any]]
    labels: dict[str, NDArray[Any]]


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
    sorted_out = _sorted_out(seen, told)
    if task is None:
        task = _task(signature, sorted_out, sample, told)
    if task == "regression":
        return _regression(sorted_out, sample, told)
    return _classification(signature, sorted_out, sample, told)


def _sorted_out(seen: Mapping[str, NDArray[Any]], told: ModelPart) -> _Seen:
    for name in (told.scores, told.labels):
        if name is not None and name not in seen:
            raise ModelError(
                "MG3110", f"the model has no output {name!r}; its outputs are {listed(list(seen))}"
            )
    found = _Seen({}, {}, {})
    for name, raw in seen.items():
        values = flattened(raw)
        if values is None:
            continue
        if values.dtype.kind == "f":
            if values.ndim == 2:
                found.matrices[name] = values
            else:
                found.columns[name] = values
        elif values.ndim == 1:
            found.labels[name] = values
    if not (found.matrices or found.columns or found.labels):
        shapes = ", ".join(f"{name} {list(raw.shape[1:])}" for name, raw in seen.items())
        raise ModelError(
            "MG3111",
            f"the model answers each row with {shapes}: sequences, boxes and maps are not judged"
            " by metrics yet",
            hint="`--suite smoke` checks the artifact itself",
        )
    return found


def flattened(raw: NDArray[Any]) -> NDArray[Any] | None:
    """(n,) or (n, k) of an output with axes of length one dropped; None for more axes."""
    if raw.ndim == 0:
        return None
    kept = [size for size in raw.shape[1:] if size != 1]
    return raw.reshape(len(raw), *kept) if len(kept) <= 1 else None


def _task(signature: Signature, seen: _Seen, sample: LabelSample, told: ModelPart) -> str:
    if told.classes or signature.classes or told.scores_are or told.positive is not None:
        return "classification"
    if sample.kind in {"text", "boolean"}:
        return "classification"
    if seen.matrices or (seen.labels and not seen.columns):
        if sample.kind == "fraction":
            raise ModelError(
                "MG3112",
                f"the target {sample.column!r} holds fractions, but the model answers with classes",
                hint="say which is meant: task: classification (or regression)",
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
        hint="say which is meant: task: classification (or regression)",
    )


def _all_inside(seen: _Seen) -> bool:
    """Whether every single number answered lies in [0, 1], as a regression's hardly would."""
    return all(
        bool(((values >= 0) & (values <= 1))[np.isfinite(values)].all())
        for values in seen.columns.values()
    )


def _regression(seen: _Seen, sample: LabelSample, told: ModelPart) -> tuple[Reading, list[str]]:
    if sample.kind == "text":
        raise ModelError(
            "MG3114", f"the target {sample.column!r} holds text; a regression is judged by numbers"
        )
    candidates = list(seen.columns) or list(seen.labels)
    name = told.scores or _only(candidates, (), "values")
    if name not in seen.columns and name not in seen.labels:
        raise ModelError(
            "MG3115",
            f"output {name!r} holds more than one number a row: several targets at once are not"
            " judged by metrics yet",
        )
    return Reading(task="regression", values=name), ["task: regression", f"answer: output {name!r}"]


def _classification(
    signature: Signature, seen: _Seen, sample: LabelSample, told: ModelPart
) -> tuple[Reading, list[str]]:
    scores = _scores_output(signature, seen, told)
    labels = told.labels or (
        _only(list(seen.labels), LABEL_WORDS, "labels") if seen.labels else None
    )
    if scores is None and labels is None:
        raise ModelError(
            "MG3116",
            f"none of the outputs ({listed([*seen.matrices, *seen.columns])}) can be a class label"
            " or a score",
        )
    notes = ["task: classification"]
    kind: ScoresAre = "probabilities"
    if scores is not None:
        kind = _kind(scores, seen, told)
    classes, note = _classes(signature, seen, sample, told, scores=scores, labels=labels)
    positive = _positive(classes, told)
    if scores is not None:
        what = {"probabilities": "probabilities", "logits": "logits, turned into probabilities"}
        notes.append(f"score: output {scores!r}, {what.get(kind, 'of the positive class')}")
    if labels is not None and told.threshold is None:
        notes.append(f"label: output {labels!r}")
    notes.append(f"classes: {listed(list(classes))}" + (f"; {note}" if note else ""))
    if positive is not None:
        notes.append(f"positive: {classes[positive]!r}")
    if told.threshold is not None:
        labels = None
        notes.append(f"threshold: {told.threshold:g}")
    reading = Reading(
        task="classification",
        scores=scores,
        scores_are=kind,
        labels=labels,
        classes=classes,
        positive=positive,
        threshold=told.threshold,
    )
    return reading, notes


def _scores_output(signature: Signature, seen: _Seen, told: ModelPart) -> str | None:
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
        return _only(fitting or list(seen.matrices), SCORE_WORDS, "scores")
    return _only(list(seen.columns), SCORE_WORDS, "scores") if seen.columns else None


def _only(names: Sequence[str], words: Sequence[str], role: str) -> str:
    if len(names) == 1:
        return names[0]
    likely = [name for name in names if any(word in name.casefold() for word in words)]
    if len(likely) == 1:
        return likely[0]
    raise ModelError(
        "MG3118",
        f"several outputs could hold the {role}: {listed(list(names))}"
        if names
        else f"no output can hold the {role}",
        hint=f"say which: model: {{outputs: {{{role}: NAME}}}}",
    )


def _kind(scores: str, seen: _Seen, told: ModelPart) -> ScoresAre:
    if told.scores_are is not None:
        return told.scores_are  # type: ignore[return-value]  # the suite's parser allows no other
    single = scores in seen.columns
    values = seen.columns[scores] if single else seen.matrices[scores]
    values = values[np.isfinite(values.reshape(len(values), -1)).all(axis=1)]
    inside = bool(((values >= 0) & (values <= 1 + 1e-6)).all())
    if single:
        if inside:
            return "positive"
        raise ModelError(
            "MG3119",
            f"output {scores!r} is a single score outside [0, 1]",
            hint="if it is a logit, write model: {scores_are: logits}",
        )
    sums = values.sum(axis=1, dtype=np.float64)
    if inside and bool((np.abs(sums - 1) <= 1e-3).all()):
        return "probabilities"
    if inside and values.size:
        raise ModelError(
            "MG3120",
            f"the scores in output {scores!r} lie in [0, 1] but do not sum to one: models that give"
            " several labels at once are not judged by metrics yet",
            hint="if they are logits, write model: {scores_are: logits}",
        )
    return "logits"


def _classes(
    signature: Signature,
    seen: _Seen,
    sample: LabelSample,
    told: ModelPart,
    *,
    scores: str | None,
    labels: str | None,
) -> tuple[tuple[Any, ...], str | None]:
    """The classes in the order of the scores, in the data's own words."""
    own = signature.classes
    width = seen.matrices[scores].shape[1] if scores in seen.matrices else 2
    if scores is None and labels is not None:
        answered = {key(value): value for value in seen.labels[labels].tolist()}
        both = {**{key(value): value for value in sample.values}, **answered}
        own = own or tuple(both[name] for name in sorted(both, key=str))
        width = len(told.classes or own)
    if told.classes:
        if len(told.classes) != width:
            raise ModelError(
                "MG3121",
                f"model.classes names {len(told.classes)} classes; the model gives {width} scores",
                where=told.where,
            )
        return match(sample, told.classes, named=True)
    if own:
        if len(own) != width:
            raise ModelError(
                "MG3122",
                f"the model names {len(own)} classes but gives {width} scores",
                hint="write model: {classes: [...]} in the order of the scores",
            )
        return match(sample, own, named=False)
    if scores in seen.columns:
        pair = usual_pair(sample.values)
        if pair is None:
            raise ModelError(
                "MG3123",
                f"output {scores!r} scores one class; which of {listed(list(sample.values))}?",
                hint="write model: {classes: [NEGATIVE, POSITIVE]}",
            )
        return pair, None
    if labels is not None and scores is not None:
        agreed = _agreed(seen, sample, scores, labels)
        if agreed is not None:
            return agreed, "in sorted order, as the answered labels confirm"
    return match(sample, tuple(range(width)), named=False)


def _agreed(seen: _Seen, sample: LabelSample, scores: str, labels: str) -> tuple[Any, ...] | None:
    """The data's labels in sorted order, where labels and best scores of every row confirm it."""
    matrix, answered = seen.matrices[scores], seen.labels[labels]
    if len(sample.values) != matrix.shape[1] or not len(matrix):
        return None
    best = np.argmax(matrix, axis=1)
    codes = Coder(sample.values).of_answers(answered)
    return sample.values if bool((codes == best).all()) else None


def _positive(classes: Sequence[Any], told: ModelPart) -> int | None:
    if told.positive is None:
        return 1 if len(classes) == 2 else None
    keys = [key(value) for value in classes]
    if key(told.positive) not in keys:
        raise ModelError(
            "MG3124",
            f"model.positive is {told.positive!r}, which is none of the classes"
            f" {listed(list(classes))}",
            where=told.where,
        )
    return keys.index(key(told.positive)) if len(classes) == 2 else None
