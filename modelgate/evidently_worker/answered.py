"""What Evidently gets of a model's answers to two samples of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from modelgate.aggregates import Facts
from modelgate.binding.labels import is_missing, key
from modelgate.errors import UsageError
from modelgate.evidently_worker.handed import Handed
from modelgate.surveys.row_sample import AnsweredRows

TARGET, ANSWER, SCORE = "target", "prediction", "score"
"""What the columns are called."""


def answers_handed(
    reference: AnsweredRows, current: AnsweredRows, task: str, name: str = "the step"
) -> Handed:
    """The right answers and the model's, of the rows that have a right one.

    Args:
        reference: what is compared with.
        current: what is judged.
        task: that Evidently's preset or metric judges.
        name: of that, for the message.

    Raises:
        UsageError: MG2294, the model answers to another task.
    """
    facts = current.layout.facts
    if facts is None or facts.task != task:
        told = "unknown" if facts is None else facts.task
        raise UsageError("MG2294", f"{name} judges {task}, and the model's task is {told}")
    sides = [_answered(side, facts) for side in (reference, current)]
    names = ("the reference", "the data")
    lacks = [f"{name} {side.lack}" for side, name in zip(sides, names, strict=True) if side.lack]
    notes = tuple(
        f"{side.unlabelled:,} rows of {name} without a right answer are left out"
        for side, name in zip(sides, names, strict=True)
        if side.unlabelled
    )
    return Handed(
        reference=pa.table(sides[0].columns),
        current=pa.table(sides[1].columns),
        definition=_definition(facts, set(sides[0].columns) & set(sides[1].columns)),
        notes=notes,
        lack=lacks[0] if lacks else None,
    )


@dataclass(frozen=True, slots=True)
class _Answered:
    """One side's right answers and the model's."""

    columns: Mapping[str, Any]
    unlabelled: int = 0
    lack: str | None = None


def _answered(sample: AnsweredRows, facts: Facts) -> _Answered:
    target = sample.layout.target
    if target is None or target not in sample.layout.schema.names:
        return _Answered({}, lack="has no right answers")
    truth = sample.rows.column(target)
    if facts.task == "regression":
        right = np.asarray(truth.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
        there = np.isfinite(right)
        given = sample.answered.values
        if given is None or not np.isfinite(given[there]).all():
            return _Answered({}, lack="holds answers of the model that are no finite numbers")
        columns: dict[str, Any] = {TARGET: right[there], ANSWER: given[there].astype(np.float64)}
        return _Answered(columns, int((~there).sum()))
    return _classified(sample, facts, truth.to_pylist())


def _classified(sample: AnsweredRows, facts: Facts, truth: Sequence[Any]) -> _Answered:
    """Classes by their names: Evidently mistakes numbers for probabilities."""
    words = {key(label): str(label) for label in facts.classes}
    right = [None if is_missing(label) else words.get(key(label)) for label in truth]
    there = np.array([word is not None for word in right], dtype=np.bool_)
    labels, scores = sample.answered.labels, sample.answered.scores
    sound = labels is not None and bool((labels[there] >= 0).all())
    if not sound or not (scores is None or np.isfinite(scores[there]).all()):
        return _Answered({}, lack="holds answers of the model that are no class, or not finite")
    assert labels is not None
    names = [str(label) for label in facts.classes]
    columns: dict[str, Any] = {
        _free(TARGET, facts): [word for word in right if word is not None],
        _free(ANSWER, facts): [names[label] for label in labels[there]],
    }
    if scores is not None:
        columns |= {name: scores[there, place] for name, place in _scores(facts).items()}
    return _Answered(columns, int((~there).sum()))


def _free(name: str, facts: Facts) -> str:
    """A name that no class bears: the columns of scores are called as the classes are."""
    while name in map(str, facts.classes):
        name += "_"
    return name


def _scores(facts: Facts) -> dict[str, int]:
    """Column -> whose scores stand there: of two classes one says all."""
    if facts.positive is not None:
        return {SCORE: facts.positive}
    return {str(label): place for place, label in enumerate(facts.classes)}


def _definition(facts: Facts, there: set[str]) -> dict[str, Any]:
    scores = [name for name in _scores(facts) if name in there] if facts.classes else []
    target, answer = _free(TARGET, facts), _free(ANSWER, facts)
    words, numbers = [target, answer], scores
    if facts.task == "regression":
        words, numbers = [], [target, answer]
    task = {
        "task": facts.task,
        "target": target,
        "answer": answer,
        "scores": scores,
        "classes": [str(label) for label in facts.classes],
        "positive": None if facts.positive is None else str(facts.classes[facts.positive]),
    }
    kinds = {"numerical": numbers, "categorical": words, "text": [], "datetime": []}
    return {**kinds, "task": task}
