"""Every check's question, put to what the pass over the data left behind."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import ceil, isfinite
from typing import Any

from modelgate.aggregates import Aggregate, Facts, Need
from modelgate.aggregates.answers import Answers
from modelgate.asking import Asker
from modelgate.declare import Check, Examples, Probe
from modelgate.errors import ModelgateError, UsageError, did_you_mean
from modelgate.gate import status
from modelgate.judging import Gathered
from modelgate.model import Artifact, Model
from modelgate.outcome import Outcome, Status
from modelgate.passing import Role, placed
from modelgate.report import Result
from modelgate.suite import Step

ABSENT: Mapping[Any, str] = {
    Model: "this version asks models about the rows of the data alone",
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
        model: what checks may ask about inputs of their own; None where nobody answers these.
        tracebacks: result -> traceback of a check that crashed.
    """

    asker: Asker
    probe: Probe | None
    gathered: Mapping[str, Gathered]
    answers: Mapping[str, Answers]
    roles: Mapping[str, Role]
    examples: Mapping[str, Examples] = field(default_factory=dict)
    model: Model | None = None
    tracebacks: dict[str, str] = field(default_factory=dict)


def results_of(check: Check, step: Step, asked: Asked) -> list[Result]:
    """Put one step's question, to the whole or to each slice."""
    gathered = asked.gathered.get(step.data)
    if gathered is not None and gathered.facts.task not in check.tasks:
        return [_skipped(check, step, f"{check.name} is no question of {gathered.facts.task}")]
    if not step.by:
        whole = None if gathered is None else gathered.whole
        return [_result(check, step, asked, whole, None)]
    assert gathered is not None
    found = []
    for slicing in step.by:
        absent = [
            column for column in slicing if column not in asked.roles[step.data].data.schema.names
        ]
        if absent or slicing in gathered.unusable:
            reason = gathered.unusable.get(slicing) or (
                f"the data has no column {absent[0]!r};"
                f" {did_you_mean(absent[0], asked.roles[step.data].data.schema.names)}"
            )
            found.append(_skipped(check, step, reason, dict.fromkeys(slicing, "*")))
            continue
        groups = gathered.slices[slicing]
        for value in sorted(groups, key=lambda group: tuple(map(str, group))):
            part = dict(zip(slicing, value, strict=True))
            found.append(_result(check, step, asked, groups[value], part))
    return found


def _result(
    check: Check,
    step: Step,
    asked: Asked,
    aggregates: Mapping[Need, Aggregate] | None,
    part: Mapping[str, Any] | None,
) -> Result:
    """Ask; a check that raises has crashed, and the gate stays shut."""
    try:
        given = _given(check, step, asked, aggregates)
        if isinstance(given, str):
            return _skipped(check, step, given, part)
        outcome = check.ask(**given, **step.settings)
        assert isinstance(outcome, Outcome), f"{check.name} answered no Outcome"
        outcome = _sound(outcome)
    except UsageError as error:  # a mistake in the suite that only the answer could tell
        raise placed(error, step) from error
    except ModelgateError as error:
        return _blank(check, step, Status.CRASHED, f"{error.code} {error.message}", part)
    except (Exception, SystemExit) as error:  # noqa: BLE001 (anybody's check: it may call `exit`)
        name = result_id(check, step, part)
        asked.tracebacks[name] = traceback.format_exc()
        return _blank(check, step, Status.CRASHED, f"{type(error).__name__}: {error}", part)
    role = asked.roles.get(step.data)
    return judged(
        check,
        step,
        outcome,
        part,
        unjudged=_unjudged(step, asked),
        unit=None if role is None else role.part.target,
    )


def _sound(outcome: Outcome) -> Outcome:
    """An outcome without NaN or infinity: there, it has no value, and says so.

    Raises:
        TypeError: value or interval are no numbers.
    """
    interval = outcome.interval
    ends = () if interval is None else (interval.low, interval.high)
    numbers = [number for number in (outcome.value, *ends) if number is not None]
    for number in numbers:
        if not isinstance(number, float | int):
            raise TypeError(f"the check answered {type(number).__name__} for a number")
    if all(isfinite(number) for number in numbers):
        return outcome
    return replace(outcome, value=None, interval=None, reason="the check answered NaN or infinity")


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
        Examples: asked.examples.get(check.name, Examples()),
        Facts: None if gathered is None else gathered.facts,
        Model: asked.model,
        Probe: asked.probe,
    }
    given: dict[str, Any] = {}
    for name, kind in check.provided.items():
        if kind in offers:
            given[name] = offers[kind]
        elif gathered is not None and aggregates is not None:
            needed = check.needs(gathered.facts, step.settings) if check.needs else Need(kind)
            given[name] = aggregates[needed]
        if given.get(name) is None:
            return ABSENT.get(kind, f"there are no labelled rows in the role {step.data!r}")
    return given


