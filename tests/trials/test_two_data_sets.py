"""One model, asked about two data sets in one run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from modelgate import evaluate

SUITE = """\
data:
  test: {path: test.csv, target: diagnosis}
  reference: {path: other.csv%s}
champion: champion.onnx
checks:
  - metric: accuracy
  - finite_outputs: all
    data: reference
  - determinism: all
  - dynamic_batch: all
"""


@pytest.fixture
def folder(tmp_path: Path, champion: Path, rows: pd.DataFrame) -> Path:
    (tmp_path / "champion.onnx").write_bytes(champion.read_bytes())
    rows.to_csv(tmp_path / "test.csv", index=False)
    rows.iloc[::-1].head(200).to_csv(tmp_path / "other.csv", index=False)
    rows.iloc[::-1].drop(columns="diagnosis").to_csv(tmp_path / "bare.csv", index=False)
    return tmp_path


def test_both_have_labels(folder: Path, rows: pd.DataFrame) -> None:
    metric = "  - metric: accuracy\n    data: reference\n"
    (folder / "suite.yaml").write_text(SUITE % ", target: diagnosis" + metric)
    report = evaluate(folder / "champion.onnx", suite=folder / "suite.yaml")
    found = {one.id: one for one in report.results}
    assert report.verdict.decision == "promote"
    assert found["determinism[all]"].status == "passed"
    assert found["dynamic_batch[all]"].status == "passed"
    assert (found["metric[accuracy]"].n, found["metric[accuracy]@reference"].n) == (len(rows), 200)
    alone = evaluate(folder / "champion.onnx", data=rows.iloc[::-1].head(200), target="diagnosis")
    values = {one.id: one.value for one in alone.results}
    assert found["metric[accuracy]@reference"].value == values["metric[accuracy]"]


def test_the_other_has_none(folder: Path, rows: pd.DataFrame) -> None:
    (folder / "suite.yaml").write_text(SUITE.replace("other.csv", "bare.csv") % "")
    report = evaluate(folder / "champion.onnx", suite=folder / "suite.yaml")
    found = {one.id: one for one in report.results}
    assert report.verdict.decision == "promote"
    assert found["finite_outputs[all]@reference"].n == len(rows)


def test_a_function_is_asked_again_about_the_first_alone(folder: Path) -> None:
    def model(rows: pd.DataFrame) -> pd.Series[str]:
        return (rows["mean radius"] > 15).map({True: "malignant", False: "benign"})

    text = SUITE % ", target: diagnosis"
    (folder / "suite.yaml").write_text(text.replace("champion: champion.onnx\n", ""))
    report = evaluate(model, suite=folder / "suite.yaml")
    assert {one.id: one.status for one in report.results}["determinism[all]"] == "passed"
