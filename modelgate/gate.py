"""The decision rule: outcomes to statuses, statuses to a verdict. Nothing else decides.

In this version each question is decided at an uncorrected one-sided 5 %: the ends of the two-sided
90 % interval. The report says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from modelgate.outcome import Outcome, Severity, Status
from modelgate.report import Result, Verdict
from modelgate.sentences import sentence
from modelgate.suite import Limit

POLICY = {
    "on_hold": "hold",
    "correction": "none",
    "note": "each question is decided on its own, at one-sided 5 %",
}


def status(outcome: Outcome, limit: Limit) -> tuple[Status, str | None]:
    """What an outcome means under its limit.

    A white list: whatever is missing, not finite or too little is not passed.

    Args:
        outcome: what was measured.
        limit: what it is held to; an empty one makes it information.

    Returns:
        The status, and the reason where it is no plain passed or failed.
    """
    if not limit:
        return Status.INFO, outcome.reason
    unknown = _unknown(outcome, limit)
    if unknown is not None:
        return Status.UNDECIDED, unknown
    low, high = _ends(outcome)
    above = limit.at_least is None or low >= limit.at_least
    below = limit.at_most is None or high <= limit.at_most
    if above and below:
        return Status.PASSED, None
    shown_low = limit.at_least is not None and high < limit.at_least
    shown_high = limit.at_most is not None and low > limit.at_most
    if shown_low or shown_high:
        return Status.FAILED, None
    return Status.UNDECIDED, outcome.reason


def _unknown(outcome: Outcome, limit: Limit) -> str | None:
    """Why nothing can be decided whatever the limit; None where something can."""
    if outcome.value is None or not isfinite(outcome.value):
        return outcome.reason or "there is no number to judge"
    bounds = (limit.at_least, limit.at_most)
    if not all(isfinite(bound) for bound in bounds if bound is not None):
        return "its limit is no number"
    if outcome.kind == "statistical":
        rows = outcome.n if outcome.n_effective is None else outcome.n_effective
        if not rows >= outcome.minimum:  # NaN is not enough either
            return f"not enough rows: {rows:.0f}, and {outcome.minimum} are needed"
    low, high = _ends(outcome)
    known = isfinite(low) and isfinite(high) and low <= high
    if not known or (outcome.kind == "statistical" and outcome.interval is None):
        return outcome.reason or "its uncertainty is not known"
    return None


def _ends(outcome: Outcome) -> tuple[float, float]:
    """Between what the value lies: at itself for an exact fact."""
    assert outcome.value is not None
    if outcome.interval is None:
        return outcome.value, outcome.value
    return outcome.interval.low, outcome.interval.high


def verdict(results: Sequence[Result]) -> Verdict:
    """The suite's decision.

    block: a blocker or a major failed. promote: there is a blocker, every one passed, and no major
    crashed or was skipped. hold: everything else; exit 4 where something crashed.
    """
    counted = [one for one in results if one.status is not Status.INFO]
    heavy = [one for one in counted if one.severity is not Severity.MINOR]
    blockers = [one for one in heavy if one.severity is Severity.BLOCKER]
    failed = [one for one in heavy if one.status is Status.FAILED]
    crashed = [one for one in heavy if one.status is Status.CRASHED]
    if failed:
        failed.sort(key=lambda one: one.severity is not Severity.BLOCKER)
        return Verdict(
            decision="block", exit_code=1, because=_because(failed, results), policy=POLICY
        )
    if crashed:
        return Verdict(
            decision="hold", exit_code=4, because=_because(crashed, results), policy=POLICY
        )
    open_ = [one for one in blockers if one.status is not Status.PASSED]
    open_ += [
        one
        for one in heavy
        if one.severity is not Severity.BLOCKER
        and one.status not in {Status.PASSED, Status.UNDECIDED}
    ]
    if open_:
        return Verdict(
            decision="hold", exit_code=11, because=_because(open_, results), policy=POLICY
        )
    if not blockers:
        why = "No blocker was judged: nothing that was asked could open the gate."
        return Verdict(decision="hold", exit_code=11, because=(why,), policy=POLICY)
    because = (f"{_count(len(blockers), 'blocker')} asked, every one passed.", *_warnings(results))
    return Verdict(decision="promote", exit_code=0, because=because, policy=POLICY)


def _because(weighty: Sequence[Result], results: Sequence[Result]) -> tuple[str, ...]:
    return (*(sentence(one) for one in weighty[:5]), *_rest(weighty, results))


def _rest(weighty: Sequence[Result], results: Sequence[Result]) -> tuple[str, ...]:
    more = len(weighty) - 5
    passed = sum(one.status is Status.PASSED for one in results)
    said = []
    if more > 0:
        said.append(f"And {more} more.")
    if passed:
        said.append(f"{_count(passed, 'question')} passed.")
    return tuple(said)


def _warnings(results: Sequence[Result]) -> tuple[str, ...]:
    minor = [
        one for one in results if one.severity is Severity.MINOR and one.status is Status.FAILED
    ]
    undecided = sum(
        one.severity is Severity.MAJOR and one.status is Status.UNDECIDED for one in results
    )
    said = [sentence(one) for one in minor[:3]]
    if undecided:
        said.append(f"{_count(undecided, 'major question')} could not be decided on these rows.")
    return tuple(said)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"
