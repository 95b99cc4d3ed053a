"""Somebody lets a question pass for a while: it warns, is counted, and fails once that is over."""

from __future__ import annotations

from contextlib import chdir
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from modelgate import Report
from modelgate.demo import write
from modelgate.errors import MistakesError
from modelgate.evaluation import evaluate
from modelgate.outcome import Severity, Status
from modelgate.recomputing import recomputed
from modelgate.registering import register
from modelgate.registry_place import open_registry
from modelgate.report_file import read_report, report_json
from modelgate.verification import verified_log
from tests.registered import there

SUITE = """\
title: Waived
data:
  test: {{path: data/test.csv, target: diagnosis}}
checks:
  - {{metric: accuracy, at_least: {least}, waiver: {{{waiver}}}}}
{more}
"""
MORE = "  - {metric: recall, at_least: 70%}"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("waivers") / "demo"
    write(folder)
    return folder


def day(after: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=after)).isoformat()


def judged(demo: Path, expires: str, *, least: str = "99%", more: str = MORE) -> Report:
    waiver = f"owner: ana, reason: a new sensor, expires: {expires}"
    (demo / "waived.yaml").write_text(SUITE.format(least=least, waiver=waiver, more=more), "utf-8")
    with chdir(demo):
        return evaluate("models/champion.onnx", suite="waived.yaml")


@pytest.mark.parametrize("after", [0, 30])
def test_until_its_last_day_it_only_warns(demo: Path, after: int) -> None:
    report = judged(demo, day(after))
    found = report.results[0]
    assert report.verdict.decision == "promote"
    assert (found.status, found.severity) == (Status.FAILED, Severity.MINOR)
    assert f"1 result is waived: accuracy, by ana until {day(after)}." in report.verdict.because


def test_from_the_day_after_it_blocks(demo: Path) -> None:
    report = judged(demo, day(-1))
    assert (report.verdict.decision, report.verdict.exit_code) == ("block", 1)
    assert f"the waiver of ana expired on {day(-1)}" in report.verdict.because[0]


@pytest.mark.parametrize(
    ("least", "decision"), [("95%", "block"), ("90%", "promote")], ids=["undecided", "passed"]
)
def test_an_expired_one_fails_what_is_not_passed(demo: Path, least: str, decision: str) -> None:
    assert judged(demo, day(-1), least=least).verdict.decision == decision


def test_a_suite_whose_every_blocker_is_waived_promotes_nothing(demo: Path) -> None:
    report = judged(demo, day(30), more="")
    assert (report.verdict.decision, report.verdict.exit_code) == ("hold", 11)


@pytest.mark.parametrize("after", [-1, 30])
def test_it_is_told_and_recomputed_from_a_file(demo: Path, after: int) -> None:
    report = judged(demo, day(after))
    again = recomputed(read_report(report_json(report), "it"))
    assert again.verdict == report.verdict
    assert again.results[0].waiver == report.results[0].waiver


def test_it_is_signed_with_the_decision(demo: Path, tmp_path: Path) -> None:
    judged(demo, day(30))
    with chdir(demo):
        registry = open_registry(str(tmp_path / "registry"), create=True)
        register(registry, "models/champion.onnx", "tumours")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MODELGATE_REGISTRY", str(tmp_path / "registry"))
            evaluate("tumours@1", suite="waived.yaml")
        keys = there(registry, "tumours").keys
        (found,) = verified_log((one.envelope for one in registry.entries()), keys).found
        registry.close()
    assert found.report is not None
    assert found.report.results[0].waiver == {
        "owner": "ana",
        "reason": "a new sensor",
        "expires": day(30),
        "live": True,
    }


@pytest.mark.parametrize(
    "waiver",
    [
        "owner: ana, reason: x",
        "owner: ana, reason: x, expires: soon",
        "owner: ana, reason: x, expires: 2026-02-30",
        "owner: ana, reason: x, expires: 2026-12-31, more: 1",
        "owner: '', reason: x, expires: 2026-12-31",
        "owner: ana, reason: 3, expires: 2026-12-31",
    ],
)
def test_a_mistake_in_it_is_told_with_its_line(demo: Path, waiver: str) -> None:
    text = SUITE.format(least="99%", waiver=waiver, more=MORE)
    (demo / "wrong.yaml").write_text(text, "utf-8")
    with chdir(demo), pytest.raises(MistakesError) as caught:
        evaluate("models/champion.onnx", suite="wrong.yaml")
    assert caught.value.code == "MG2109"
    assert caught.value.where is not None
    assert caught.value.where.line == 5
