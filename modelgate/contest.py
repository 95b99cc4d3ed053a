"""The champion, bound to the same rows and the same question as the candidate."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from modelgate.asking import PROBED, Asker
from modelgate.binding import Reading, listed
from modelgate.binding.labels import LabelSample, key
from modelgate.binding.outputs import bind_outputs
from modelgate.errors import ModelError, about
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
    """
    with about(champion.artifact.path):
        reading = bind_other(champion, first, apart, sample=sample, told=told, task=candidate.task)
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
        ModelError: what binding raises.
    """
    try:
        other.bind(first.schema, apart, told)
        known = told
    except ModelError:
        known = replace(told, inputs={}, scores=None, labels=None)
        other.bind(first.schema, apart, known)
    seen = other.look(first.slice(0, PROBED))
    if not {told.scores, told.labels} - {None} <= set(seen):
        known = replace(known, scores=None, labels=None)
    reading, _ = bind_outputs(other.artifact.signature, seen, sample, told=known, task=task)
    return reading


def same_classes(one: Reading, other: Reading) -> bool:
    """Whether two models tell the same classes apart, whatever their order."""
    return {*map(key, one.classes)} == {*map(key, other.classes)}
