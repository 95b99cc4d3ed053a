"""Results in words that need no statistician."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from modelgate.outcome import Status
from modelgate.report import Result
from modelgate.sentences import advice, sentence, title
from tests.results import result


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
        pytest.param({"versus": "champion"}, "accuracy v champion", id="comparison"),
        pytest.param({"check": "invariance", "subject": "typos"}, "invariance typos", id="subject"),
        pytest.param({"check": "finite_outputs", "subject": "all"}, "finite_outputs", id="all"),
        pytest.param({"check": "determinism", "subject": "implied"}, "determinism", id="implied"),
    ],
)
def test_a_result_is_called_what_people_call_it(changes: dict[str, Any], name: str) -> None:
    assert title(result(**changes)) == name


def test_rows_and_labels_needed_are_told_with_two_digits() -> None:
    open_ = result(status=Status.UNDECIDED, limit={"at_least": 0.9})
    assert advice(open_) == "Not enough rows to tell: judge it on more labelled rows."
    known = result(status=Status.UNDECIDED, limit={"at_least": 0.9}, rows_needed=3662)
    assert advice(known) == "About 3,700 rows in all would likely settle it; 1,200 were judged."
    compared = versus(status=Status.UNDECIDED, rows_needed=3662, labels_needed=293)
    assert advice(compared) == (
        "About 3,700 rows in all (300 labels: where the two differ) would likely settle it; 1,200"
        " were judged."
    )


def versus(**changes: Any) -> Result:
    standard: dict[str, Any] = {
        "versus": "champion",
        "interval": None,
        "limit": {"margin": 0.01},
        "champion": 0.916,
        "difference": -0.004,
        "difference_interval": (-0.017, 0.009),
        "p_worse": 0.3,
        "p_within": 0.22,
    }
    return result(**{**standard, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param(
            {"status": Status.UNDECIDED},
            "accuracy 91.2 % against 91.6 %, 1,200 rows: could be 1.7 points worse to 0.9 points"
            " better than the champion. Tolerance 1 point.",
            id="either",
        ),
        pytest.param(
            {"status": Status.UNDECIDED, "difference_interval": (-0.017, -0.002)},
            "accuracy 91.2 % against 91.6 %, 1,200 rows: could be 0.2 points to 1.7 points worse"
            " than the champion. Tolerance 1 point.",
            id="worse-by-how-much",
        ),
        pytest.param(
            {"difference_interval": (-0.0094, 0.002)},
            "accuracy 91.2 % against 91.6 %, 1,200 rows: at most 0.9 points worse than the"
            " champion; a drop of 1 point is ruled out.",
            id="passed",
        ),
        pytest.param(
            {"difference": 0.02, "difference_interval": (0.011, 0.03)},
            "accuracy 91.2 % against 91.6 %, 1,200 rows: better than the champion, by 1.1 points at"
            " least.",
            id="better",
        ),
        pytest.param(
            {
                "status": Status.FAILED,
                "difference": -0.097,
                "difference_interval": (-0.158, -0.036),
                "slice": {"country": "BR"},
                "n": 412,
            },
            "accuracy, country = BR 91.2 % against 91.6 %, 412 rows: 10 points worse than the"
            " champion, at least 4 points; 1 point would be tolerable.",
            id="failed",
        ),
        pytest.param(
            {
                "unit": "mpg",
                "better": "lower",
                "value": 3.41,
                "champion": 3.2,
                "difference": 0.21,
                "difference_interval": (0.05, 0.37),
                "status": Status.UNDECIDED,
                "limit": {"margin": 0.16},
            },
            "accuracy 3.41 mpg against 3.20 mpg, 1,200 rows: could be 0.05 mpg to 0.37 mpg worse"
            " than the champion. Tolerance 0.16 mpg.",
            id="a-loss",
        ),
        pytest.param(
            {"value": None, "champion": None},
            "accuracy, 1,200 rows: at most 1.7 points worse than the champion; a drop of 1 point is"
            " ruled out.",
            id="without-labels",
        ),
        pytest.param(
            {"status": Status.SKIPPED, "value": None, "difference": None, "reason": "no champion"},
            "accuracy v champion was not asked: no champion.",
            id="skipped",
        ),
        pytest.param(
            {
                "status": Status.UNDECIDED,
                "difference_interval": (-0.005, 0.004),
                "reason": "3 rows have no label",
            },
            "accuracy 91.2 % against 91.6 %, 1,200 rows: within the tolerance of 1 point, but 3"
            " rows have no label.",
            id="within-but",
        ),
    ],
)
def test_a_comparison_says_how_far_apart_the_two_are(changes: dict[str, Any], said: str) -> None:
    assert sentence(versus(**changes)) == said


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
