"""Every check's question, put to what the pass over the data left behind."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from modelgate.aggregates import Aggregate, Need
from modelgate.declare import Check
from modelgate.errors import MistakesError, ModelgateError, UnaskedError, UsageError
from modelgate.giving import Asked, absent, given
from modelgate.needs import need_in, pair_of, placed
from modelgate.outcome import Status
from modelgate.question import Question, blank, judged, skipped, sound
from modelgate.regrouping import asked_of
from modelgate.report import Result
from modelgate.slices import column_of, said
from modelgate.suite import Step
from modelgate.unjudged import left_out


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
        reason = absent(step, asked, map(column_of, slicing))
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
    reason = absent(step, asked, part)
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


def _results(
    check: Check,
    step: Step,
    asked: Asked,
    aggregates: Mapping[Need, Aggregate] | None,
    part: Mapping[str, Any] | None,
) -> list[Result]:
    """The step's own question, and the same against the champion where it is compared."""
    own = Question(check, step, part)
    found = [_result(own, asked, lambda: given(check, step, asked, aggregates))]
    versus = Question(check, step, part, versus=True)
    if check.compare is None or step.margin.none:
        return found
    if asked.champion is None:
        if step.margin.asked:
            found.append(blank(versus, Status.SKIPPED, asked.without_champion))
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
    question: Question, asked: Asked, offered: Callable[[], Mapping[str, Any] | str]
) -> Result:
    """Ask; a check that raises has crashed, and the gate stays shut."""
    step = question.step
    try:
        found = offered()
        if isinstance(found, str):
            return skipped(question, found)
        outcome = sound(asked_of(question, found))
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
    except BaseException as error:  # (anybody's check: it may call `exit`, or `pytest.skip`)
        if isinstance(error, KeyboardInterrupt) or type(error).__module__.startswith("modelgate."):
            raise  # a signal on its way out
        asked.tracebacks[question.id] = traceback.format_exc()
        return blank(question, Status.CRASHED, f"{type(error).__name__}: {error}")
    role = asked.roles.get(step.data)
    return judged(
        question,
        outcome,
        unjudged=_unjudged(question, asked),
        unit=None if role is None else role.part.target,
        policy=asked.policy,
        settled=asked.margins.get(question.id),
    )


def _unjudged(question: Question, asked: Asked) -> str | None:
    """Why too many rows of the data went unjudged for anything to pass; None where they did not."""
    check, step = question.check, question.step
    if not check.judges_rows:
        return None
    read = (role for role in asked.gathered if check.reads(role, step.data, step.settings))
    said = (left_out(question, asked.gathered[role], asked.part(role), role) for role in read)
    return next(filter(None, said), None)
