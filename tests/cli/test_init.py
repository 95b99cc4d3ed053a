"""`modelgate init` tells what it wrote, what it took for granted, and what to do next."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from modelgate.cli import main
from modelgate.cli.init import command
from modelgate.demo import write


def test_what_was_written_and_what_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "demo")
    monkeypatch.chdir(tmp_path)
    words = ["init", "demo/models/champion.onnx", "--data", "demo/data/test.csv"]
    assert main([*words, "--target", "diagnosis"]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert page.startswith("Written modelgate.yaml suites/champion.yaml Taken for granted ")
    assert "target: column 'diagnosis'" in page
    assert "By this suite the model itself is: PROMOTE." in page
    assert "modelgate check demo/models/champion.onnx" in page
    assert main(["selftest", "demo/models/champion.onnx", "--draws", "1"]) in {0, 11}


def test_a_skeleton_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    page = capsys.readouterr().out
    assert "edit suites/model.yaml" in page
    assert "modelgate check MODEL" in page
    assert "Taken for granted" not in page


def test_help_has_an_example() -> None:
    done = CliRunner().invoke(command, ["--help"])
    assert done.exit_code == 0
    assert "Example: modelgate init model.onnx" in done.output
