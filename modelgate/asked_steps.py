"""Which steps of a suite are asked of this model, on these rows."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from modelgate.behaviour.changing import columns_for, sought
from modelgate.declare import REFERENCE, Check
from modelgate.errors import UsageError
from modelgate.outcome import Severity
from modelgate.profiles.profile import Profile
from modelgate.profiles.stored import ProfileData
from modelgate.provided import Probe
from modelgate.suite import Limit, Margin, Step
from modelgate.trial import Trial

NAMED = ": add --reference FILE"
Steps = list[tuple[Check, Step]]


def steps_of(trial: Trial, *, probed: bool) -> Steps:
    """The steps to ask; of a ready-made suite without those that cannot apply here, which is told.

    Args:
        trial: a model on its way to judgement, its suite settled.
        probed: whether a sample of rows can be asked a second time.
    """
    assert trial.suite is not None
    steps = [(trial.library[step.check], step) for step in trial.suite.steps]
    if probed:
        steps = _with_determinism(steps, trial)
    if not trial.lenient:
        return steps
    left_out: dict[str, list[str]] = {}
    kept: Steps = []
    for check, step in steps:
        reason = _inapplicable(check, step, trial)
        if reason is None:
            kept.append((check, step))
        else:
            left_out.setdefault(reason, []).append(_named(step))
    for reason, names in left_out.items():
        trial.taken.append(f"not asked: {', '.join(dict.fromkeys(names))}; {reason}")
    return kept


def _named(step: Step) -> str:
    if step.change is not None:
        return step.change.name
    return step.check if step.subject == "all" else f"{step.check} {step.subject}"


def _inapplicable(check: Check, step: Step, trial: Trial) -> str | None:
    """Why a step of a ready-made suite cannot be asked; None where it can."""
    if not trial.asker.answers_again and (Probe in check.provided.values() or check.asks_model):
        return "predictions made beforehand have no model to ask again"
    for whose, need in check.surveyed(step.data, step.settings).values():
        if whose not in trial.roles:
            return f"no {whose} rows are named" + (NAMED if whose == REFERENCE else "")
        if isinstance(trial.roles[whose].data, ProfileData) and need.kind is not Profile:
            return f"{trial.roles[whose].data.name} is a profile, which holds no rows"
    role = trial.roles.get(step.data)
    if step.change is None or role is None:
        return None
    schema, columns = role.data.schema, trial.asker.feeding
    feeding = schema if columns is None else pa.schema([schema.field(name) for name in columns])
    try:
        columns_for(step.change, feeding, step.settings.get("column"))
    except UsageError as error:
        if error.code == "MG2182":
            return "several columns could be meant: copy the suite and name one, `column: NAME`"
        return f"no column that feeds the model holds {sought(step.change)}"
    return None


def _with_determinism(steps: Steps, trial: Trial) -> Steps:
    """Whatever the suite asks, a sample of rows is answered twice: one pass must be enough."""
    if any(step.check == "determinism" for _, step in steps):
        return steps
    check = trial.library["determinism"]
    where = replace(steps[0][1].where, line=None, column=None)
    step = Step(
        check="determinism",
        subject="implied",
        limit=Limit(at_most=0.0),
        margin=Margin(none=True),
        severity=Severity.MAJOR,
        where=where,
        limit_where=where,
    )
    return [*steps, (check, step)]
