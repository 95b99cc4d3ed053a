"""`modelgate explain` says what a check asks and what an error code means."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from modelgate.check_text import example
from modelgate.cli import main
from modelgate.error_codes import explanations
from modelgate.library import Library, builtin_root
from modelgate.suite_file import parse_suite

LIBRARY = Library(builtin_root())


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_every_check_is_explained(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", name]) == 0
    shown = capsys.readouterr().out
    first = (LIBRARY[name].ask.__doc__ or "").split("\n")[0]
    assert first in shown
    assert "\nMeasures: " in shown
    assert "\nSource: " in shown
    assert f"  severity  {LIBRARY[name].severity.value}, unless" in shown
    for setting in LIBRARY[name].settings:
        assert setting in shown


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_the_example_of_a_check_is_a_step(name: str, tmp_path: Path) -> None:
    text = "checks:\n" + example(LIBRARY[name])
    for file in re.findall(r"\w+\.(?:onnx|yaml)\b", text):
        (tmp_path / file).touch()
    suite = parse_suite(text.encode(), name="s", path="s", checks=LIBRARY, folder=tmp_path)
    (step,) = suite.steps
    assert step.check == name
    assert step.limit


def test_settings_and_limits_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", "metric"])
    shown = capsys.readouterr().out
    assert "  average   left out  'binary', 'macro', 'micro' or 'weighted'\n" in shown
    assert "  limit     none: " in shown
    assert "  slices    by: COLUMN" in shown
    main(["explain", "finite_outputs"])
    shown = capsys.readouterr().out
    assert "  limit     at_most: 0, unless the suite says otherwise\n" in shown
    assert "  slices    cannot be asked\n" in shown


@pytest.mark.parametrize("code", ["MG2104", "mg2104"])
def test_a_code_is_explained(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", code]) == 0
    title, *rest = capsys.readouterr().out.splitlines()
    assert title == "MG2104  no check has this name"
    assert any("modelgate list checks" in line for line in rest)
    assert max(map(len, rest)) <= 80


def test_every_code_can_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for code, said in explanations().items():
        assert main(["explain", code]) == 0
        assert said.title in capsys.readouterr().out


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("metrc", "MG2007 no check is called 'metrc'; did you mean 'metric'?"),
        ("MG21040", "MG2007 no error has the code 'MG21040'; did you mean 'MG2140'?"),
        ("MG7777777777", "MG2007 no error has the code 'MG7777777777'; there are "),
        ("\x1b[31m", "MG2007 no check is called '\\x1b[31m'; known: "),
    ],
)
def test_what_is_not_there(word: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", word]) == 2
    assert capsys.readouterr().err.startswith(f"modelgate: {line}")


def test_what_a_check_is_asked_about_leads_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "auroc"]) == 2
    said = capsys.readouterr().err
    assert "'auroc' is no check of its own, but a subject of 'metric'" in said
    assert "`modelgate explain metric`" in said


@pytest.mark.parametrize("name", ["calibration", "fairness", "overfit_gap", "risk_coverage"])
def test_the_example_holds_what_should_be_small_from_above(name: str) -> None:
    assert "at_most: " in example(LIBRARY[name])
