"""Every check's question, put to what the pass over the data left behind."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from modelgate.aggregates import Aggregate, Facts, Need
from modelgate.aggregates.answers import Answers
from modelgate.asking import Asker
from modelgate.bench import Bench
from modelgate.cases import CaseFile, Cases
from modelgate.change import Change
from modelgate.declare import REFERENCE, Check, Examples, Groups, Probe, Reference, Sample
from modelgate.errors import MistakesError, ModelgateError, UnaskedError, UsageError, did_you_mean
from modelgate.judging import Gathered
from modelgate.kept import Kept
from modelgate.model import Artifact, Champion, Model
from modelgate.outcome import Status
from modelgate.passing import need_in, pair_of, placed
from modelgate.question import NO_CHAMPION, Question, blank, judged, skipped, sound
from modelgate.regrouping import asked_of
from modelgate.report import Result
from modelgate.role import Role
from modelgate.slices import column_of, said
from modelgate.suite import DataPart, Policy, Step
from modelgate.unjudged import left_out

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
        policy: the suite's.
        models: role -> what checks may ask about rows of their own, bound as for that role's; none
            where the predictions were made beforehand.
        champions: role -> the champion, likewise.
        benches: role -> the model's file to be opened afresh; none for a model without a file.
        cases: file -> the hand-written cases in it.
        kept: role -> what the project keeps of earlier trials; none where there is no project.
        classes: of the model, where the suite names them.
        tracebacks: result -> traceback of a check that crashed.
    """

    asker: Asker
    probe: Probe | None
    gathered: Mapping[str, Gathered]
    answers: Mapping[str, Answers]
    roles: Mapping[str, Role]
    examples: Mapping[str, Examples] = field(default_factory=dict)
    champion: Artifact | None = None
    policy: Policy = field(default_factory=Policy)
    models: Mapping[str, Model] = field(default_factory=dict)
    champions: Mapping[str, Champion] = field(default_factory=dict)
    benches: Mapping[str, Bench] = field(default_factory=dict)
    cases: Mapping[CaseFile, Cases] = field(default_factory=dict)
    classes: tuple[Any, ...] = ()
    kept: Mapping[str, Kept] = field(default_factory=dict)
    tracebacks: dict[str, str] = field(default_factory=dict)

    def part(self, role: str) -> DataPart:
        """What the suite says of a data set."""
        return self.roles[role].part if role in self.roles else DataPart()


def results_of(check: Check, step: Step, asked: Asked) -> list[Result]:
    """Put one step's question, to the whole or to each slice."""
    gathered = asked.gathered.get(step.data)
    if gathered is not None and gathered.facts.task not in check.tasks:
        why = f"{check.name} is no question of {gathered.facts.task}"
        return [skipped(Question(check, step), why)]
    if step.part:
        return _of_part(check, step, asked)
    if not step.by:
        whole = None if gathered is None else gathered.whole
        return _results(check, step, asked, whole, None)
    assert gathered is not None
    found = []
    for slicing in step.by:
        reason = _absent(step, asked, map(column_of, slicing))
        reason = reason or gathered.slices.unusable.get(slicing)
        if reason is not None:
            everywhere = dict.fromkeys(map(column_of, slicing), "*")
            found += _unasked(check, step, asked, everywhere, reason)
            continue
        for value, states in gathered.slices[slicing].items():
            named = zip(map(column_of, slicing), map(said, value), strict=True)
            found += _results(check, step, asked, states, dict(named))
    return found


def _of_part(check: Check, step: Step, asked: Asked) -> list[Result]:
    """Put it to the one slice that the suite names."""
    gathered = asked.gathered[step.data]
    part = {column: said(value) for column, value in step.part}
    reason = _absent(step, asked, part)
    if reason is None and not gathered.slices.rows[step.part]:
        named = " and ".join(f"{column} = {value}" for column, value in part.items())
        reason = f"no row that can be judged has {named}: mend the slice, or the data"
    if reason is not None:
        return _unasked(check, step, asked, part, reason)
    return _results(check, step, asked, gathered.slices.named[step.part], part)


def _unasked(
    check: Check, step: Step, asked: Asked, part: Mapping[str, Any], reason: str
) -> list[Result]:
    """What becomes of questions about a slice that is not there; the comparison's is one too."""
    versus = [False]
    if check.compare is not None and asked.champion is not None and not step.margin.none:
        versus.append(True)
    return [skipped(Question(check, step, part, versus=one), reason) for one in versus]


