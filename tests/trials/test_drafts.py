"""Suites drafted from models of real tables promote these models."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from modelgate.cli import main
from tests.trials.test_tables import CASES
from tests.trials.training import train


@pytest.mark.parametrize("name", CASES)
def test_a_drafted_suite_promotes_its_model(
    name: str, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES[name]
    model = train(
        shared_data / "tabular" / case.table,
        case.target,
        case.estimator(),
        tmp_path,
        drop=case.drop,
        zipmap=case.zipmap,
    )
    model.test.to_csv(tmp_path / "test.csv", index=False)
    monkeypatch.chdir(tmp_path)
    assert main(["init", "model.onnx", "--data", "test.csv", "--target", case.target]) == 0
    assert main(["check", "model.onnx"]) == 0
    suite = yaml.safe_load((tmp_path / "suites" / "model.yaml").read_text("utf-8"))
    assert suite["champion"] == "../model.onnx"
    limited = [step for step in suite["checks"] if {"at_least", "at_most"} & set(step)]
    assert limited
    assert any(step.get("severity") == "blocker" for step in limited)
