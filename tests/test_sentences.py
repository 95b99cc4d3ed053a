"""Results in words that need no statistician."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from modelgate.outcome import Severity, Status
from modelgate.report import Result
from modelgate.sentences import advice, sentence, title


def result(**changes: Any) -> Result:
    standard: dict[str, Any] = {
        "id": "metric[accuracy]",
        "check": "metric",
        "subject": "accuracy",
        "data": "test",
        "severity": Severity.BLOCKER,
        "kind": "statistical",
        "status": Status.PASSED,
        "value": 0.912,
        "interval": (0.894, 0.928),
        "level": 0.90,
        "limit": {"at_least": 0.88},
        "n": 1200,
    }
    return Result(**{**standard, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param(
            {},
            "accuracy is 91.2 % on 1,200 rows, at least 89.4 % with 95 % confidence: less than the"
            " 88 % asked for is ruled out.",
            id="passed-from-below",
        ),
        pytest.param(
            {"limit": {"at_most": 0.95}},
            "accuracy is 91.2 % on 1,200 rows, at most 92.8 % with 95 % confidence: more than the"
            " 95 % allowed is ruled out.",
            id="passed-from-above",
        ),
        pytest.param(
            {"status": Status.FAILED, "limit": {"at_least": 0.95}},
            "accuracy is 91.2 % on 1,200 rows, at most 92.8 % with 95 % confidence: shown to be"
            " below the 95 % asked for.",
            id="failed-from-below",
        ),
        pytest.param(
            {"status": Status.FAILED, "limit": {"at_most": 0.85}},
            "accuracy is 91.2 % on 1,200 rows, at least 89.4 % with 95 % confidence: shown to be"
            " above the 85 % allowed.",
            id="failed-from-above",
        ),
        pytest.param(
            {"status": Status.UNDECIDED, "limit": {"at_least": 0.9}},
            "accuracy is 91.2 % on 1,200 rows, but could be as low as 89.4 %: less than the 90 %"
            " asked for is not ruled out.",
            id="undecided-on-the-good-side",
        ),
        pytest.param(
            {"status": Status.UNDECIDED, "limit": {"at_least": 0.92}},
            "accuracy is 91.2 % on 1,200 rows and looks below the 92 % asked for, but 92.8 % is"
            " possible too: not shown.",
            id="undecided-on-the-bad-side",
        ),
        pytest.param(
            {"status": Status.UNDECIDED, "limit": {"at_most": 0.90}},
            "accuracy is 91.2 % on 1,200 rows and looks above the 90 % allowed, but 89.4 % is"
            " possible too: not shown.",
            id="undecided-above",
        ),
        pytest.param(
            {"status": Status.UNDECIDED, "reason": "3 rows could not be judged"},
            "accuracy is 91.2 % on 1,200 rows, surely at least the 88 % asked for, but 3 rows could"
            " not be judged.",
            id="undecided-though-good",
        ),
        pytest.param(
            {"status": Status.UNDECIDED, "interval": None, "reason": "one class only", "n": 1},
            "accuracy is 91.2 % on 1 row: not decided, one class only.",
            id="undecided-without-interval",
        ),
        pytest.param(
            {"status": Status.FAILED, "interval": None, "limit": {"at_most": 0}, "unit": "row"}
            | {"value": 3, "check": "finite_outputs", "subject": "all"},
            "finite_outputs is 3 rows, above the 0 rows allowed.",
            id="exact-failed",
        ),
        pytest.param(
            {"status": Status.INFO, "limit": {}},
            "accuracy is 91.2 %, between 89.4 % and 92.8 % on 1,200 rows; it is held to no limit.",
            id="information",
        ),
        pytest.param(
            {"status": Status.CRASHED, "value": None, "interval": None, "reason": "out of memory"},
            "accuracy could not be completed: out of memory.",
            id="crashed",
        ),
        pytest.param(
            {"status": Status.SKIPPED, "value": None, "interval": None, "reason": "no champion"},
            "accuracy was not asked: no champion.",
            id="skipped",
        ),
        pytest.param(
            {"status": Status.UNDECIDED, "value": None, "interval": None},
            "accuracy has no value: no reason was given.",
            id="no-value",
        ),
        pytest.param({"says": "Own words."}, "Own words.", id="the-check-speaks-for-itself"),
    ],
)
def test_a_result_is_told_in_one_sentence(changes: dict[str, Any], said: str) -> None:
    assert sentence(result(**changes)) == said


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        pytest.param({}, "accuracy", id="metric"),
        pytest.param({"slice": {"country": "BR"}}, "accuracy, country = BR", id="slice"),
        pytest.param({"versus": "champion"}, "accuracy, against the champion", id="comparison"),
        pytest.param({"check": "invariance", "subject": "typos"}, "invariance typos", id="subject"),
        pytest.param({"check": "finite_outputs", "subject": "all"}, "finite_outputs", id="all"),
        pytest.param({"check": "determinism", "subject": "implied"}, "determinism", id="implied"),
    ],
)
def test_a_result_is_called_what_people_call_it(changes: dict[str, Any], name: str) -> None:
    assert title(result(**changes)) == name


def test_how_many_rows_are_needed_comes_from_the_details_only() -> None:
    open_ = result(status=Status.UNDECIDED, limit={"at_least": 0.9})
    known = result(status=Status.UNDECIDED, limit={"at_least": 0.9}, details={"rows_needed": 3662})
    assert advice(open_) == "Not enough rows to tell: judge it on more labelled rows."
    assert advice(known) == ("About 3,700 rows in all would likely settle it; 1,200 were judged.")


@pytest.mark.parametrize("status", list(Status))
def test_what_keeps_the_gate_shut_has_an_advice(status: Status) -> None:
    assert bool(advice(result(status=status))) is (status not in {Status.PASSED, Status.INFO})


def test_statistics_stay_out_of_the_words() -> None:
    source = importlib.util.find_spec("modelgate.sentences")
    assert source is not None
    assert source.origin is not None
    text = Path(source.origin).read_text(encoding="utf-8").lower()
    assert not [word for word in ("p-value", "null hypothesis", "significan") if word in text]


def test_more_rows_are_no_help_where_rows_could_not_be_judged() -> None:
    assert advice(result(status=Status.UNDECIDED, reason="3 rows could not be judged")) == ""
