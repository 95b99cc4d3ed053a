"""A check of a project asks model and champion about rows of its own, and reads a file it names."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate.cli import main
from modelgate.errors import DataError
from modelgate.recalling import LOOKED_AT
from modelgate.report import Report

CHECK = '''
from pathlib import Path

import numpy as np

from modelgate import Champion, Model, Outcome, Sample, check


@check(family="own", at_most=0)
def doubled(
    model: Model, champion: Champion | None, sample: Sample, *, words: Path | None = None
) -> Outcome:
    """Rows asked twice are answered as they were."""
    again = model.predict(sample.rows)
    moved = int((again.labels != sample.answers.labels).sum())
    moved += int((np.abs(again.scores - sample.answers.scores) > 0).any(axis=1).sum())
    if champion is not None:
        moved += int((champion.predict(sample.rows).labels != sample.champion.labels).sum())
    says = f"{model.columns[:2]} {model.facts.classes} {len(sample)}"
    return Outcome(value=float(moved), better="lower", kind="exact", says=says, n=len(sample))
'''
SUITE = """
model: {{positive: malignant}}
checks:
  - metric: accuracy
    at_least: 0.8
  - doubled: all
{more}"""


@pytest.fixture
def project(tumours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the check and the demo's models and data."""
    (tmp_path / "checks" / "own").mkdir(parents=True)
    (tmp_path / "checks" / "own" / "doubled.py").write_text(CHECK)
    (tmp_path / "modelgate.yaml").write_text("suite: suites/own.yaml\n")
    (tmp_path / "suites").mkdir()
    monkeypatch.chdir(tmp_path)
    return tumours


def judged(project: Path, more: str = "", **further: Any) -> Report:
    """The suite's report on the demo's candidate."""
    Path("suites/own.yaml").write_text(SUITE.format(more=more))
    return modelgate.evaluate(
        project / "models" / "better.onnx",
        data=project / "data" / "test.csv",
        target="diagnosis",
        **further,
    )


def test_what_the_pass_answered_is_what_the_model_answers_again(project: Path) -> None:
    champion = project / "models" / "champion.onnx"
    report = judged(project, champion=champion)
    (found,) = [result for result in report.results if result.check == "doubled"]
    assert found.status == "passed", found.reason
    assert found.n == report.subject["data"]["test"]["rows"]
    assert "('benign', 'malignant')" in found.says


def test_rows_that_checks_ask_about_are_counted(project: Path) -> None:
    with_it, without = judged(project), judged(project, more="  - determinism: all\n")
    rows = with_it.subject["data"]["test"]["rows"]
    few = rows + 64 + LOOKED_AT  # the check's, the probe's, and those of what stands out
    assert with_it.subject["data"]["test"]["rows_asked_again"] == few
    assert without.subject["data"]["test"]["rows_asked_again"] == few


def test_predictions_made_beforehand_cannot_be_asked(project: Path) -> None:
    frame = pd.read_csv(project / "data" / "test.csv")
    frame["guess"] = np.where(frame["diagnosis"] == "malignant", "malignant", "benign")
    frame.to_csv("guessed.csv", index=False)
    Path("suites/own.yaml").write_text(SUITE.format(more=""))
    report = modelgate.evaluate("columns:guess", data="guessed.csv", target="diagnosis")
    (found,) = [result for result in report.results if result.check == "doubled"]
    assert found.status == "skipped"
    assert "made beforehand" in (found.reason or "")
    assert report.verdict.decision == "hold"


def test_a_file_that_a_step_names_is_bound_by_its_digest(project: Path) -> None:
    Path("suites/words.txt").write_text("yes no")
    report = judged(project, more="    words: words.txt\n")
    digest = hashlib.sha256(b"yes no").hexdigest()
    (path,) = report.subject["suite"]["files"]
    assert Path(path).resolve() == Path("suites/words.txt").resolve()
    assert report.subject["suite"]["files"][path] == f"sha256:{digest}"
    assert "doubled[all, words=words.txt]" in {result.id for result in report.results}


def test_a_file_that_is_not_there_is_told_with_its_line(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("suites/own.yaml").write_text(SUITE.format(more="    words: wrods.txt\n"))
    code = main(["check", str(project / "models" / "better.onnx")])
    told = capsys.readouterr().err
    assert code == 2
    assert "suites/own.yaml:7:12: MG2133 there is no file" in told
    assert "wrods.txt" in told


def test_rows_that_lack_a_column_are_refused(project: Path) -> None:
    text = CHECK.replace("model.predict(sample.rows)", "model.predict(sample.rows.select([0]))")
    Path("checks/own/doubled.py").write_text(text)
    (found,) = [result for result in judged(project).results if result.check == "doubled"]
    assert found.status == "crashed"
    assert "MG3162" in (found.reason or "")


def test_a_file_changed_while_it_is_read_ends_the_run(project: Path) -> None:
    text = CHECK.replace("    says =", '    words.write_text("other")\n    says =')
    Path("checks/own/doubled.py").write_text(text)
    Path("suites/words.txt").write_text("yes no")
    with pytest.raises(DataError, match="changed while it was read") as caught:
        judged(project, more="    words: words.txt\n")
    assert caught.value.code == "MG3518"
