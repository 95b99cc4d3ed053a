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

    What the suite says of inputs and outputs is said of the candidate: a champion whose names
    differ is bound by what can be found out.

    Raises:
        ModelError: MG3152, it answers another question than the candidate; and what binding raises.
    """
    path = champion.artifact.path
    with about(path):
        try:
            champion.bind(first.schema, apart, told)
            known = told
        except ModelError:
            known = replace(told, inputs={}, scores=None, labels=None)
            champion.bind(first.schema, apart, known)
        seen = champion.look(first.slice(0, PROBED))
        named = {told.scores, told.labels} - {None}
        if not named <= set(seen):
            known = replace(known, scores=None, labels=None)
        reading, _ = bind_outputs(
            champion.artifact.signature, seen, sample, told=known, task=candidate.task
        )
        if {*map(key, reading.classes)} != {*map(key, candidate.classes)}:
            raise ModelError(
                "MG3152",
                f"the champion's classes are {listed(list(reading.classes))}, the candidate's"
                f" {listed(list(candidate.classes))}: they cannot be compared",
                hint="compare models that answer the same question, or say the classes in a suite:"
                " `model: {classes: [...]}`",
            )
    return reading
