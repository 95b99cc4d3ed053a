"""What a check is given for its parameters, by their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from modelgate.aggregates import Aggregate, Facts, Need
from modelgate.aggregates.answers import Answers
from modelgate.asking import Asker
from modelgate.bench import Bench
from modelgate.cases import CaseFile, Cases
from modelgate.change import Change
from modelgate.declare import REFERENCE, Check, is_survey
from modelgate.errors import did_you_mean
from modelgate.judging import Gathered
from modelgate.kept import Kept
from modelgate.model import Artifact, Champion, Model
from modelgate.needs import need_in
from modelgate.outcome import NONE_YET
from modelgate.provided import Bound, Examples, Groups, Probe, Reference, Sample
from modelgate.question import NO_CHAMPION
from modelgate.role import Role
from modelgate.slices import said
from modelgate.suite import DataPart, Policy, Step
from modelgate.surveying import Surveying
from modelgate.surveys import Survey, SurveyNeed

ABSENT: Mapping[Any, str] = {
    Bench: "there is no file of the model that could be opened afresh",
    Model: "there is no model to ask about other rows: the predictions were made beforehand, or"
    " nothing tells how to read its answers",
    Probe: "the predictions were made beforehand: there is no model to ask again",
}
"""Why a check cannot be given what it asks for."""


@dataclass(slots=True)
class Asked:
    """What the checks may draw on.

    Attributes:
        asker: the model.
        probe: its first rows; None where it cannot be asked again.
        gathered: role -> what its pass over labelled rows left behind.
        answers: role -> what became of every row, labelled or not; "test" for made-up rows.
        roles: role -> what it is.
        examples: check -> its hand-written data.
        champion: the model to compare with; None where there is none.
        unclaimed: whether there is none because no model has stood in its place yet.
        policy: the suite's.
        models: role -> what checks may ask about rows of their own, bound as for that role's; none
            where the predictions were made beforehand.
        champions: role -> the champion, likewise.
        benches: role -> the model's file to be opened afresh; none for a model without a file.
        cases: file -> the hand-written cases in it.
        surveys: role -> the surveys of its rows.
        kept: role -> what the project keeps of earlier trials; none where there is no project.
        classes: of the model, where the suite names them.
        margins: question -> the automatic margin that it is held to on these rows since earlier.
        tracebacks: result -> traceback of a check that crashed.
    """

    asker: Asker
    probe: Probe | None
    gathered: Mapping[str, Gathered]
    answers: Mapping[str, Answers]
    roles: Mapping[str, Role]
    examples: Mapping[str, Examples] = field(default_factory=dict)
    champion: Artifact | None = None
    unclaimed: bool = False
    policy: Policy = field(default_factory=Policy)
    models: Mapping[str, Model] = field(default_factory=dict)
    champions: Mapping[str, Champion] = field(default_factory=dict)
    benches: Mapping[str, Bench] = field(default_factory=dict)
    cases: Mapping[CaseFile, Cases] = field(default_factory=dict)
    classes: tuple[Any, ...] = ()
    kept: Mapping[str, Kept] = field(default_factory=dict)
    surveys: Mapping[str, Surveying] = field(default_factory=dict)
    margins: Mapping[str, float] = field(default_factory=dict)
    tracebacks: dict[str, str] = field(default_factory=dict)

    @property
    def without_champion(self) -> str:
        """Why a comparison cannot be made where there is no champion."""
        return NONE_YET if self.unclaimed else NO_CHAMPION

    def part(self, role: str) -> DataPart:
        """What the suite says of a data set."""
        return self.roles[role].part if role in self.roles else DataPart()


def absent(step: Step, asked: Asked, columns: Iterable[str]) -> str | None:
    """Which column of a slice the data lacks, and what may be meant; None where it has them all."""
    there = asked.roles[step.data].data.schema.names
    for column in columns:
        if column not in there:
            return f"the data has no column {column!r}; {did_you_mean(column, there)}"
    return None


def given(
    check: Check,
    step: Step,
    asked: Asked,
    aggregates: Mapping[Need, Aggregate] | None,
) -> dict[str, Any] | str:
    """What the check's parameters before the `*` get; or why it cannot be asked."""
    gathered = asked.gathered.get(step.data)
    offers: dict[Any, Any] = {
        Answers: asked.answers.get(step.data, Answers()),
        Artifact: asked.asker.artifact,
        Cases: _cases(check, step, asked),
        Champion: asked.champions.get(step.data),
        Change: step.change,
        Bench: asked.benches.get(step.data),
        Bound: Bound(step.limit.at_least, step.limit.at_most),
        Examples: asked.examples.get(check.name, Examples()),
        Kept: asked.kept.get(step.data),
        Facts: None if gathered is None else gathered.facts,
        Model: asked.models.get(step.data),
        Probe: asked.probe,
        Sample: None if gathered is None else gathered.sample,
    }
    found = _surveys(check, step, asked)
    if isinstance(found, str):
        return found
    for name, kind in check.provided.items():
        if name in found:
            continue
        if kind in offers:
            found[name] = offers[kind]
        elif kind is Groups:
            found[name] = _groups(check, step, asked)
        elif kind is Reference:
            found[name] = _reference(check, step, asked)
        else:
            found[name] = _aggregate(check, step, asked, aggregates, kind)
        if isinstance(found[name], str):
            return str(found[name])
        if found[name] is None and name not in check.spared:
            return ABSENT.get(kind, f"there are no labelled rows in the role {step.data!r}")
    return found


