"""The status of one question: a white list, on intervals, that no missing number opens."""

from __future__ import annotations

from math import inf, isfinite, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.gate import status
from modelgate.outcome import Outcome, Status
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
    assert status(outcome, limit)[0] == expected


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
    assert status(outcome, limit) == (Status.UNDECIDED, reason)


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
    if status(measured(low, high, value=value, n=n), limit)[0] is Status.PASSED:
        assert value is not None
        assert all(map(isfinite, (value, low, high)))
        assert n >= 30
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
        return status(measured(*ends), held)[0]

    assert ORDER.index(found(down)) <= ORDER.index(found(0))


@given(low=st.floats(0, 1), width=st.floats(0, 0.5), wider=st.floats(0, 1), limit=st.floats(0, 1))
def test_less_certainty_decides_nothing_new(
    low: float, width: float, wider: float, limit: float
) -> None:
    narrow = status(measured(low, low + width), Limit(at_least=limit))[0]
    wide = status(measured(low - wider, low + width + wider), Limit(at_least=limit))[0]
    assert wide in {narrow, Status.UNDECIDED}
