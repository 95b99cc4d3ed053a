"""The checks of metrics and fairness stand in one suite, and their results in one JSON report."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from modelgate import Report, evaluate
from modelgate.report_file import load_report, write_report

SUITE = """
data:
  test: {path: test.csv, target: y}
  reference: {path: train.csv, target: y}
checks:
  - metric: accuracy
    at_least: 0.6
  - calibration: ece
    at_most: 5%
  - calibration: slope
    at_least: 0.8
  - calibration: intercept
    by: region
  - calibration: brier
  - fairness: equalized_odds
    of: [region, age]
    at_most: 20%
  - operating_point: precision_at_recall
    at_least: 50%
  - operating_point: recall_at_fpr
    fpr: 0.1
  - operating_point: cost
    false_negative: 5
  - risk_coverage: aurc
    at_most: 0.3
  - risk_coverage: risk
    by: [region]
  - overfit_gap: log_loss
    at_most: 0.2
"""


def judged(folder: Path) -> Report:
    rng = np.random.default_rng(1)
    for name in ("train", "test"):
        logit = rng.normal(size=2_000)
        frame = pd.DataFrame(
            {
                "logit": logit,
                "region": rng.choice(["north", "south"], 2_000),
                "age": rng.choice(["young", "old"], 2_000),
                "y": (rng.random(2_000) < 1 / (1 + np.exp(-logit))).astype(int),
            }
        )
        frame.to_csv(folder / f"{name}.csv", index=False)
    (folder / "suite.yaml").write_text(SUITE, "utf-8")
    return evaluate(probabilities, suite=folder / "suite.yaml")


def probabilities(rows: Any) -> Any:
    said = 1 / (1 + np.exp(-rows["logit"].to_numpy()))
    return np.column_stack([1 - said, said])


def test_a_good_model_is_promoted_and_its_report_reads_back(tmp_path: Path) -> None:
    report = judged(tmp_path)
    assert report.verdict.decision == "promote", report.verdict.because
    assert {one.status for one in report.results if one.limit} == {"passed"}
    write_report(report, tmp_path / "report.json")
    again = load_report(tmp_path / "report.json")
    assert [one.id for one in again.results] == [one.id for one in report.results]
    told = json.loads((tmp_path / "report.json").read_text("utf-8"))
    curves = [one["details"]["curve"] for one in told["results"] if "curve" in one["details"]]
    assert len(curves) >= 8
    assert "fairness[equalized_odds, of=[region, age]]" in [one.id for one in report.results]
