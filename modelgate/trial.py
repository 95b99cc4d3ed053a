"""All that is known before the first whole pass: suite, data sets, what is taken for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from modelgate.arrays import is_number
from modelgate.asking import PROBED, Asker
from modelgate.asking.columns import ColumnsAsker
from modelgate.binding import Reading, listed
from modelgate.binding.inputs import find_target
from modelgate.binding.labelled import first_labels
from modelgate.binding.outputs import bind_outputs
from modelgate.cases import CaseFile, Cases
from modelgate.coding import columns_of
from modelgate.contest import bind_champion
from modelgate.cutting import cut
from modelgate.dataset import Dataset
from modelgate.declare import REFERENCE
from modelgate.errors import DataError, UsageError, about, did_you_mean
from modelgate.library import Library
from modelgate.options import Options
from modelgate.profiles.stored import ProfileData
from modelgate.role import Role
from modelgate.sample import Sampled
from modelgate.sources import open_dataset
from modelgate.suite import DataPart, ModelPart, Suite
from modelgate.suite_asked import ready_made

USUAL = ("cells divided by comma", "text in utf-8")
"""What goes without saying of a file."""
QUICK_ROWS = 2048
"""Rows of the sample that `quick` judges."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of a role are.

    Attributes:
        rows: a path or rows in memory.
        part: what the suite and the caller say of them.
        base: what a relative path is relative to.
    """

    rows: Any
    part: DataPart
    base: Path | None = None


@dataclass(slots=True)
class Trial:
    """A model on its way to judgement.

    Attributes:
        library: the checks and suites there are.
        suite: None until the data has told which ready-made one is meant.
        asker: the model.
        options: how it is run.
        places: role -> where its rows are.
        roles: role -> the data set, opened and bound.
        taken: what was taken for what.
        champion: the model to compare with; None where there is none.
        cases: file -> the hand-written cases in it.
        keeps: whether inputs that break a property are kept in the project, and tried again.
    """

    library: Library
    suite: Suite | None
    asker: Asker
    options: Options
    places: Mapping[str, Place]
    roles: dict[str, Role] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    champion: Asker | None = None
    cases: Mapping[CaseFile, Cases] = field(default_factory=dict)
    keeps: bool = False

    @property
    def seed(self) -> int:
        """The caller's, else the suite's."""
        if self.options.seed is not None:
            return self.options.seed
        return self.suite.seed if self.suite is not None else 0

    @property
    def lenient(self) -> bool:
        """Whether the suite is a ready-made one: what cannot be asked here is left out of it."""
        return self.suite is None or self.suite.path in self.library.suites

    @property
    def fed(self) -> tuple[str, ...] | None:
        """The columns that feed the model; None where it is asked about no data."""
        asked = next((role for role in self.roles.values() if role.asked), None)
        if asked is None:
            return None
        feeding = self.asker.feeding
        return tuple(asked.data.schema.names) if feeding is None else feeding

    @property
    def first_seen(self) -> Mapping[str, NDArray[Any]] | None:
        """The raw answers to the first rows of the data; None where there is none."""
        return next((role.seen for role in self.roles.values() if role.asked), None)


def places(
    suite: Suite | None, data: Any, target: str | None, reference: Any = None
) -> dict[str, Place]:
    """Role -> where its rows are: as the suite says, but for what the caller names.

    Raises:
        UsageError: MG2031, a target without data.
    """
    found: dict[str, Place] = {}
    if suite is not None:
        base = Path(suite.path).parent
        for role, part in suite.data.items():
            if part.path is not None:
                found[role] = Place(part.path, part, base)
    for role, rows in (("test", data), (REFERENCE, reference)):
        if rows is not None:
            part = suite.data.get(role, DataPart()) if suite is not None else DataPart()
            found[role] = Place(rows, part)
    if target is not None:
        if "test" not in found:
            raise UsageError(
                "MG2031", f"the target {target!r} is named, but no data: add --data FILE"
            )
        place = found["test"]
        # str: a DataFrame's columns may be named by numbers, which become texts
        found["test"] = replace(place, part=replace(place.part, target=str(target)))
    return found


def look_at_data(trial: Trial) -> None:
    """Open the data sets that anybody asks about, and bind the model to those it is asked about.

    Where no suite was named, the test set tells which ready-made one is meant.
    """
    named = sorted(trial.places, key=lambda role: role != "test")
    if trial.suite is None and "test" in named:
        trial.roles["test"] = _role(trial, "test")
    if trial.suite is None:
        task = next((role.reading.task for role in trial.roles.values() if role.reading), "smoke")
        trial.suite = ready_made(task, trial.library)
    for name in named:
        if name not in trial.roles and any(
            trial.library[step.check].reads(name, step.data, step.settings)
            for step in trial.suite.steps
        ):
            trial.roles[name] = _role(trial, name)
    data = {name: role.data for name, role in trial.roles.items()}
    steps, notes = cut(trial.suite.steps, data, lambda: _reference(trial))
    trial.suite = replace(trial.suite, steps=steps)
    trial.taken += notes
    if not trial.roles and isinstance(trial.asker, ColumnsAsker):
        raise UsageError("MG2032", "predictions in columns need the data they stand in: add --data")


def _role(trial: Trial, name: str) -> Role:
    place, asker = trial.places[name], trial.asker
    told = trial.suite.model if trial.suite is not None else ModelPart()
    data = _opened(trial, place)
    with about(data.name):
        target = _target(trial, name, data)
        part = replace(place.part, target=target)
        rowless = trial.lenient and isinstance(data, ProfileData)
        if rowless or not _puts_to_model(trial, name):
            return Role(name=name, data=data, part=part, reading=None, seen={}, asked=False)
        apart = (target, place.part.weight, place.part.group)
        for one in (asker, trial.champion):
            if one is not None:
                one.beside = data.folder
        taken = asker.bind(data.schema, apart, told)
        first = next(data.blocks(), None)
        if first is None:
            raise DataError("MG3148", "the data has no rows: nothing can be judged by it")
        seen = asker.look(first.slice(0, PROBED))
    reading: Reading | None = None
    if target is not None and (_reads_labels(trial, name) or _labels_wanted(trial, name)):
        sample = first_labels(data, target, first)
        task = trial.suite.task if trial.suite is not None else None
        with about(asker.artifact.path):
            reading, notes = bind_outputs(
                asker.artifact.signature, seen, sample, told=told, task=task
            )
        taken += [f"target: column {target!r}", *notes]
    rival = None
    if reading is not None and trial.champion is not None:
        rival = bind_champion(trial.champion, first, apart, reading, sample=sample, told=told)
    unusual = [note for note in data.taken if note not in USUAL]
    if unusual:
        taken.append(f"file: {', '.join(unusual)}")
    if not trial.roles:
        trial.taken += taken
    predicted = [
        column
        for one in (asker, trial.champion)
        if isinstance(one, ColumnsAsker)
        for column in one.columns or ()
    ]
    columns = columns_of(first, {target, *apart, *predicted}) if reading is not None else ()
    return Role(
        name=name,
        data=data,
        part=part,
        reading=reading,
        seen=seen,
        champion=rival,
        columns=columns,
        answers=None if reading else _known_reading(trial),
    )


def _known_reading(trial: Trial) -> Reading | None:
    """How the model's answers are read, as labelled rows told; None where there are none."""
    return next((role.reading for role in trial.roles.values() if role.reading), None)


