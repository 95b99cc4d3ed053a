"""The decision rule: outcomes to statuses, statuses to a verdict. Nothing else decides.

A question passes by itself, at a one-sided 5 %: a suite promotes only where every blocker passes,
and the chance that all of them pass is no more than that one of them does. It fails only at a level
that is shared by all questions of the suite (Holm, 1 % in sum), since any of them can block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, isfinite, nextafter
from typing import Any

import numpy as np

from modelgate.outcome import Outcome, Severity, Status
from modelgate.power import detectable, rows_needed
from modelgate.report import Result, Verdict, counts
from modelgate.sentences import sentence
from modelgate.stats.inversion import IntervalAt, p_at_least, p_at_most, widened
from modelgate.stats.multiplicity import benjamini_hochberg, holm
from modelgate.suite import Limit, Policy
from modelgate.waivers import unless_expired, waived

ALPHA_LISTS = 0.10
"""False discovery rate of lists of minors, which a person reads and nothing hangs on."""
MOST_ALONE = 0.05
"""P-value above which nothing is called worse, however short the list: its interval says so."""


OPEN = "too close to call: another drawing of the bootstrap could decide otherwise"


@dataclass(frozen=True, slots=True)
class Weighed:
    """What an outcome means under its limit, before the suite's other questions are heard.

    Attributes:
        status: passed, info or undecided; failed for an exact fact alone.
        reason: where it is no plain passed or failed.
        p_worse: against "as good as it should be"; None where nothing can be shown.
        p_within: against "worse than tolerated"; likewise.
    """

    status: Status
    reason: str | None = None
    p_worse: float | None = None
    p_within: float | None = None


@dataclass(frozen=True, slots=True)
class _Question:
    """A statistical question with one bound for a pass and one for a failure.

    Attributes:
        at: intervals of what is asked about.
        upward: whether more is better.
        within: the bound that has to be kept for a pass.
        worse: the bound that has to be broken for a failure.
    """

    at: IntervalAt
    upward: bool
    within: float
    worse: float


def weigh(outcome: Outcome, limit: Limit, policy: Policy | None = None) -> Weighed:
    """What an outcome means under its limit.

    A white list: whatever is missing, not finite or too little is not passed.

    Args:
        outcome: what was measured.
        limit: what it is held to; an empty one makes it information.
        policy: the levels; the usual ones where None.
    """
    if not limit:
        return Weighed(Status.INFO, outcome.reason)
    unknown = _unknown(outcome, limit)
    if unknown is not None:
        return Weighed(Status.UNDECIDED, unknown)
    question = _question(outcome, limit)
    if question is None:
        return Weighed(Status.PASSED if _kept(outcome, limit) else Status.FAILED)
    if question.upward:
        p_worse, p_within = (
            p_at_most(question.at, nextafter(question.worse, -np.inf)),
            p_at_least(question.at, question.within),
        )
    else:
        p_worse, p_within = (
            p_at_least(question.at, nextafter(question.worse, np.inf)),
            p_at_most(question.at, question.within),
        )
    if outcome.p_same is not None:
        p_worse = 1.0 if _kept(outcome, limit) else outcome.p_same
    if p_within <= (policy or Policy()).alpha_pass and outcome.reason != OPEN:
        return Weighed(Status.PASSED, None, p_worse, p_within)
    return Weighed(Status.UNDECIDED, outcome.reason, p_worse, p_within)


def alone(outcome: Outcome, limit: Limit) -> Weighed:
    """What an outcome means that stands in no suite: a list of one, for people to read."""
    weighed = weigh(outcome, limit)
    undecided = weighed.status is Status.UNDECIDED
    if undecided and weighed.p_worse is not None and weighed.p_worse <= MOST_ALONE:
        return replace(weighed, status=Status.FAILED, reason=None)
    return weighed


def settled(
    results: Sequence[Result], policy: Policy | None = None
) -> tuple[list[Result], dict[str, Any]]:
    """The statuses once all questions are heard: who is shown to be worse.

    Holm's procedure keeps the chance that any question of a model without fault fails at
    `alpha_block`, half of it for blockers and half for majors (all of it for blockers where there
    are no majors). Minors are a list for people: the share of false ones is kept at 10 % (Benjamini
    and Hochberg). Figures of the host among them are a list of their own, outside `families`: what
    a clock tells moves nothing that rows tell.

    Args:
        results: of the whole suite, as weighed.
        policy: the levels; the usual ones where None.

    Returns:
        The results, and severity -> {"questions", "alpha"}.
    """
    policy = policy or Policy()
    found = list(results)
    families: dict[str, Any] = {}
    asked = {severity: _asked(found, severity) for severity in Severity}
    half = 2 if asked[Severity.BLOCKER] and asked[Severity.MAJOR] else 1
    of_host = [place for place in asked[Severity.MINOR] if found[place].kind == "measured"]
    asked[Severity.MINOR] = [place for place in asked[Severity.MINOR] if place not in of_host]
    for severity, places in [*asked.items(), (None, of_host)]:
        if not places:
            continue
        minor = severity in {Severity.MINOR, None}
        alpha = ALPHA_LISTS if minor else policy.alpha_block / half
        if severity is not None:
            families[str(severity)] = {"questions": len(places), "alpha": alpha}
        p_values = np.array([found[place].p_worse for place in places])
        adjusted = (benjamini_hochberg if minor else holm)(p_values)
        for place, p_value in zip(places, adjusted.tolist(), strict=True):
            found[place] = _concluded(found[place], p_value, alpha, alpha / len(places), policy)
    return [unless_expired(one) for one in found], families


def verdict(results: Sequence[Result], policy: Policy | None = None) -> Verdict:
    """The suite's decision, of results that are settled.

    block: a blocker or a major failed. promote: there is a blocker, every one passed, and no major
    crashed or was skipped, but for want of a first champion. hold: everything else; exit 4 where
    something crashed.
    """
    policy = policy or Policy()
    heavy = [one for one in results if counts(one)]
    blockers = [one for one in heavy if one.severity is Severity.BLOCKER]
    failed = [one for one in heavy if one.status is Status.FAILED]
    crashed = [one for one in heavy if one.status is Status.CRASHED]
    open_ = [one for one in blockers if one.status is not Status.PASSED]
    open_ += [
        one
        for one in heavy
        if one.severity is not Severity.BLOCKER
        and one.status not in {Status.PASSED, Status.UNDECIDED}
    ]
    failed.sort(key=lambda one: one.severity is not Severity.BLOCKER)
    if failed:
        return _verdict("block", 1, _because(failed, results), results, policy)
    if crashed:
        return _verdict("hold", 4, _because(crashed, results), results, policy)
    if open_:
        return _verdict("hold", 11, _because(open_, results), results, policy)
    if not blockers:
        why = "No blocker was judged: nothing that was asked could open the gate."
        return _verdict("hold", 11, (why, *_warned(results)), results, policy)
    return _verdict("promote", 0, _passed(len(blockers), results), results, policy)


def _verdict(
    decision: Any,
    exit_code: int,
    because: tuple[str, ...],
    results: Sequence[Result],
    policy: Policy,
) -> Verdict:
    return Verdict(
        decision=decision,
        exit_code=exit_code,
        because=(*because, *waived(results)),
        policy={"on_hold": policy.on_hold, "correction": "holm"},
        alpha_block=policy.alpha_block,
        alpha_pass=policy.alpha_pass,
    )


def _unknown(outcome: Outcome, limit: Limit) -> str | None:
    """Why nothing can be decided whatever the limit; None where something can."""
    interval, value = outcome.interval, outcome.value
    if limit.margin is not None:  # it needs fewer labels than the two values between which it lies
        apart = outcome.difference
        interval, value = (None, None) if apart is None else (apart.interval, apart.value)
    if value is None or not all(isfinite(one) for one in (value, outcome.value or 0.0)):
        what = "number" if limit.margin is None else "difference"
        return outcome.reason or f"there is no {what} to judge"
    if not all(isfinite(bound) for bound in limit.written.values()):
        return "its limit is no number"
    if len(limit.written) > 1:
        return "it is held to more than one limit at once"
    if outcome.kind == "statistical":
        rows = outcome.n if outcome.n_effective is None else outcome.n_effective
        if not rows >= outcome.minimum:  # NaN is not enough either
            return f"not enough rows: {rows:.0f}, and {outcome.minimum} are needed"
        if interval is None:
            return outcome.reason or "its uncertainty is not known"
    low, high = (value, value) if interval is None else (interval.low, interval.high)
    if not (isfinite(low) and isfinite(high) and low <= high):
        return outcome.reason or "its uncertainty is not known"
    return None


def _question(outcome: Outcome, limit: Limit) -> _Question | None:
    """The question as bounds; None for an exact fact, or a figure without an interval."""
    if limit.margin is not None:
        difference = outcome.difference
        assert difference is not None
        assert difference.interval is not None
        at = difference.at or widened(difference.value, difference.interval)
        upward = outcome.better == "higher"
        # A drop of just the margin is one too many: the bound itself is not kept.
        within = nextafter(-limit.margin, np.inf) if upward else nextafter(limit.margin, -np.inf)
        return _Question(at, upward, within, 0.0)
    if outcome.interval is None:
        return None
    assert outcome.value is not None
    at = outcome.at or widened(outcome.value, outcome.interval)
    if limit.at_least is not None:
        return _Question(at, upward=True, within=limit.at_least, worse=limit.at_least)
    assert limit.at_most is not None
    return _Question(at, upward=False, within=limit.at_most, worse=limit.at_most)


def _kept(outcome: Outcome, limit: Limit) -> bool:
    """Whether a fact keeps its limit."""
    value = outcome.value
    assert value is not None
    above = limit.at_least is None or value >= limit.at_least
    return above and (limit.at_most is None or value <= limit.at_most)


def _asked(results: Sequence[Result], severity: Severity) -> list[int]:
    """Where the questions stand that could be shown worse by chance."""
    return [
        place
        for place, one in enumerate(results)
        if one.severity is severity and one.p_worse is not None
    ]


def _concluded(
    result: Result, adjusted: float, alpha: float, first: float, policy: Policy
) -> Result:
    """A result once it is known whether it is shown to be worse; `first`, the strictest level."""
    found = replace(result, detectable=detectable(result, first))
    if result.status is not Status.UNDECIDED:
        return found
    assert result.p_worse is not None
    if adjusted <= alpha and result.p_worse <= MOST_ALONE:
        return replace(found, status=Status.FAILED, reason=None)
    rows = rows_needed(result, alpha_pass=policy.alpha_pass, alpha_block=first)
    labels = None
    if rows is not None and result.discordant is not None and result.n:
        labels = ceil(rows * result.discordant / result.n)
    return replace(found, rows_needed=rows, labels_needed=labels)


def _because(weighty: Sequence[Result], results: Sequence[Result]) -> tuple[str, ...]:
    return (*(sentence(one) for one in weighty[:5]), *_rest(weighty, results))


def _rest(weighty: Sequence[Result], results: Sequence[Result]) -> tuple[str, ...]:
    more = len(weighty) - 5
    passed = sum(one.status is Status.PASSED and not _of_host(one) for one in results)
    said = []
    if more > 0:
        said.append(f"And {more} more.")
    if passed:
        said.append(f"{_count(passed, 'question')} passed.")
    return tuple(said)


def _passed(blockers: int, results: Sequence[Result]) -> tuple[str, ...]:
    """That the gate is open, and what is to be thought of all the same."""
    minor = _minors(results)
    undecided = [
        one for one in results if one.severity is Severity.MAJOR and one.status is Status.UNDECIDED
    ]
    beside = f"; {_count(len(minor), 'warning')}" if minor else ""
    said = [f"{_count(blockers, 'blocker')} asked, every one passed{beside}."]
    said += _warned(results)
    if undecided:
        said.append(
            f"{_count(len(undecided), 'major question')} could not be decided on these rows."
        )
    return tuple(said)


def _minors(results: Sequence[Result]) -> list[Result]:
    """Those that warn."""
    return [
        one
        for one in results
        if one.severity is Severity.MINOR and one.status is Status.FAILED and not _of_host(one)
    ]


def _warned(results: Sequence[Result]) -> list[str]:
    """What is warned of, in sentences."""
    return [sentence(one) for one in _minors(results)[:3]]


def _of_host(result: Result) -> bool:
    """Whether it is a figure of the host that nothing hangs on: no verdict is worded by it."""
    return result.kind == "measured" and result.severity is Severity.MINOR


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"
