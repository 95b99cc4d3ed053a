"""The status of one question: a white list, on intervals, that no missing number opens."""

from __future__ import annotations

from dataclasses import replace
from math import inf, isfinite, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.gate import settled, weigh
from modelgate.outcome import Difference, Outcome, Severity, Status
from modelgate.report import Result
from modelgate.stats.interval import Interval
from modelgate.suite import Limit

FLOOR = Limit(at_least=0.9)
CEILING = Limit(at_most=0.1)


def measured(low: float, high: float, **others: Any) -> Outcome:
    given: dict[str, Any] = {"value": (low + high) / 2, "n": 1000, "better": "higher", **others}
    return Outcome(interval=Interval(low, high), **given)


def result(outcome: Outcome, limit: Limit, severity: str = "blocker") -> Result:
    """A question as it stands before the others are heard."""
    weighed, interval, apart = weigh(outcome, limit), outcome.interval, outcome.difference
    between = None if apart is None else apart.interval
    return Result(
        id="one",
        check="metric",
        subject="accuracy",
        data="test",
        severity=Severity(severity),
        kind=outcome.kind,
        status=weighed.status,
        value=outcome.value,
        interval=None if interval is None else (interval.low, interval.high),
        better=outcome.better,
        limit=limit.written,
        difference=None if apart is None else apart.value,
        difference_interval=None if between is None else (between.low, between.high),
        n=outcome.n,
        p_worse=weighed.p_worse,
        p_within=weighed.p_within,
    )


def status(outcome: Outcome, limit: Limit) -> Status:
    """What becomes of a suite's only question."""
    return settled([result(outcome, limit)])[0][0].status


@pytest.mark.parametrize(
    ("outcome", "limit", "expected"),
    [
        pytest.param(measured(0.90, 0.95), FLOOR, "passed", id="lower-end-at-the-limit"),
        pytest.param(measured(0.899, 0.95), FLOOR, "undecided", id="value-above-is-not-enough"),
        pytest.param(measured(0.80, 0.90), FLOOR, "undecided", id="upper-end-at-the-limit"),
        pytest.param(measured(0.80, 0.899), FLOOR, "undecided", id="below-but-not-at-1-percent"),
        pytest.param(measured(0.80, 0.87), FLOOR, "failed", id="shown-below"),
        pytest.param(measured(0.05, 0.10), CEILING, "passed", id="upper-end-at-the-ceiling"),
        pytest.param(measured(0.05, 0.11), CEILING, "undecided", id="could-be-above"),
        pytest.param(measured(0.11, 0.20), CEILING, "undecided", id="above-but-not-at-1-percent"),
        pytest.param(measured(0.13, 0.20), CEILING, "failed", id="shown-above"),
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
        pytest.param(measured(0.9, 0.9), Limit(at_least=-inf), "undecided", id="no-floor-at-all"),
        pytest.param(measured(0.9, 0.9), Limit(at_most=inf), "undecided", id="no-ceiling-at-all"),
        pytest.param(measured(0.95, inf, value=0.96), FLOOR, "undecided", id="no-upper-end"),
        pytest.param(measured(-inf, 0.05, value=0), CEILING, "undecided", id="no-lower-end"),
        pytest.param(measured(0.99, 0.91), FLOOR, "undecided", id="ends-the-wrong-way-round"),
        pytest.param(
            measured(0.95, 0.99, n_effective=nan), FLOOR, "undecided", id="weights-of-nan"
        ),
        pytest.param(
            measured(0.80, 0.85, n_effective=nan), FLOOR, "undecided", id="nor-fail-by-them"
        ),
        pytest.param(
            Outcome(value=0.2, better="lower", kind="measured", unit="second"),
            Limit(at_most=0.5),
            "passed",
            id="a-figure-of-the-host",
        ),
        pytest.param(
            Outcome(value=0.6, better="lower", kind="measured", unit="second"),
            Limit(at_most=0.5),
            "failed",
            id="a-figure-of-the-host-too-high",
        ),
    ],
)
def test_the_interval_is_held_to_the_limit(outcome: Outcome, limit: Limit, expected: str) -> None:
    assert status(outcome, limit) == expected


