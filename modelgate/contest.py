"""The champion, bound to the same rows and the same question as the candidate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from modelgate.arrays import same_bits
from modelgate.asking import PROBED, Asker, Raw
from modelgate.binding import Reading, listed
from modelgate.binding.labels import Coder, LabelSample, key
from modelgate.binding.outputs import bind_outputs
from modelgate.errors import ModelCrashedError, ModelError, about
from modelgate.judging import predictions
from modelgate.suite import ModelPart


def bind_champion(
    champion: Asker,
    first: pa.RecordBatch,
    apart: tuple[str | None, ...],
    candidate: Reading,
    *,
    sample: LabelSample,
    told: ModelPart,
) -> Reading:
    """How the champion's answers are read, in the same task and the same classes.

    Raises:
        ModelError: MG3152, it answers another question than the candidate; and what binding raises.
        ModelCrashedError: MG4010, it answers the same rows differently the second time.
    """
    with about(champion.artifact.path):
        reading = bind_other(champion, first, apart, sample=sample, told=told, task=candidate.task)
        _refuse_chance(champion, first.slice(0, PROBED))
        if not same_classes(reading, candidate):
            raise ModelError(
                "MG3152",
                f"the champion's classes are {listed(list(reading.classes))}, the candidate's"
                f" {listed(list(candidate.classes))}: they cannot be compared",
                hint="compare models that answer the same question, or say the classes in a suite:"
                " `model: {classes: [...]}`",
            )
    return reading


def bind_other(
    other: Asker,
    first: pa.RecordBatch,
    apart: tuple[str | None, ...],
    *,
    sample: LabelSample,
    told: ModelPart,
    task: str,
) -> Reading:
    """How the answers of a model are read that is asked beside another about the same rows.

    What the suite says of inputs and outputs is said of the first: a model whose names differ is
    bound by what can be found out.

    Raises:
        ModelError: MG3163, its scores are of the classes in another order; what binding raises.
    """
    told = _in_its_order(other, told)
    try:
        other.bind(first.schema, apart, told)
        known = told
    except ModelError:
        known = replace(told, inputs={}, scores=None, labels=None)
        other.bind(first.schema, apart, known)
    seen = other.look(first.slice(0, PROBED))
    if not {told.scores, told.labels} - {None} <= set(seen):
        known = replace(known, scores=None, labels=None)
    signature = other.artifact.signature
    reading, _ = bind_outputs(signature, seen, sample, told=known, task=task)
    by_label, _ = bind_outputs(
        signature, seen, sample, told=replace(known, threshold=None), task=task
    )
    if _upside_down(by_label, seen):
        raise ModelError(
            "MG3163",
            f"the scores are not those of {listed(list(reading.classes))} in this order: the labels"
            " that the model answers contradict them",
            hint="`model: {classes: [...]}` of a suite holds for all models: export them with their"
            " scores in one order",
        )
    return reading


def _refuse_chance(champion: Asker, rows: pa.RecordBatch) -> None:
    """Who is luckier that day is no comparison: a sample of rows is asked twice."""
    if not champion.answers_again:
        return
    seen, again = champion.look(rows), champion.look(rows)
    moved = [name for name, answer in again.items() if not same_bits(answer, seen[name])]
    if moved:
        raise ModelCrashedError(
            "MG4010",
            f"NONDETERMINISTIC: the champion answered the same {len(rows)} rows differently the"
            f" second time (output {listed(moved)})",
        )


def _in_its_order(other: Asker, told: ModelPart) -> ModelPart:
    """The suite's classes in the order that the other model's file names, where it names these."""
    own, words = other.artifact.signature.classes, {key(one): one for one in told.classes}
    if not words or {*map(key, own)} != words.keys():
        return told
    return replace(told, classes=tuple(words[key(one)] for one in own))


def _upside_down(reading: Reading, seen: Raw) -> bool:
    """Whether a class has lower scores where the model answers with it than elsewhere.

    The best score need not be the answer: of two classes one may be answered from a low one on.
    """
    if reading.scores is None or reading.labels is None:
        return False
    answer, scores = predictions(seen, reading, Coder(reading.classes, reading.own))
    assert scores is not None
    known = np.isfinite(scores).all(axis=1) & (answer >= 0)
    answer, scores = answer[known], scores[known]
    if len(reading.classes) > 2:
        return 2 * int((np.argmax(scores, axis=1) == answer).sum()) < len(answer)
    here, there = scores[answer == 1, 1], scores[answer == 0, 1]
    return bool(len(here) and len(there) and here.mean() < there.mean())


def same_classes(one: Reading, other: Reading) -> bool:
    """Whether two models tell the same classes apart, whatever their order."""
    return {*map(key, one.classes)} == {*map(key, other.classes)}
