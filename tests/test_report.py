"""The report as a file: one spelling, nothing infinite, and a verdict that follows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.errors import (
    CrashedError,
    MistakesError,
    ModelgateError,
    RefusedError,
    StorageError,
    UsageError,
)
from modelgate.outcome import Severity, Status
from modelgate.report import Finding, Report, Result, Verdict, contradiction
from modelgate.report_file import load_report, read_report, report_json, write_report
from tests.results import result


def report(decision: str = "promote", *results: Result, code: int | None = None) -> Report:
    code = {"promote": 0, "block": 1, "hold": 11}[decision] if code is None else code
    return Report(
        verdict=Verdict(decision=decision, exit_code=code, because=("So.",)),  # type: ignore[arg-type]
        subject={"model": {"name": "größe\u202e.onnx"}, "champion": None, "data": {}},
        taken=("label 1 is malignant",),
        results=results,
        findings=(Finding(says="Row 17 flips.", evidence={"row": 17}),),
        provenance={"seconds": 1.5},
    )


GOOD = report("promote", result(), result(id="f1", status=Status.INFO, limit={}))
V: dict[str, Any] = {"versus": "champion", "limit": {"margin": 0.02}}
FAILED = result(status=Status.FAILED, interval=(0.8, 0.86), value=0.83)
OPEN = result(status=Status.UNDECIDED, interval=(0.8, 0.93))


def changed(**parts: Any) -> bytes:
    """The good report's file with other values at the top."""
    return json.dumps(json.loads(report_json(GOOD)) | parts).encode()


def with_result(**fields: Any) -> bytes:
    """The good report's file with other values in its first result; `...` takes a field out."""
    raw = json.loads(report_json(GOOD))
    first = raw["results"][0] | fields
    raw["results"][0] = {key: value for key, value in first.items() if value is not ...}
    return json.dumps(raw).encode()


def test_a_report_comes_back_as_it_was() -> None:
    assert read_report(report_json(GOOD), "report.json") == GOOD


def test_the_file_begins_with_its_schema_and_ends_with_a_new_line() -> None:
    content = report_json(GOOD)
    assert content.startswith(b'{\n  "schema": "modelgate.report/1",\n  "verdict": {\n')
    assert content.endswith(b"}\n")
    assert content.isascii()


def test_equal_reports_have_equal_bytes() -> None:
    one = replace(GOOD, subject={"a": 1, "b": {"c": 2, "d": 3}})
    other = replace(GOOD, subject={"b": {"d": 3, "c": 2}, "a": 1})
    assert report_json(one) == report_json(other)
    whole = report("promote", result(value=1, interval=(1, 1), limit={"at_least": 1}))
    assert report_json(read_report(report_json(whole), "-")) == report_json(whole)


def test_what_checks_use_as_numbers_is_written_as_json_has_it() -> None:
    odd = {
        "scalar": np.float32(0.5),
        "array": np.array([[1, 2]]),
        "flag": np.bool_(True),
        "when": datetime(2031, 5, 4, tzinfo=UTC),
        "price": Decimal("1.10"),
        "raw": b"\x00",
    }
    read = json.loads(report_json(report("promote", result(details=odd))))
    assert read["results"][0]["details"] == {
        "scalar": 0.5,
        "array": [[1, 2]],
        "flag": True,
        "when": "2031-05-04T00:00:00+00:00",
        "price": "1.10",
        "raw": "b'\\x00'",
    }


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf"), np.float32("nan")])
@pytest.mark.parametrize(
    "field",
    [
        pytest.param({"value": ...}, id="value"),
        pytest.param({"interval": (0.1, ...)}, id="interval"),
        pytest.param({"limit": {"at_least": ...}}, id="limit"),
        pytest.param({"n_effective": ...}, id="n_effective"),
    ],
)
def test_a_number_that_decides_cannot_be_written_unless_finite(
    field: dict[str, Any], bad: float
) -> None:
    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(each) for key, each in value.items()}
        if isinstance(value, tuple):
            return tuple(filled(each) for each in value)
        return bad if value is ... else value

    with pytest.raises(CrashedError) as caught:
        report_json(report("hold", result(**filled(field))))
    assert caught.value.code == "MG4050"
    assert next(iter(field)) in caught.value.message


def test_a_missing_cell_in_the_evidence_is_written_as_a_text() -> None:
    evidence = ({"age": float("nan"), "income": float("-inf")}, float("inf"))
    content = report_json(report("promote", result(evidence=evidence)))
    assert json.loads(content)["results"][0]["evidence"] == [
        {"age": "NaN", "income": "-Infinity"},
        "Infinity",
    ]


