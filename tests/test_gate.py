"""The decision rule: a white list, on intervals, that no missing number opens."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.gate import status, verdict
from modelgate.outcome import Outcome, Severity, Status
from modelgate.report import Result
from modelgate.stats.interval import Interval
from modelgate.suite import Limit

FLOOR = Limit(at_least=0.9)
CEILING = Limit(at_most=0.1)


def measured(low: float, high: float, **others: Any) -> Outcome:
    given: dict[str, Any] = {"value": (low + high) / 2, "n": 1000, "better": "higher", **others}
    return Outcome(interval=Interval(low, high), **given)


@pytest.mark.parametrize(
    ("outcome", "limit", "expected"),
    [
        pytest.param(measured(0.90, 0.95), FLOOR, "passed", id="lower-end-at-the-limit"),
        pytest.param(measured(0.899, 0.95), FLOOR, "undecided", id="value-above-is-not-enough"),
        pytest.param(measured(0.80, 0.90), FLOOR, "undecided", id="upper-end-at-the-limit"),
        pytest.param(measured(0.80, 0.899), FLOOR, "failed", id="shown-below"),
        pytest.param(measured(0.05, 0.10), CEILING, "passed", id="upper-end-at-the-ceiling"),
        pytest.param(measured(0.05, 0.11), CEILING, "undecided", id="could-be-above"),
        pytest.param(measured(0.11, 0.20), CEILING, "failed", id="shown-above"),
        pytest.param(measured(0.95, 0.99, n=29), FLOOR, "undecided", id="29-rows"),
        pytest.param(measured(0.95, 0.99, n=30), FLOOR, "passed", id="30-rows"),
        pytest.param(
            measured(0.95, 0.99, n=100, n_effective=20.0), FLOOR, "undecided", id="few-by-weight"
        ),
        pytest.param(
            measured(0.1, 0.2, n=5), FLOOR, "undecided", id="too-few-rows-fail-nothing-either"
        ),
        pytest.param(
            Outcome(value=0.99, better="higher", n=1000), FLOOR, "undecided", id="no-interval"
        ),
        pytest.param(
            Outcome(value=None, better="higher", reason="one class"), FLOOR, "undecided", id="none"
        ),
        pytest.param(Outcome(value=nan, better="higher", n=99), FLOOR, "undecided", id="nan"),
        pytest.param(Outcome(value=inf, better="higher", n=99), FLOOR, "undecided", id="infinite"),
        pytest.param(measured(nan, nan, value=0.95), FLOOR, "undecided", id="nan-ends"),
        pytest.param(measured(nan, 0.99, value=0.95), FLOOR, "undecided", id="nan-lower-end"),
        pytest.param(
            Outcome(value=0.0, better="lower", kind="exact"), Limit(at_most=0), "passed", id="fact"
        ),
        pytest.param(
            Outcome(value=1.0, better="lower", kind="exact"), Limit(at_most=0), "failed", id="false"
        ),
        pytest.param(
            Outcome(value=None, better="lower", kind="exact"),
            Limit(at_most=0),
            "undecided",
            id="fact-without-a-number",
        ),
        pytest.param(measured(0.1, 0.2), Limit(), "info", id="no-limit"),
        pytest.param(measured(0.95, 0.99), Limit(at_least=nan), "undecided", id="nan-limit"),
    ],
)
def test_status(outcome: Outcome, limit: Limit, expected: str) -> None:
    assert status(outcome, limit)[0] == expected


def test_what_is_not_decided_says_why() -> None:
    assert status(measured(0.95, 0.99, n=7), FLOOR)[1] == "not enough rows: 7, and 30 are needed"
    assert status(Outcome(value=None, better="higher", reason="one class"), FLOOR)[1] == "one class"


@given(
    low=st.floats(0, 1),
    width=st.floats(0, 0.5),
    down=st.floats(0, 1),
    limit=st.floats(0, 1),
)
def test_a_worse_number_never_turns_a_failure_into_a_pass(
    low: float, width: float, down: float, limit: float
) -> None:
    order = [Status.FAILED, Status.UNDECIDED, Status.PASSED]
    better = status(measured(low, low + width), Limit(at_least=limit))[0]
    worse = status(measured(low - down, low + width - down), Limit(at_least=limit))[0]
    assert order.index(worse) <= order.index(better)


def result(found: str, severity: str = "blocker") -> Result:
    return Result(
        id=f"metric[{found}]",
        check="metric",
        subject="accuracy",
        data="test",
        severity=Severity(severity),
        kind="statistical",
        status=Status(found),
        value=0.91,
        interval=(0.89, 0.93),
        level=0.9,
        limit={"at_least": 0.9},
        n=500,
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
def test_verdict(results: list[str], decision: str, code: int) -> None:
    found = verdict([result(*each.split()) for each in results])
    assert (found.decision, found.exit_code) == (decision, code)
    assert found.because
    assert all(found.because)


STATUSES = st.sampled_from([*Status])
RESULTS = st.lists(st.tuples(STATUSES, st.sampled_from([*Severity])), max_size=6)


@given(RESULTS, STATUSES, st.sampled_from([Severity.MAJOR, Severity.MINOR]))
def test_another_question_never_opens_the_gate(
    results: list[tuple[Status, Severity]], more: Status, severity: Severity
) -> None:
    before = [result(found, each) for found, each in results]
    after = [*before, result(more, severity)]
    if verdict(before).decision != "promote":
        assert verdict(after).decision != "promote"


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
