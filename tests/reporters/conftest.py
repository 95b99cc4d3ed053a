"""Reports written by hand: one of each kind that a reporter has to draw."""

from __future__ import annotations

from typing import Any

import pytest

from modelgate.outcome import Severity, Status
from modelgate.report import Finding, Report, Result, Verdict
from tests.results import result as metric

SUBJECT: dict[str, Any] = {
    "model": {"name": "tumours.onnx", "path": "models/tumours.onnx", "format": "onnx"}
    | {"digest": "sha256:3f2a91c4d07be55a" + "0" * 48, "bytes": 4096},
    "champion": None,
    "suite": {"title": "Tumours, before every release", "path": "suites/tumours.yaml"},
    "data": {"test": {"path": "data/test.csv", "rows": 1200, "dropped": 0, "target": "diagnosis"}},
}
TAKEN = (
    "inputs: 30 columns of data/test.csv, in the order of the model's own names",
    "score: output 'probabilities'; positive class: malignant",
    "labels: benign is class 0, malignant is class 1",
)
PROVENANCE = {"modelgate": "0.1.0", "python": "3.11.9", "seconds": 1.234, "seed": 0}


def result(subject: str = "accuracy", **changes: Any) -> Result:
    """A metric that passed, as a suite's file asks it, but for what `changes` says."""
    return metric(subject, **{"where": {"file": "suites/tumours.yaml", "line": 9}, **changes})


def report(decision: str, *results: Result, because: tuple[str, ...] = (), **parts: Any) -> Report:
    """A report with that verdict; its exit code fits."""
    crashed = any(each.status is Status.CRASHED for each in results)
    code = {"promote": 0, "block": 1, "hold": 4 if crashed else 11}[decision]
    verdict = Verdict(decision=decision, exit_code=code, because=because)  # type: ignore[arg-type]
    standard = {"subject": SUBJECT, "taken": TAKEN, "provenance": PROVENANCE}
    return Report(verdict=verdict, results=results, **{**standard, **parts})


INFORMATION = result("f1", status=Status.INFO, limit={}, value=0.8871, interval=(0.862, 0.909))
FINITE = result(
    "all",
    id="finite_outputs[all]",
    check="finite_outputs",
    kind="exact",
    value=0.0,
    unit="row",
    interval=None,
    level=None,
    better="lower",
    limit={"at_most": 0},
)
FAILED = result(
    value=0.846,
    interval=(0.828, 0.862),
    status=Status.FAILED,
    evidence=({"row": 17, "diagnosis": "malignant", "answer": "benign"},),
)
UNDECIDED = result(
    "recall",
    value=0.868,
    interval=(0.801, 0.915),
    limit={"at_least": 0.85},
    status=Status.UNDECIDED,
    severity=Severity.MAJOR,
    slice={"country": "BR"},
    n=83,
    rows_needed=3662,
)
CRASHED = result(
    "typos",
    id="invariance[typos]",
    check="invariance",
    status=Status.CRASHED,
    value=None,
    interval=None,
    limit={"at_most": 0.05},
    reason="ValueError: no column 'review'",
)
SKIPPED = result(
    "auroc",
    status=Status.SKIPPED,
    value=None,
    interval=None,
    n=0,
    reason="the model gives labels only, no scores",
)
MILES = result(
    "mae",
    value=2.8541,
    interval=(2.66, 3.052),
    unit="mpg",
    better="lower",
    limit={"at_most": 3.2},
    n=398,
)

PROMOTE = report(
    "promote",
    result(),
    INFORMATION,
    FINITE,
    because=("All 2 blockers passed.",),
    findings=(
        Finding(says="The weakest part: country = BR, 43 of 83 rows right."),
        Finding(says="The model ignores the column 'smoothness error'."),
    ),
)
BLOCK = report(
    "block",
    result("auroc", unit="", value=0.951, interval=(0.941, 0.960), limit={"at_least": 0.9}),
    UNDECIDED,
    INFORMATION,
    FAILED,
    FINITE,
    because=("Accuracy is 84.6 %, at most 86.2 % with 95 % confidence: below the 88 % asked for.",),
)
HOLD = report(
    "hold",
    result(value=0.893, interval=(0.868, 0.913), status=Status.UNDECIDED, n=430),
    FINITE,
    because=("Accuracy could be on either side of the 88 % asked for.",),
)
BROKEN = report(
    "hold",
    CRASHED,
    SKIPPED,
    result(),
    because=("One blocker could not be completed: invariance typos.",),
)
EMPTY = report("hold", subject={}, taken=(), provenance={})
REGRESSION = report("promote", MILES, because=("Its one blocker passed.",))

EVIL = "\x1b[31mred\x1b[0m\r\n\u202etxt.exe [bold]not bold[/bold] :smiley: " + "long" * 60
HOSTILE = report(
    "hold",
    result(EVIL, status=Status.UNDECIDED, reason=EVIL, slice={EVIL: EVIL}, unit=EVIL),
    result(EVIL, status=Status.CRASHED, value=None, interval=None, reason=EVIL, evidence=(EVIL,)),
    because=(EVIL,),
    subject={
        "model": {"name": EVIL, "digest": EVIL},
        "suite": {"title": EVIL},
        "data": {EVIL: {"path": EVIL, "rows": 3, "dropped": EVIL}},
    },
    taken=(EVIL,),
    findings=(Finding(says=EVIL),),
    provenance={"modelgate": EVIL, "seconds": 1.0},
)
MANY = report(
    "block",
    *(
        result(
            f"recall_{number:03}",
            status=(Status.FAILED, Status.UNDECIDED, Status.PASSED, Status.PASSED)[number % 4],
            severity=tuple(Severity)[number % 3],
            interval=(0.801, 0.879) if number % 4 == 0 else (0.89, 0.93),
        )
        for number in range(200)
    ),
    because=("34 checks are shown to be below their limit.",),
)
ALL = {
    "promote": PROMOTE,
    "block": BLOCK,
    "hold": HOLD,
    "broken": BROKEN,
    "empty": EMPTY,
    "regression": REGRESSION,
    "hostile": HOSTILE,
    "many": MANY,
}


@pytest.fixture(scope="session")
def reports() -> dict[str, Report]:
    """Every kind of report by its name."""
    return ALL