def test_what_json_cannot_hold_is_a_bug_and_named() -> None:
    with pytest.raises(TypeError, match=r"results\[0\].details.x: a report cannot hold a object"):
        report_json(report("promote", result(details={"x": object()})))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(value=st.floats(0.88, 1), evidence=st.lists(json_values, max_size=3), says=st.text())
def test_reading_and_writing_again_gives_the_same_bytes(
    value: float, evidence: list[Any], says: str
) -> None:
    one = result(value=value, interval=(0.88, value), evidence=tuple(evidence), says=says)
    content = report_json(report("promote", one))
    again = read_report(content, "-")
    assert report_json(again) == content
    assert again.results[0].value == value


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        pytest.param(b"", "MG2053", "this is no JSON", id="empty"),
        pytest.param(b"{", "MG2053", "this is no JSON", id="cut-off"),
        pytest.param(b"\xff{}", "MG2053", "byte 0 is no UTF-8", id="no-text"),
        pytest.param(b"[" * 100_000, "MG2053", "nested too deep", id="bomb"),
        pytest.param(b'{"a": 1, "a": 2}', "MG2053", "'a' stands twice", id="key-twice"),
        pytest.param(b'{"a": 1e999}', "MG2053", "beyond what a number can be", id="overflow"),
        pytest.param(b'{"a": ' + b"1" * 9999 + b"}", "MG2053", "no JSON", id="endless-number"),
        pytest.param(changed(provenance={"x": float("nan")}), "MG2053", "NaN", id="nan"),
        pytest.param(b"[]", "MG2054", "no schema", id="a-list"),
        pytest.param(b"{}", "MG2054", "no schema", id="no-schema"),
        pytest.param(changed(schema="x/2"), "MG2054", "'x/2'", id="another-schema"),
        pytest.param(changed(schema="\x1b[2J"), "MG2054", "x1b[2J", id="hostile-schema"),
        pytest.param(changed(verdict=None), "MG2055", "verdict: ", id="no-verdict"),
        pytest.param(with_result(status=...), "MG2055", "results[0].status is missing", id="miss"),
        pytest.param(with_result(value="0.9"), "MG2055", "results[0].value: ", id="text-number"),
        pytest.param(with_result(value=True), "MG2055", "results[0].value: ", id="true-number"),
        pytest.param(with_result(interval=[0.1]), "MG2055", "results[0].interval", id="one-end"),
        pytest.param(with_result(status="pased"), "MG2056", "did you mean 'passed'?", id="status"),
        pytest.param(
            with_result(severity="x"), "MG2056", "known: blocker, major, minor", id="severity"
        ),
        pytest.param(
            changed(verdict={"decision": "promoted", "exit_code": 0, "because": []}),
            "MG2056",
            "did you mean 'promote'?",
            id="decision",
        ),
    ],
)
def test_a_file_that_is_no_report_is_told_with_its_place(
    content: bytes, code: str, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read_report(content, "report.json")
    assert caught.value.code == code
    assert message in caught.value.message
    assert str(caught.value).startswith("report.json")
    assert caught.value.exit_code == 2
    assert "\x1b" not in str(caught.value)


def test_all_mistakes_are_told_together() -> None:
    with pytest.raises(MistakesError) as caught:
        read_report(with_result(status="pased", value=..., n="many"), "report.json")
    assert {mistake.code for mistake in caught.value.mistakes} == {"MG2055", "MG2056"}
    assert len(caught.value.mistakes) == 3


def test_a_place_in_the_text_is_told() -> None:
    with pytest.raises(UsageError, match=r"report.json:2:3: MG2053"):
        read_report(b"{\n  oops}", "report.json")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(report("promote"), "no blocker was judged", id="promote-without-results"),
        pytest.param(
            report("promote", result(severity=Severity.MAJOR)), "no blocker", id="majors-only"
        ),
        pytest.param(
            report("promote", result(status=Status.INFO)), "no blocker", id="information-only"
        ),
        pytest.param(report("promote", result(), FAILED), "failed", id="promote-with-failed"),
        pytest.param(report("promote", result(), OPEN), "is undecided", id="with-undecided"),
        pytest.param(
            report("promote", result(), result(status=Status.SKIPPED)), "is skipped", id="skipped"
        ),
        pytest.param(
            report("promote", result(), replace(FAILED, severity=Severity.MAJOR)),
            "failed",
            id="promote-with-failed-major",
        ),
        pytest.param(
            report("promote", result(), result(severity=Severity.MAJOR, status=Status.CRASHED)),
            "is crashed",
            id="promote-with-crashed-major",
        ),
        pytest.param(
            report("promote", result(interval=(0.87, 0.93))), "do not show it", id="limit-not-kept"
        ),
        pytest.param(
            report("promote", result(limit={"at_most": 0.9})), "do not show it", id="above-limit"
        ),
        pytest.param(
            report("promote", result(limit={"at_lest": 0.1})), "do not show it", id="unknown-limit"
        ),
        pytest.param(
            report("promote", result(value=None, interval=None)), "do not show it", id="no-value"
        ),
        pytest.param(
            report("promote", result(interval=None)), "do not show it", id="without-interval"
        ),
        pytest.param(report("promote", result(limit={})), "do not show it", id="without-limit"),
        pytest.param(
            report("promote", result(minimum=30, n=29)), "do not show it", id="too-few-rows"
        ),
        pytest.param(report("promote", result(p_within=0.06)), "do not show it", id="not-shown"),
        pytest.param(
            report("promote", result(difference_interval=(-0.03, 0.01), **V)),
            "do not show it",
            id="margin-not-kept",
        ),
        pytest.param(
            report("promote", result(), result(status=Status.SKIPPED, versus="champion")),
            "is skipped",
            id="no-champion",
        ),
        pytest.param(
            replace(GOOD, verdict=replace(GOOD.verdict, alpha_pass=0.5)),
            "no suite may",
            id="promise-of-nothing",
        ),
        pytest.param(report("promote", result(), code=1), "exit code 1", id="promote-exit-1"),
        pytest.param(report("block", result()), "no blocker and no major", id="block-for-nothing"),
        pytest.param(
            report("block", replace(FAILED, severity=Severity.MINOR)),
            "no blocker and no major",
            id="block-for-a-minor",
        ),
        pytest.param(report("block", FAILED, code=0), "exit code 0", id="block-exit-0"),
        pytest.param(report("hold", FAILED), "failed", id="hold-with-failed"),
        pytest.param(report("hold", result(status=Status.CRASHED)), "broke off", id="hold-not-4"),
        pytest.param(report("hold", OPEN, code=4), "broke off", id="hold-4-for-nothing"),
    ],
)
def test_a_verdict_that_does_not_follow_is_refused(bad: Report, reason: str) -> None:
    with pytest.raises(RefusedError) as caught:
        read_report(report_json(bad), "report.json")
    assert caught.value.code == "MG5050"
    assert caught.value.exit_code == 5
    assert reason in caught.value.message


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(GOOD, id="promote"),
        pytest.param(
            report("promote", result(), replace(OPEN, severity=Severity.MAJOR)), id="open-major"
        ),
        pytest.param(
            report("promote", result(), replace(FAILED, severity=Severity.MINOR)), id="bad-minor"
        ),
        pytest.param(
            report(
                "promote", result(value=None, interval=None, difference_interval=(-0.01, 0.01), **V)
            ),
            id="compared-without-all-labels",
        ),
        pytest.param(report("block", result(), FAILED), id="block"),
        pytest.param(report("hold", result(), OPEN), id="hold"),
        pytest.param(report("hold", result(status=Status.CRASHED), code=4), id="crashed"),
        pytest.param(report("hold"), id="nothing-asked"),
        pytest.param(report("hold", result()), id="held-for-a-reason-of-the-gate"),
    ],
)
def test_a_verdict_that_follows_is_read(good: Report) -> None:
    assert read_report(report_json(good), "report.json") == good


statuses = st.sampled_from(list(Status))
severities = st.sampled_from(list(Severity))


@given(st.lists(st.tuples(statuses, severities), max_size=5))
def test_promote_follows_only_where_every_blocker_passed(
    kinds: list[tuple[Status, Severity]],
) -> None:
    results = [result(status=status, severity=severity) for status, severity in kinds]
    blockers = {status for status, severity in kinds if severity is Severity.BLOCKER}
    majors = {status for status, severity in kinds if severity is Severity.MAJOR}
    earned = (
        Status.PASSED in blockers
        and blockers <= {Status.PASSED, Status.INFO}
        and majors <= {Status.PASSED, Status.INFO, Status.UNDECIDED}
    )
    assert (contradiction(report("promote", *results)) is None) is earned


def test_a_file_is_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_report(GOOD, path)
    assert load_report(path) == GOOD


@pytest.mark.parametrize("name", ["nowhere.json", "."])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelgateError) as caught:
        load_report(tmp_path / name)
    assert caught.value.code == "MG2052"
    assert caught.value.exit_code == 2


def test_a_report_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        write_report(GOOD, tmp_path / "no" / "report.json")
    assert caught.value.code == "MG6050"
    assert list(tmp_path.iterdir()) == []
