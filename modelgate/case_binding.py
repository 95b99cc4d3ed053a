"""The hand-written cases that a suite names, and a model that is asked about them alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import pyarrow as pa
from numpy.typing import NDArray

from modelgate.asking import PROBED, Asker
from modelgate.behaviour.cases import (
    refuse_absent_images,
    refuse_strange,
    refuse_unknown,
    rows_of,
)
from modelgate.binding.labels import sample_labels
from modelgate.binding.outputs import bind_outputs
from modelgate.cases import CaseFile, Cases, schema_of
from modelgate.cases.reading import read_cases
from modelgate.errors import MistakesError, UsageError, Where, about
from modelgate.library import Library
from modelgate.live import LiveModel
from modelgate.suite import ModelPart, Suite
from modelgate.trial import Trial


def cases_of(suite: Suite, library: Library, seed: int | None = None) -> dict[CaseFile, Cases]:
    """The hand-written cases of all files that a suite names.

    Args:
        suite: the suite.
        library: its checks.
        seed: of what templates draw; the suite's where None.

    Raises:
        MistakesError: all that is wrong with any of them.
    """
    found: dict[CaseFile, Cases] = {}
    mistakes: list[UsageError] = []
    for step in suite.steps:
        file = library[step.check].case_file(step.settings, suite.model.classes)
        if file is None or file in found:
            continue
        try:
            found[file] = read_cases(file, seed=suite.seed if seed is None else seed)
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
        MistakesError: cases lack what others have, or nothing says what the model answers.
    """
    cases = next(iter(trial.cases.values()))
    told = trial.suite.model if trial.suite is not None else ModelPart()
    task = trial.suite.task if trial.suite is not None else None
    inputs = [one.name for one in trial.asker.artifact.signature.inputs]
    schema = schema_of(cases.cases, inputs)
    with about(str(cases.path)):
        trial.taken += trial.asker.bind(schema, (), told)
        trial.asker.beside = cases.path.parent
        classes = told.classes
        strange = partial(refuse_unknown, classes=classes) if classes else None
        _refuse_unfit(trial.cases.values(), schema, trial.asker, strange)
        seen = trial.asker.look(rows_of(cases, schema).slice(0, PROBED))
        expected = pa.array(_expected(trial.cases.values(), told.classes))
        sample = sample_labels("expect", expected, where=Where(str(cases.path)))
    with about(trial.asker.artifact.path):
        signature = trial.asker.artifact.signature
        reading, notes = bind_outputs(signature, seen, sample, told=told, task=task)
    trial.taken += notes
    return LiveModel(trial.asker, reading, schema, cases.path.parent), seen


def refuse_unfit(trial: Trial) -> None:
    """All cases fit the model and the data, known before a row is judged.

    Raises:
        MistakesError: all that is wrong with any case: its input, its answer, its image file.
    """
    asker = trial.asker
    for step in trial.suite.steps if trial.suite is not None else ():
        file = trial.library[step.check].case_file(step.settings, trial.told.classes)
        role = trial.roles.get(step.data)
        if file is None or role is None or role.reading is None:
            continue
        names = role.data.schema.names if asker.feeding is None else asker.feeding
        schema = pa.schema([role.data.schema.field(name) for name in names])
        strange = partial(refuse_strange, facts=role.reading.facts)
        _refuse_unfit([trial.cases[file]], schema, asker, strange)


def _refuse_unfit(
    files: Collection[Cases],
    schema: pa.Schema,
    asker: Asker,
    strange: Callable[[Cases], None] | None,
) -> None:
    mistakes: list[UsageError] = []
    for cases in files:
        asks = [
            partial(rows_of, cases, schema),
            partial(refuse_absent_images, cases, asker.image_columns),
        ]
        asks += [partial(strange, cases)] if strange is not None else []
        found: list[UsageError] = []
        for ask in asks:
            try:
                ask()
            except MistakesError as error:
                found += error.mistakes
        mistakes += sorted(found, key=lambda one: (one.where and one.where.line) or 0)
    if mistakes:
        raise MistakesError(mistakes)


def _expected(files: Collection[Cases], classes: Sequence[Any]) -> list[Any]:
    """All right answers, as one column would hold them; the model's classes where there are none.

    Raises:
        MistakesError: MG2146, nothing says what the model answers.
    """
    cases = [case for each in files for case in each.cases]
    found = [label for case in cases for label in case.labels] or list(classes)
    if not found:
        message = "no case says what the model answers, and there is no data that would"
        hint = "write the classes into the suite: `model: {classes: [...]}`"
        raise MistakesError([UsageError("MG2146", message, where=cases[0].where, hint=hint)])
    return [str(one) for one in found] if any(isinstance(one, str) for one in found) else found