def _puts_to_model(trial: Trial, role: str) -> bool:
    """Whether any question about a data set is one for the model."""
    if trial.suite is None:
        return True
    return any(
        trial.library[step.check].puts_to_model(role, step.data, step.settings)
        for step in trial.suite.steps
    )


def _reference(trial: Trial) -> Dataset | None:
    """The rows that the model was trained on; None where the suite names none."""
    if REFERENCE in trial.roles:
        return trial.roles[REFERENCE].data
    place = trial.places.get(REFERENCE)
    return None if place is None else _opened(trial, place)


def _target(trial: Trial, role: str, data: Dataset) -> str | None:
    """The column with the right answers, once it and the weight are known to be usable."""
    part = trial.places[role].part
    told = trial.suite.model if trial.suite is not None else ModelPart()
    signature = trial.asker.artifact.signature
    target = part.target or _target_elsewhere(trial, data)
    target = target or find_target(data.schema, signature, told.inputs)
    if target in {column for columns in told.inputs.values() for column in columns}:
        raise DataError(
            "MG3143", f"the target {target!r} cannot feed the model as well", where=told.where
        )
    for column in (target, part.weight, part.group):
        if column is not None and column not in data.schema.names:
            raise DataError(
                "MG3147",
                f"the data has no column {column!r};"
                f" {did_you_mean(column, list(data.schema.names))}",
                where=part.where,
            )
    if part.weight is not None and not is_number(data.schema.field(part.weight).type):
        kind = data.schema.field(part.weight).type
        raise DataError(
            "MG3150",
            f"the weight {part.weight!r} holds {kind}; a weight is a number",
            where=part.where,
        )
    if target is None and _labels_wanted(trial, role):
        raise DataError(
            "MG3149",
            f"which column holds the right answer? There are {listed(list(data.schema.names))}",
            hint=f"name it: --target COLUMN, or in a suite `data: {{{role}: {{target: COLUMN}}}}`",
        )
    return target


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


def _labels_wanted(trial: Trial, role: str) -> bool:
    """Whether any question about a data set is one about labels."""
    if trial.suite is None:
        return True
    return any(
        step.data == role and trial.library[step.check].reads_labels for step in trial.suite.steps
    )


def _reads_labels(trial: Trial, role: str) -> bool:
    """Whether labels of a data set are of use, where it has any."""
    if role == REFERENCE and trial.suite is not None:
        return any(trial.library[step.check].has_reference for step in trial.suite.steps)
    return role == "test" or trial.places[role].part.target is not None