def _aggregate(
    check: Check,
    step: Step,
    asked: Asked,
    aggregates: Mapping[Need, Aggregate] | None,
    kind: type[Aggregate],
) -> Aggregate | str | None:
    """What the pass left behind for this question; None without labelled rows."""
    gathered = asked.gathered.get(step.data)
    if gathered is None or aggregates is None:
        return None
    needed = check.needs(gathered.facts, step.settings) if check.needs else Need(kind)
    if needed.paired and asked.champion is None:
        return asked.without_champion
    return aggregates[need_in(asked.part(step.data), needed)]


def _surveys(check: Check, step: Step, asked: Asked) -> dict[str, Any] | str:
    """Parameter -> survey, None where one is spared; or why there is none."""
    found: dict[str, Any] = {}
    surveyed = check.surveyed(step.data, step.settings)
    for name in filter(lambda name: is_survey(check.provided[name]), check.provided):
        if name not in surveyed:
            survey: Survey | str = "no data set is named"
        elif name in check.others and surveyed[name][0] == step.data:
            survey = f"it would compare the role {step.data!r} with itself: name two data sets"
        else:
            survey = _survey(*surveyed[name], asked)
        if isinstance(survey, str) and name not in check.spared:
            return survey
        found[name] = None if isinstance(survey, str) else survey
    return found


def _survey(role: str, need: SurveyNeed, asked: Asked) -> Survey | str:
    """What a survey found in a data set; or why there is none."""
    if role not in asked.surveys:
        return f"there is no data set in the role {role!r}: name it, `data: {{{role}: FILE}}`"
    if need.kind.answers and asked.roles[role].reading is None and not asked.roles[role].answers:
        return f"nothing tells how the model's answers to the role {role!r} are read"
    return asked.surveys[role][need]


def _cases(check: Check, step: Step, asked: Asked) -> Cases | None:
    """The hand-written cases that a step names; None where its check asks for none."""
    file = check.case_file(step.settings, asked.classes)
    return None if file is None else asked.cases.get(file)


def _groups(check: Check, step: Step, asked: Asked) -> Groups | str | None:
    """The aggregates by the groups that a step names; or why there are none."""
    gathered = asked.gathered.get(step.data)
    if gathered is None:
        return None
    columns = check.grouped(step.settings)
    if columns not in gathered.slices:
        return absent(step, asked, columns)
    if columns in gathered.slices.unusable:
        return gathered.slices.unusable[columns]
    if (column := asked.part(step.data).group) is not None:
        return f"it takes every row for itself, and here rows of one {column!r} belong together"
    assert check.needs is not None
    need = check.needs(gathered.facts, step.settings)
    return Groups(
        {
            tuple(map(said, value)): states[need]
            for value, states in gathered.slices[columns].items()
        }
    )


def _reference(check: Check, step: Step, asked: Asked) -> Reference | str:
    """The aggregate of the reference's rows; or why there is none."""
    gathered = asked.gathered.get(REFERENCE)
    if step.data == REFERENCE:
        return "it compares the reference with another data set: write `data: test`"
    if gathered is None:
        return f"there are no labelled rows in the role {REFERENCE!r}"
    if (column := asked.part(REFERENCE).group) is not None:
        return f"it takes every row for itself, and here rows of one {column!r} belong together"
    assert check.needs is not None
    need = check.needs(gathered.facts, step.settings)
    if need not in gathered.whole:
        return f"the role {REFERENCE!r} holds another task: {gathered.facts.task}"
    return Reference(gathered.whole[need])
