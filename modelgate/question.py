"""One question of a suite, about all rows or a slice of them; and what an answer makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

from modelgate.declare import Check
from modelgate.gate import weigh
from modelgate.limits import refuse_strange_limit
from modelgate.margins import margin_for
from modelgate.outcome import Outcome, Severity, Status
from modelgate.report import Result
from modelgate.stats.interval import Interval
from modelgate.steady import steadied
from modelgate.suite import Limit, Policy, Step, Waiver

MOST_MISSING = "most rows could not be judged"
NO_CHAMPION = "no champion is named: add --champion MODEL, or `champion:` to the suite"


@dataclass(frozen=True, slots=True)
class Question:
    """A step, put to some rows.

    Attributes:
        check: that is asked.
        step: that asks it.
        part: the slice, column -> value; None for all rows.
        versus: whether it compares with the champion.
    """

    check: Check
    step: Step
    part: Mapping[str, Any] | None = None
    versus: bool = False

    @property
    def id(self) -> str:
        """Stable in one suite: "metric[recall][country=BR]", "metric[recall] v champion"."""
        check, step = self.check, self.step
        told = [
            f"{name}={_written(value)}"
            for name, value in step.settings.items()
            if name != check.subject and value != check.settings[name].default
        ]
        name = f"{step.check}[{', '.join([step.subject, *told])}]"
        if step.data != "test":
            name += f"@{step.data}"
        if self.part:
            name += "".join(f"[{column}={value}]" for column, value in self.part.items())
        return f"{name} v champion" if self.versus else name

    @property
    def unit(self) -> str:
        """Of the check's values, as far as that is known before it is asked; else ""."""
        told = self.check.unit
        return told if isinstance(told, str) else told(self.step.settings)

    @property
    def limit(self) -> Limit:
        """What the suite holds the value itself to; a comparison's margin hangs on its rows."""
        return Limit() if self.versus else self.step.limit

    def ask(self, given: Mapping[str, Any]) -> Outcome:
        """The check's answer.

        Args:
            given: what stands before its `*`; for a comparison the aggregate that compares.
        """
        if not self.versus:
            return self.check.ask(**given, **self.step.settings)  # type: ignore[return-value]
        assert self.check.compare is not None
        return self.check.compare(*given.values(), **self.step.settings)  # type: ignore[return-value]

    def limit_for(self, outcome: Outcome, settled: float | None = None) -> Limit:
        """What this outcome is held to.

        Args:
            outcome: that was found.
            settled: see `margin_for`.

        Raises:
            UsageError: MG2130, MG2131, a limit or margin that says nothing.
        """
        if not self.versus:
            step = self.step
            refuse_strange_limit(outcome, step.limit, step.subject, step.limit_where)
            return step.limit
        sliced = self.part is not None
        return Limit(margin=margin_for(self.step, outcome, sliced=sliced, settled=settled))


def _written(value: Any) -> str:
    """A setting as a suite would write it."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, Path):
        return value.name
    return f"{value:g}" if isinstance(value, float) else str(value)


def judged(
    question: Question,
    outcome: Outcome,
    *,
    unjudged: str | None = None,
    unit: str | None = None,
    policy: Policy | None = None,
    settled: float | None = None,
) -> Result:
    """An outcome with its limit, and what it means before the others are heard.

    Args:
        question: that was asked.
        outcome: what was found.
        unjudged: why too many rows went unjudged for a pass; where most did, for a failure too.
        unit: what people call the target's unit: the column's name.
        policy: the suite's.
        settled: see `margin_for`.
    """
    limit = question.limit_for(outcome, settled)
    outcome = steadied(outcome, limit, policy)
    weighed = weigh(outcome, limit, policy)
    if unjudged and limit and outcome.kind == "statistical":
        if unjudged.startswith(MOST_MISSING):
            # Rows that were picked for labelling, say: they are no sample, and show nothing.
            weighed = replace(weighed, status=Status.UNDECIDED, reason=unjudged, p_worse=None)
        elif weighed.status is Status.PASSED:
            weighed = replace(weighed, status=Status.UNDECIDED, reason=unjudged)
    interval, apart = outcome.interval, outcome.difference
    shown = interval if apart is None else apart.interval
    return replace(
        blank(question, weighed.status, weighed.reason),
        kind=outcome.kind,
        value=outcome.value,
        interval=_ends(interval),
        level=None if shown is None else shown.level,
        unit=unit if outcome.unit == "target" and unit else outcome.unit,
        better=outcome.better,
        limit=limit.written,
        champion=None if apart is None else apart.champion,
        difference=None if apart is None else apart.value,
        difference_interval=None if apart is None else _ends(apart.interval),
        discordant=None if apart is None else apart.discordant,
        usual_error=None if apart is None else apart.usual_error,
        p_worse=weighed.p_worse,
        p_within=weighed.p_within,
        method=outcome.method,
        n=outcome.n,
        n_effective=outcome.n_effective,
        minimum=outcome.minimum if outcome.kind == "statistical" else 0,
        says=outcome.says,
        evidence=outcome.evidence,
        details=outcome.details,
    )


def skipped(question: Question, reason: str) -> Result:
    """A question that could not be asked; information, where nothing hung on it."""
    found = Status.SKIPPED if question.versus or question.step.limit else Status.INFO
    return blank(question, found, reason)


def blank(question: Question, found: Status, reason: str | None) -> Result:
    """A result without a number."""
    step = question.step
    waived = step.waiver is not None and step.waiver.live
    return Result(
        id=question.id,
        check=step.check,
        subject=step.subject,
        versus="champion" if question.versus else None,
        slice=question.part,
        data=step.data,
        severity=step.severity if not waived else Severity.MINOR,
        waiver=None if step.waiver is None else _told(step.waiver),
        kind="statistical",
        status=found,
        value=None,
        unit=question.unit,
        limit=question.limit.written,
        reason=reason,
        where={"file": step.where.file, "line": step.where.line},
    )


def _told(waiver: Waiver) -> Mapping[str, Any]:
    """A waiver as a report holds it."""
    return {
        "owner": waiver.owner,
        "reason": waiver.reason,
        "expires": waiver.expires.isoformat(),
        "live": waiver.live,
    }


def sound(outcome: Outcome) -> Outcome:
    """An outcome without NaN or infinity: there, it has no value, and says so.

    Raises:
        TypeError: a value or an end of an interval is no number.
    """
    apart = outcome.difference
    numbers = [outcome.value, *(_ends(outcome.interval) or ())]
    if apart is not None:
        numbers += [apart.value, apart.champion, *(_ends(apart.interval) or ())]
    known = [number for number in numbers if number is not None]
    for number in known:
        if not isinstance(number, float | int):
            raise TypeError(f"the check answered {type(number).__name__} for a number")
    if all(isfinite(number) for number in known):
        return outcome
    why = "the check answered NaN or infinity"
    return replace(outcome, value=None, interval=None, difference=None, reason=why)


def _ends(interval: Interval | None) -> tuple[float, float] | None:
    return None if interval is None else (interval.low, interval.high)