def _absent(step: Step, asked: Asked, columns: Iterable[str]) -> str | None:
    """Which column of a slice the data lacks, and what may be meant; None where it has them all."""
    there = asked.roles[step.data].data.schema.names
    for column in columns:
        if column not in there:
            return f"the data has no column {column!r}; {did_you_mean(column, there)}"
    return None


def _results(
    check: Check,
    step: Step,
    asked: Asked,
    aggregates: Mapping[Need, Aggregate] | None,
    part: Mapping[str, Any] | None,
) -> list[Result]:
    """The step's own question, and the same against the champion where it is compared."""
    own = Question(check, step, part)
    found = [_result(own, asked, lambda: _given(check, step, asked, aggregates))]
    versus = Question(check, step, part, versus=True)
    if check.compare is None or step.margin.none:
        return found
    if asked.champion is None:
        if step.margin.asked:
            found.append(blank(versus, Status.SKIPPED, NO_CHAMPION))
        return found
    gathered = asked.gathered.get(step.data)
    need = None if gathered is None else pair_of(check, step, gathered.facts)
    if gathered is None or aggregates is None or need is None:
        if step.margin.asked:
            what = f"{step.subject} is not compared between models"
            found.append(blank(versus, Status.SKIPPED, what))
        return found
    place = need_in(asked.part(step.data), need)
    found.append(_result(versus, asked, lambda: {"found": aggregates[place]}))
    return found


def _result(
    question: Question, asked: Asked, given: Callable[[], Mapping[str, Any] | str]
) -> Result:
    """Ask; a check that raises has crashed, and the gate stays shut."""
    step = question.step
    try:
        offered = given()
        if isinstance(offered, str):
            return skipped(question, offered)
        outcome = sound(asked_of(question, offered))
        if question.part is not None and step.min_rows > outcome.minimum:
            outcome = replace(outcome, minimum=step.min_rows)
    except MistakesError:
        raise
    except UnaskedError as error:
        return skipped(question, error.message)
    except UsageError as error:  # a mistake in the suite that only the answer could tell
        raise placed(error, step) from error
    except ModelgateError as error:
        return blank(question, Status.CRASHED, f"{error.code} {error.message}")
    except (Exception, SystemExit) as error:  # noqa: BLE001 (anybody's check: it may call `exit`)
        asked.tracebacks[question.id] = traceback.format_exc()
        return blank(question, Status.CRASHED, f"{type(error).__name__}: {error}")
    role = asked.roles.get(step.data)
    return judged(
        question,
        outcome,
        unjudged=_unjudged(question, asked),
        unit=None if role is None else role.part.target,
        policy=asked.policy,
    )


def _given(
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
        Change: step.change,
        Bench: asked.benches.get(step.data),
        Examples: asked.examples.get(check.name, Examples()),
        Kept: asked.kept.get(step.data),
        Facts: None if gathered is None else gathered.facts,
        Model: asked.models.get(step.data),
        Probe: asked.probe,
        Sample: None if gathered is None else gathered.sample,
    }
    given: dict[str, Any] = {}
    for name, kind in check.provided.items():
        if kind is Champion:
            given[name] = asked.champions.get(step.data)
            continue
        if kind in offers:
            given[name] = offers[kind]
        elif kind is Groups:
            given[name] = _groups(check, step, asked)
        elif kind is Reference:
            given[name] = _reference(check, step, asked)
        elif gathered is not None and aggregates is not None:
            needed = check.needs(gathered.facts, step.settings) if check.needs else Need(kind)
            if needed.paired and asked.champion is None:
                return NO_CHAMPION
            given[name] = aggregates[need_in(asked.part(step.data), needed)]
        if isinstance(given.get(name), str):
            return str(given[name])
        if given.get(name) is None and name not in check.spared:
            return ABSENT.get(kind, f"there are no labelled rows in the role {step.data!r}")
        given.setdefault(name, None)
    return given


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
        return _absent(step, asked, columns)
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


def _unjudged(question: Question, asked: Asked) -> str | None:
    """Why too many rows of the data went unjudged for anything to pass; None where they did not."""
    check, step = question.check, question.step
    read = (role for role in asked.gathered if check.reads(role, step.data))
    said = (left_out(question, asked.gathered[role], asked.part(role), role) for role in read)
    return next(filter(None, said), None)
