"""`modelgate demo` tells the story and ends well."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from modelgate.cli import main
from modelgate.cli.demo import command
from modelgate.demo import write
from modelgate.demo.tour import NEXT
from modelgate.errors import UsageError


def test_all_models_are_gated_and_explained(tmp_path: Path) -> None:
    place = tmp_path / "demo"
    done = CliRunner(env={"COLUMNS": "80"}).invoke(command, [str(place)], catch_exceptions=False)
    lines = done.output.splitlines()
    verdicts = [
        line.split()[:2] for line in lines if line[:7].strip() in {"PROMOTE", "HOLD", "BLOCK"}
    ]
    assert done.exit_code == 0
    assert verdicts == [
        ["PROMOTE", "champion.onnx,"],
        ["PROMOTE", "equal.onnx,"],
        ["PROMOTE", "better.onnx,"],
        ["HOLD", "fewer.onnx,"],
        ["BLOCK", "worse.onnx,"],
        ["BLOCK", "swapped.onnx,"],
        ["PROMOTE", "champion.onnx,"],
        ["BLOCK", "street.onnx,"],
        ["PROMOTE", "mended.onnx,"],
    ]
    text = " ".join(done.output.split())
    assert "a drop of 3 points is ruled out." in text
    assert "could be 0.7 points to 4.3 points worse than the champion. Tolerance 3 points." in text
    assert "4.4 points worse than the champion, at least 2.7 points" in text
    assert '"candidate >= champion" would have blocked it: 96.2 % < 96.5 %.' in text
    assert "modelgate check models/swapped.onnx --suite suites/demo.yaml" in text
    assert "'the cat walked jauntily down the street, flaunting its shiny coat' is answered" in text
    assert '"candidate >= champion" would have promoted it: 84.1 % >= 80.6 %.' in text
    assert "\x1b" not in done.output


def test_what_to_try_next_can_be_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "demo")
    monkeypatch.chdir(tmp_path / "demo")
    ends = [main(shlex.split(line)[1:]) for line, _ in NEXT]
    assert ends == [1, 0, 1, 0]


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="MG2058"):
        CliRunner().invoke(command, [str(tmp_path)], catch_exceptions=False)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_help_has_an_example() -> None:
    done = CliRunner().invoke(command, ["--help"])
    assert done.exit_code == 0
    assert "Example: modelgate demo" in done.output