@pytest.mark.parametrize(
    ("outcome", "limit", "reason"),
    [
        pytest.param(
            measured(0.95, 0.99, n=7), FLOOR, "not enough rows: 7, and 30 are needed", id="few"
        ),
        pytest.param(
            Outcome(value=None, better="higher", reason="one class"), FLOOR, "one class", id="told"
        ),
        pytest.param(
            Outcome(value=nan, better="higher"), FLOOR, "there is no number to judge", id="nan"
        ),
        pytest.param(
            Outcome(value=0.99, better="higher", n=1000),
            FLOOR,
            "its uncertainty is not known",
            id="no-interval",
        ),
        pytest.param(
            measured(0.95, 0.99), Limit(at_most=inf), "its limit is no number", id="limit"
        ),
    ],
)
def test_what_is_not_decided_says_why(outcome: Outcome, limit: Limit, reason: str) -> None:
    found = weigh(outcome, limit)
    assert (found.status, found.reason) == (Status.UNDECIDED, reason)
    assert found.p_worse is found.p_within is None


ANY = st.floats() | st.none()


@given(value=ANY, low=st.floats(), high=st.floats(), floor=ANY, ceiling=ANY, n=st.integers(0, 60))
def test_only_a_whole_interval_inside_the_limit_passes(
    value: float | None,
    low: float,
    high: float,
    floor: float | None,
    ceiling: float | None,
    n: int,
) -> None:
    limit = Limit(at_least=floor, at_most=ceiling)
    if weigh(measured(low, high, value=value, n=n), limit).status is Status.PASSED:
        assert value is not None
        assert all(map(isfinite, (value, low, high)))
        assert n >= 30
        assert (floor is None) is not (ceiling is None)
        assert floor is None or -inf < floor <= low
        assert ceiling is None or high <= ceiling < inf


ORDER = [Status.FAILED, Status.UNDECIDED, Status.PASSED]


@given(
    low=st.floats(0, 1),
    width=st.floats(0, 0.5),
    down=st.floats(0, 1),
    limit=st.floats(0, 1),
    ceiling=st.booleans(),
)
def test_a_worse_number_never_gets_a_better_status(
    low: float, width: float, down: float, limit: float, ceiling: bool
) -> None:
    sign = -1 if ceiling else 1
    held = Limit(at_most=-limit) if ceiling else Limit(at_least=limit)

    def found(shift: float) -> Status:
        ends = sorted((sign * (low - shift), sign * (low + width - shift)))
        return status(measured(*ends), held)

    assert ORDER.index(found(down)) <= ORDER.index(found(0))


@given(low=st.floats(0, 1), width=st.floats(0, 0.5), wider=st.floats(0, 1), limit=st.floats(0, 1))
def test_less_certainty_decides_nothing_new(
    low: float, width: float, wider: float, limit: float
) -> None:
    narrow = status(measured(low, low + width), Limit(at_least=limit))
    wide = status(measured(low - wider, low + width + wider), Limit(at_least=limit))
    assert wide in {narrow, Status.UNDECIDED}


def compared(low: float, high: float, better: str = "higher", **others: Any) -> Outcome:
    apart = Difference(champion=0.9, value=(low + high) / 2, interval=Interval(low, high))
    return Outcome(value=0.9, difference=apart, better=better, n=1000, **others)  # type: ignore[arg-type]


MARGIN = Limit(margin=0.02)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        pytest.param(compared(-0.019, 0.01), "passed", id="a-drop-of-the-margin-is-ruled-out"),
        pytest.param(compared(-0.02, 0.01), "undecided", id="a-drop-of-just-the-margin-is-not"),
        pytest.param(compared(-0.03, 0.01), "undecided", id="could-be-either"),
        pytest.param(compared(-0.015, -0.01), "passed", id="tolerable-though-shown-worse"),
        pytest.param(compared(-0.03, -0.005), "undecided", id="worse-but-not-at-1-percent"),
        pytest.param(compared(-0.06, -0.03), "failed", id="shown-worse"),
        pytest.param(compared(-0.01, 0.019, "lower"), "passed", id="a-loss-within-the-margin"),
        pytest.param(compared(0.03, 0.06, "lower"), "failed", id="a-loss-shown-larger"),
        pytest.param(compared(-0.06, -0.03, "lower"), "passed", id="a-smaller-loss"),
        pytest.param(
            Outcome(value=0.9, better="higher", n=1000), "undecided", id="nothing-to-compare"
        ),
        pytest.param(compared(nan, nan), "undecided", id="nan"),
        pytest.param(
            replace(compared(-0.01, 0.01), value=None), "passed", id="labels-only-where-they-differ"
        ),
        pytest.param(replace(compared(-0.01, 0.01), value=nan), "undecided", id="value-of-nan"),
        pytest.param(
            Outcome(value=None, better="higher", n=1000), "undecided", id="neither-of-the-two"
        ),
        pytest.param(compared(-0.001, 0.001, n_effective=12.0), "undecided", id="few-by-weight"),
    ],
)
def test_a_comparison_is_held_to_its_margin(outcome: Outcome, expected: str) -> None:
    assert status(outcome, MARGIN) == expected