def _unjudged(step: Step, asked: Asked) -> str | None:
    """Why too many rows of the data went unjudged for anything to pass; None where they did not."""
    gathered = asked.gathered.get(step.data)
    if gathered is None or not gathered.answers.rows:
        return None
    account = gathered.answers
    dropped = account.rows - account.judged
    allowed = asked.roles[step.data].part.may_drop
    if dropped <= allowed * account.rows:
        return None
    why = "; ".join(f"{reason}: {count:,}" for reason, count in account.dropped.items())
    share = ceil(1e4 * dropped / account.rows) / 1e4  # rounded down, it would not allow them
    return (
        f"{dropped:,} of {account.rows:,} rows could not be judged ({why}): mend them, or allow it"
        f" with data: {{{step.data}: {{may_drop: {share:g}}}}}"
    )


def judged(
    check: Check,
    step: Step,
    outcome: Outcome,
    part: Mapping[str, Any] | None,
    *,
    unjudged: str | None = None,
    unit: str | None = None,
) -> Result:
    """An outcome with its limit and status.

    Args:
        check: that was asked.
        step: that asked it.
        outcome: what it found.
        part: the slice; None for the whole.
        unjudged: why too many rows went unjudged for a pass.
        unit: what people call the target's unit: the column's name.
    """
    _refuse_strange_limit(outcome, step)
    found, reason = status(outcome, step.limit)
    if unjudged and found is Status.PASSED and outcome.kind == "statistical":
        found, reason = Status.UNDECIDED, unjudged
    limits = {"at_least": step.limit.at_least, "at_most": step.limit.at_most}
    interval = outcome.interval
    return Result(
        id=result_id(check, step, part),
        check=step.check,
        subject=step.subject,
        slice=part,
        data=step.data,
        severity=step.severity,
        kind=outcome.kind,
        status=found,
        value=outcome.value,
        interval=None if interval is None else (interval.low, interval.high),
        level=None if interval is None else interval.level,
        unit=unit if outcome.unit == "target" and unit else outcome.unit,
        better=outcome.better,
        limit={side: bound for side, bound in limits.items() if bound is not None},
        method=outcome.method,
        n=outcome.n,
        n_effective=outcome.n_effective,
        reason=reason,
        says=outcome.says,
        evidence=outcome.evidence,
        details=outcome.details,
        where={"file": step.where.file, "line": step.where.line},
    )


def _refuse_strange_limit(outcome: Outcome, step: Step) -> None:
    """A limit that every model keeps would open the gate without a question asked."""
    unbounded = outcome.lowest is None and outcome.highest is None
    share = outcome.highest == 1 or (outcome.unit == "share" and unbounded)
    for bound in (step.limit.at_least, step.limit.at_most):
        if share and bound is not None and abs(bound) > 1:
            raise UsageError(
                "MG2130",
                f"the limit {bound:g} is no share: {step.subject} lies between 0 and 1",
                where=step.limit_where,
                hint=f"write {bound:g}% or {bound / 100:g}",
            )
    low, high = step.limit.at_least, step.limit.at_most
    nothing_below = low is not None and outcome.lowest is not None and low <= outcome.lowest
    nothing_above = high is not None and outcome.highest is not None and high >= outcome.highest
    if outcome.kind == "statistical" and (nothing_below or nothing_above):
        side, bound = ("at_least", low) if nothing_below else ("at_most", high)
        raise UsageError(
            "MG2131",
            f"every model keeps the limit {side}: {bound:g} of {step.subject}",
            where=step.limit_where,
            hint="write a limit that a bad model breaks, or leave it out to be shown the number",
        )


def _skipped(
    check: Check, step: Step, reason: str, part: Mapping[str, Any] | None = None
) -> Result:
    if not step.limit:
        return _blank(check, step, Status.INFO, reason, part)
    return _blank(check, step, Status.SKIPPED, reason, part)


def _blank(
    check: Check, step: Step, found: Status, reason: str, part: Mapping[str, Any] | None = None
) -> Result:
    """A result without a number."""
    limits = {"at_least": step.limit.at_least, "at_most": step.limit.at_most}
    return Result(
        id=result_id(check, step, part),
        check=step.check,
        subject=step.subject,
        slice=part,
        data=step.data,
        severity=step.severity,
        kind="statistical",
        status=found,
        value=None,
        unit="",  # only an outcome would tell
        limit={side: bound for side, bound in limits.items() if bound is not None},
        reason=reason,
        where={"file": step.where.file, "line": step.where.line},
    )


def result_id(check: Check, step: Step, part: Mapping[str, Any] | None) -> str:
    """Stable in one suite: "metric[recall][country=BR]", "metric[recall, average=macro]"."""
    told = [
        f"{name}={value}"
        for name, value in step.settings.items()
        if name != check.subject and value != check.settings[name].default
    ]
    name = f"{step.check}[{', '.join([step.subject, *told])}]"
    if step.data != "test":
        name += f"@{step.data}"
    if part:
        name += "".join(f"[{column}={value}]" for column, value in part.items())
    return name
