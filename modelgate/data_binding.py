"""The data sets of a trial are opened, and the models bound to those that they are asked about."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pyarrow as pa

from modelgate.arrays import is_number
from modelgate.asking import PROBED
from modelgate.asking.columns import ColumnsAsker
from modelgate.binding import listed
from modelgate.binding.inputs import find_target
from modelgate.binding.labelled import first_labels
from modelgate.binding.outputs import bind_outputs
from modelgate.coding import columns_of
from modelgate.contest import bind_champion
from modelgate.cutting import cut
from modelgate.dataset import Dataset
from modelgate.declare import REFERENCE
from modelgate.errors import DataError, ModelgateError, UsageError, about, did_you_mean
from modelgate.profiles.stored import ProfileData
from modelgate.role import Role
from modelgate.sample import Sampled
from modelgate.sources import open_dataset
from modelgate.suite import DataPart
from modelgate.suite_asked import ready_made
from modelgate.trial import Place, Trial

USUAL = ("cells divided by comma", "text in utf-8")
"""What goes without saying of a file."""
QUICK_ROWS = 2048
"""Rows of the sample that `quick` judges."""


def look_at_data(trial: Trial) -> None:
    """Open the data sets that anybody asks about, and bind the model to those it is asked about.

    Where no suite was named, the test set tells which ready-made one is meant.
    """
    named = sorted(trial.places, key=lambda role: role != "test")
    if trial.suite is None and "test" in named:
        trial.roles["test"] = _role(trial, "test")
    if trial.suite is None:
        task = trial.reading.task if trial.reading else "smoke"
        trial.suite = ready_made(task, trial.library)
    for name in named:
        if name not in trial.roles and trial.reads(name):
            trial.roles[name] = _role(trial, name)
    if trial.reading is None and trial.takes_answers:
        _read_by_any_labels(trial)
    for role in trial.suite.needs:
        if role not in trial.places:
            raise UsageError(
                "MG2123",
                f"the suite {trial.suite.name!r} compares with rows of the role {role!r}, and none"
                " are named",
                hint=f"add --{role} FILE" if role == REFERENCE else f"add `data: {{{role}: FILE}}`",
            )
    data = {name: role.data for name, role in trial.roles.items()}
    steps, notes = cut(trial.suite.steps, data, lambda: _reference(trial))
    trial.suite = replace(trial.suite, steps=steps)
    trial.taken += notes
    if not trial.roles and isinstance(trial.asker, ColumnsAsker):
        raise UsageError("MG2032", "predictions in columns need the data they stand in: add --data")


def _read_by_any_labels(trial: Trial) -> None:
    """How answers are read, by the labels of any role where those of the test set are missing."""
    for role in trial.roles.values():
        if role.asked and role.part.target is not None:
            first = next(role.data.blocks())
            with about(role.data.name):
                labelled, _ = _labelled(trial, role, role.part.target, first)
            for name, other in trial.roles.items():
                trial.roles[name] = replace(other, answers=labelled.reading)
            return


def _role(trial: Trial, name: str) -> Role:
    place, asker = trial.places[name], trial.asker
    data = _opened(trial, place)
    with about(data.name):
        part = replace(place.part, target=_target(trial, name, data))
        rowless = trial.lenient and isinstance(data, ProfileData)
        if rowless or not trial.puts_to_model(name):
            if name == "test" and not isinstance(data, ProfileData):
                with suppress(ModelgateError):  # the rows may be judged without any model
                    asker.bind(data.schema, (part.target, part.weight, part.group), trial.told)
            return Role(name=name, data=data, part=part, reading=None, seen={}, asked=False)
        for one in filter(None, (asker, trial.champion)):
            one.beside = data.folder
        taken = asker.bind(data.schema, (part.target, part.weight, part.group), trial.told)
        first = next(data.blocks(), None)
        if first is None:
            raise DataError("MG3148", "the data has no rows: nothing can be judged by it")
        seen = asker.look(first.slice(0, PROBED))
    role = Role(name=name, data=data, part=part, reading=None, seen=seen)
    if part.target is not None and (trial.uses_labels(name) or trial.needs_labels(name)):
        role, notes = _labelled(trial, role, part.target, first)
        taken += notes
    else:
        role = replace(role, answers=trial.reading)
    unusual = [note for note in data.taken if note not in USUAL]
    if unusual:
        taken.append(f"file: {', '.join(unusual)}")
    if not trial.roles:
        trial.taken += taken
    return role


def _labelled(
    trial: Trial, role: Role, target: str, first: pa.RecordBatch
) -> tuple[Role, list[str]]:
    """The role, with how answers are read against its labels; and what was taken for what."""
    asker, rival = trial.asker, trial.champion
    sample = first_labels(role.data, target, first)
    task = trial.suite.task if trial.suite is not None else None
    with about(asker.artifact.path):
        reading, notes = bind_outputs(
            asker.artifact.signature, role.seen, sample, told=trial.told, task=task
        )
    apart = (target, role.part.weight, role.part.group)
    champion = None
    if rival is not None:
        champion = bind_champion(rival, first, apart, reading, sample=sample, told=trial.told)
    predicted = [
        column
        for one in (asker, rival)
        if isinstance(one, ColumnsAsker)
        for column in one.columns or ()
    ]
    columns = columns_of(first, {*apart, *predicted})
    found = replace(role, reading=reading, champion=champion, columns=columns)
    return found, [f"target: column {target!r}", *notes]


def _reference(trial: Trial) -> Dataset | None:
    """The rows that the model was trained on; None where the suite names none."""
    if REFERENCE in trial.roles:
        return trial.roles[REFERENCE].data
    place = trial.places.get(REFERENCE)
    return None if place is None else _opened(trial, place)


def _target(trial: Trial, role: str, data: Dataset) -> str | None:
    """The column with the right answers, once it and the weight are known to be usable."""
    part, told = trial.places[role].part, trial.told
    target = part.target or _target_elsewhere(trial, data)
    target = target or find_target(data.schema, trial.asker.artifact.signature, told.inputs)
    if target in {column for columns in told.inputs.values() for column in columns}:
        raise DataError(
            "MG3143", f"the target {target!r} cannot feed the model as well", where=told.where
        )
    _refuse_unusable(part, target, data)
    if target is None and trial.needs_labels(role):
        raise DataError(
            "MG3149",
            f"which column holds the right answer? There are {listed(list(data.schema.names))}",
            hint=f"name it: --target COLUMN, or in a suite `data: {{{role}: {{target: COLUMN}}}}`",
        )
    return target


def _refuse_unusable(part: DataPart, target: str | None, data: Dataset) -> None:
    """The columns that are named are there, and weights are numbers."""
    names = data.schema.names
    for column in (target, part.weight, part.group):
        if column is not None and column not in names:
            raise DataError(
                "MG3147",
                f"the data has no column {column!r}; {did_you_mean(column, list(names))}",
                where=part.where,
            )
    if part.weight is not None and not is_number(data.schema.field(part.weight).type):
        kind = data.schema.field(part.weight).type
        raise DataError(
            "MG3150",
            f"the weight {part.weight!r} holds {kind}; a weight is a number",
            where=part.where,
        )


def _target_elsewhere(trial: Trial, data: Dataset) -> str | None:
    """The target of the test set, where these rows have that column too."""
    test = trial.roles.get("test")
    target = None if test is None else test.part.target
    return target if target in data.schema.names else None


def _opened(trial: Trial, place: Place) -> Dataset:
    part = place.part
    data = open_dataset(
        place.rows,
        format=part.format,
        delimiter=part.delimiter,
        encoding=part.encoding,
        base=place.base,
    )
    if not trial.options.quick or isinstance(data, ProfileData):
        return data
    return Sampled(data, QUICK_ROWS, trial.seed)