@pytest.mark.parametrize(
    ("value", "low", "high", "p_same", "expected"),
    [
        pytest.param(0.02, 0.0, 0.04, 0.5, "passed", id="a-larger-one-is-ruled-out"),
        pytest.param(0.03, 0.02, 0.04, 1e-9, "passed", id="real-and-too-small-to-matter"),
        pytest.param(0.08, 0.03, 0.12, 1e-4, "failed", id="real-and-large-as-it-looks"),
        pytest.param(0.08, 0.0, 0.16, 0.3, "undecided", id="large-and-not-shown"),
        pytest.param(0.04, 0.01, 0.07, 1e-4, "undecided", id="shown-and-not-large"),
    ],
)
def test_a_limit_that_is_the_least_difference_that_matters_takes_one_that_is_shown_and_large(
    value: float, low: float, high: float, p_same: float, expected: str
) -> None:
    outcome = measured(low, high, value=value, p_same=p_same, better="lower")
    assert status(outcome, Limit(at_most=0.05)) == expected


def statuses(*questions: Result) -> list[str]:
    return [str(one.status) for one in settled(questions)[0]]


def test_the_more_questions_the_more_it_takes_to_fail_one() -> None:
    bad = result(measured(0.84, 0.885), FLOOR)  # shown at 0.3 %, not at 0.05 %
    good = [result(measured(0.91, 0.93), FLOOR) for _ in range(19)]
    assert statuses(bad) == ["failed"]
    assert statuses(bad, *good) == ["undecided"] + ["passed"] * 19


def test_majors_take_half_of_the_error_where_there_are_any() -> None:
    bad = result(measured(0.84, 0.888), FLOOR)  # shown at 0.7 %
    major = result(measured(0.91, 0.93), FLOOR, "major")
    assert statuses(bad) == ["failed"]
    assert statuses(bad, major) == ["undecided", "passed"]
    assert settled([bad, major])[1] == {
        "blocker": {"questions": 1, "alpha": 0.005},
        "major": {"questions": 1, "alpha": 0.005},
    }


def test_facts_spend_none_of_the_error() -> None:
    bad = result(measured(0.84, 0.888), FLOOR)
    fact = result(Outcome(value=0.0, better="lower", kind="exact"), Limit(at_most=0.0), "major")
    assert statuses(bad, fact) == ["failed", "passed"]


def test_minors_are_a_list_whose_share_of_false_ones_is_kept() -> None:
    bad = [result(measured(0.84, 0.885), FLOOR, "minor") for _ in range(5)]
    good = [result(measured(0.91, 0.93), FLOOR, "minor") for _ in range(5)]
    assert statuses(*bad, *good) == ["failed"] * 5 + ["passed"] * 5


@given(
    st.lists(
        st.tuples(st.floats(-0.1, 0.1), st.floats(0.001, 0.1), st.sampled_from([*Severity])),
        min_size=1,
        max_size=8,
    )
)
def test_nothing_fails_that_looks_good_and_nothing_passed_is_taken_back(
    questions: list[tuple[float, float, Severity]],
) -> None:
    asked = [
        result(compared(middle - half, middle + half), MARGIN, str(severity))
        for middle, half, severity in questions
    ]
    for before, after in zip(asked, settled(asked)[0], strict=True):
        assert (before.status is Status.PASSED) == (after.status is Status.PASSED)
        if after.status is Status.FAILED:
            assert after.difference is not None
            assert after.difference < 0


def test_rows_needed_are_told_where_nothing_is_decided() -> None:
    (one,), _ = settled([result(compared(-0.03, 0.03), MARGIN)])
    # Standard error 0.03 / 1.645 at 1,000 rows; 0.02 / (1.645 + 0.842) is wanted.
    assert one.rows_needed == 5142
    assert one.detectable == pytest.approx(0.03 / 1.645 * (2.326 + 0.842), rel=1e-3)
