"""The hand-written cases that a suite names, and a model that is asked about them alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from numpy.typing import NDArray

from modelgate.asking import PROBED
from modelgate.behaviour.cases import refuse_unknown, rows_of
from modelgate.binding.labels import sample_labels
from modelgate.binding.outputs import bind_outputs
from modelgate.cases import Cases, schema_of
from modelgate.cases.reading import read_cases
from modelgate.errors import MistakesError, UsageError, Where, about
from modelgate.library import Library
from modelgate.live import LiveModel
from modelgate.suite import ModelPart, Suite
from modelgate.trial import Trial


def cases_of(suite: Suite, library: Library) -> dict[Path, Cases]:
    """File -> the hand-written cases in it, of all files that a suite names.

    Raises:
        MistakesError: all that is wrong with any of them.
    """
    found: dict[Path, Cases] = {}
    mistakes: list[UsageError] = []
    for step in suite.steps:
        setting = library[step.check].cases
        path = None if setting is None else step.settings[setting]
        if not isinstance(path, Path) or path in found:
            continue
        try:
            found[path] = read_cases(path)
        except MistakesError as error:
            mistakes += error.mistakes
    if mistakes:
        raise MistakesError(mistakes)
    return found


def bind_by_cases(trial: Trial) -> tuple[LiveModel, Mapping[str, NDArray[Any]]]:
    """Bind the model to the inputs of the cases, and read its answers as they expect them.

    Returns:
        The model, and its raw answers to the first cases.

    Raises:
        ModelError: the inputs do not feed the model, or it is unclear how to read its answers.
        MistakesError: cases lack what others have.
    """
    path, cases = next(iter(trial.cases.items()))
    told = trial.suite.model if trial.suite is not None else ModelPart()
    task = trial.suite.task if trial.suite is not None else None
    for each in trial.cases.values() if told.classes else ():
        refuse_unknown(each, told.classes)
    inputs = [one.name for one in trial.asker.artifact.signature.inputs]
    schema = schema_of(cases.cases, inputs)
    with about(str(path)):
        trial.taken += trial.asker.bind(schema, (), told)
        trial.asker.beside = path.parent
        seen = trial.asker.look(rows_of(cases, schema).slice(0, PROBED))
        expected = [
            one for each in trial.cases.values() for case in each.cases for one in case.expect
        ]
        if any(isinstance(one, str) for one in expected):
            expected = [str(one) for one in expected]
        sample = sample_labels("expect", pa.array(expected), where=Where(str(path)))
    with about(trial.asker.artifact.path):
        signature = trial.asker.artifact.signature
        reading, notes = bind_outputs(signature, seen, sample, told=told, task=task)
    trial.taken += notes
    return LiveModel(trial.asker, reading, schema, path.parent), seen


def _expected(files: Iterable[Cases]) -> list[Any]:
    """All right answers, as one column would hold them."""
    found = [one for each in files for case in each.cases for one in case.expect]
    return [str(one) for one in found] if any(isinstance(one, str) for one in found) else found
