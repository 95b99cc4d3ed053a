"""Steps about the file in one suite: what the host did stands apart from what is always so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modelgate import evaluate
from modelgate.report_file import write_report

SUITE = """title: The file
checks:
  - metric: accuracy
    at_least: 0.8
  - parity: optimisation
    at_most: 5%
    severity: blocker
  - opset: 1.20
  - model_size: ratio
    at_most: 1
  - unused_inputs: all
  - quantization_loss: flips
    original: {model}
    at_most: 5%
  - latency: p50
    seconds: 0.3
"""


@pytest.fixture(scope="module")
def reports(tumours: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The reports of two runs of one model against itself."""
    here = tmp_path_factory.mktemp("steps")
    model = tumours / "models" / "champion.onnx"
    (here / "suite.yaml").write_text(SUITE.format(model=model))
    found = []
    for run in range(2):
        report = evaluate(
            model,
            data=tumours / "data" / "test.csv",
            target="diagnosis",
            suite=here / "suite.yaml",
            champion=model,
        )
        write_report(report, here / f"{run}.json")
        found.append(json.loads((here / f"{run}.json").read_text()))
    return found


def test_every_step_is_answered(reports: list[dict[str, Any]]) -> None:
    results = [one for one in reports[0]["results"] if one["check"] != "determinism"]
    told = {one["check"] for one in results if one["status"] == "info"}
    assert told == {"latency", "unused_inputs"}
    assert {one["status"] for one in results if one["check"] not in told} == {"passed"}
    assert reports[0]["verdict"]["decision"] == "promote"


def test_two_runs_differ_in_what_was_measured_alone(reports: list[dict[str, Any]]) -> None:
    for report in reports:
        report.pop("provenance")
        measured = [one for one in report["results"] if one["kind"] == "measured"]
        assert [one["check"] for one in measured] == ["latency"]
        report["results"] = [one for one in report["results"] if one["kind"] != "measured"]
    first, second = (json.dumps(report, sort_keys=True) for report in reports)
    assert first == second
