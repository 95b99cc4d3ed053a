"""The suite's decision: every blocker positively passed, or the gate stays shut."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.gate import verdict
from modelgate.outcome import Severity, Status
from modelgate.report import Report, Result, contradiction
from tests.results import result as a_result

NUMBERS: dict[str, tuple[float | None, tuple[float, float] | None]] = {
    "passed": (0.93, (0.91, 0.95)),
    "failed": (0.85, (0.83, 0.87)),
    "undecided": (0.91, (0.89, 0.93)),
    "info": (0.91, (0.89, 0.93)),
    "skipped": (None, None),
    "crashed": (None, None),
}


def result(found: str, severity: str = "blocker") -> Result:
    value, interval = NUMBERS[found]
    return a_result(
        id=f"metric[{found}]",
        severity=Severity(severity),
        status=Status(found),
        value=value,
        interval=interval,
        limit={} if found == "info" else {"at_least": 0.9},
    )


@pytest.mark.parametrize(
    ("results", "decision", "code"),
    [
        pytest.param([], "hold", 11, id="nothing-asked"),
        pytest.param(["passed"], "promote", 0, id="one-blocker-passed"),
        pytest.param(["info"], "hold", 11, id="only-information"),
        pytest.param(["passed major"], "hold", 11, id="no-blocker"),
        pytest.param(["passed", "undecided"], "hold", 11, id="a-blocker-undecided"),
        pytest.param(["passed", "skipped"], "hold", 11, id="a-blocker-skipped"),
        pytest.param(["passed", "crashed"], "hold", 4, id="a-blocker-crashed"),
        pytest.param(["passed", "failed"], "block", 1, id="a-blocker-failed"),
        pytest.param(["passed", "failed major"], "block", 1, id="a-major-failed"),
        pytest.param(["passed", "undecided major"], "promote", 0, id="a-major-undecided"),
        pytest.param(["passed", "skipped major"], "hold", 11, id="a-major-skipped"),
        pytest.param(["passed", "crashed major"], "hold", 4, id="a-major-crashed"),
        pytest.param(["passed", "failed minor"], "promote", 0, id="a-minor-only-warns"),
        pytest.param(["passed", "crashed minor"], "promote", 0, id="a-minor-crash-only-warns"),
        pytest.param(["failed", "crashed"], "block", 1, id="a-shown-failure-goes-before-a-crash"),
        pytest.param(["crashed", "undecided"], "hold", 4, id="a-crash-goes-before-a-hold"),
    ],
)
def test_the_worst_result_decides(results: list[str], decision: str, code: int) -> None:
    found = verdict([result(*each.split()) for each in results])
    assert (found.decision, found.exit_code) == (decision, code)
    assert found.because
    assert all(found.because)


STATUSES = st.sampled_from([*Status])
RESULTS = st.lists(st.tuples(STATUSES, st.sampled_from([*Severity])), max_size=6)


@given(RESULTS, STATUSES, st.sampled_from([*Severity]))
def test_another_question_never_opens_the_gate(
    results: list[tuple[Status, Severity]], more: Status, severity: Severity
) -> None:
    """But for the first blocker: a gate that nothing could open may then be opened."""
    before = [result(found, each) for found, each in results]
    judged = any(found != "info" and each == "blocker" for found, each in results)
    if verdict(before).decision != "promote" and (judged or severity != "blocker"):
        assert verdict([*before, result(more, severity)]).decision != "promote"


@given(RESULTS, st.randoms())
def test_the_order_of_the_questions_decides_nothing(
    results: list[tuple[Status, Severity]], random: Random
) -> None:
    asked = [result(found, severity) for found, severity in results]
    found = verdict(asked)
    random.shuffle(asked)
    assert verdict(asked).decision == found.decision
    assert verdict(asked).exit_code == found.exit_code


@given(RESULTS)
def test_every_verdict_follows_from_its_results(results: list[tuple[Status, Severity]]) -> None:
    asked = tuple(result(found, severity) for found, severity in results)
    report = Report(verdict=verdict(asked), subject={"champion": None}, results=asked)
    assert contradiction(report) is None


@pytest.mark.parametrize("severity", ["blocker", "major"])
@pytest.mark.parametrize("strange", ["splendid", "PASSED", "", None])
def test_a_status_that_nobody_knows_opens_nothing(severity: str, strange: Any) -> None:
    unknown = replace(result("passed", severity), status=strange)
    assert verdict([result("passed"), unknown]).decision == "hold"


@given(RESULTS)
def test_promotion_is_a_white_list(results: list[tuple[Status, Severity]]) -> None:
    found = verdict([result(each, severity) for each, severity in results])
    blockers = [each for each, severity in results if severity is Severity.BLOCKER]
    judged = [each for each in blockers if each is not Status.INFO]
    if found.decision == "promote":
        assert judged
        assert set(judged) == {Status.PASSED}


def test_the_reasons_name_the_failure_first() -> None:
    failed = replace(result("failed", "major"), says="It is worse.")
    assert verdict([result("undecided"), failed]).because[0] == "It is worse."


def test_a_failed_blocker_is_named_before_a_failed_major() -> None:
    major = replace(result("failed", "major"), says="A slice is worse.")
    blocker = replace(result("failed"), says="It is worse.")
    assert verdict([major, blocker]).because == ("It is worse.", "A slice is worse.")


def test_five_reasons_are_enough() -> None:
    because = verdict([result("failed")] * 8 + [result("passed")] * 2).because
    assert len(because) == 7
    assert because[5:] == ("And 3 more.", "2 questions passed.")


def test_what_only_warns_is_said() -> None:
    minor = replace(result("failed", "minor"), says="It is slow.")
    because = verdict([result("passed"), minor, result("undecided", "major")]).because
    assert because == (
        "1 blocker asked, every one passed; 1 warning.",
        "It is slow.",
        "1 major question could not be decided on these rows.",
    )
