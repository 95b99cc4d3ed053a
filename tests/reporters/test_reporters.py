"""Reporters are found by their file's name, and write wholly or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelgate.errors import StorageError, UsageError
from modelgate.report import Report
from modelgate.report_file import read_report, report_json
from modelgate.reporters import (
    ReportOption,
    deliver,
    formats,
    parse_report_option,
    reporter,
)


def test_every_file_of_the_folder_is_a_reporter_of_its_name() -> None:
    assert {"json", "terminal"} <= set(formats())
    assert [reporter(name).name for name in formats()] == list(formats())


@pytest.mark.parametrize(
    ("text", "option"),
    [
        pytest.param("json", ReportOption("json", "-"), id="format-alone"),
        pytest.param("json:-", ReportOption("json", "-"), id="standard-output"),
        pytest.param("json:out.json", ReportOption("json", "out.json"), id="file"),
        pytest.param("terminal:a:b.txt", ReportOption("terminal", "a:b.txt"), id="colon-in-path"),
    ],
)
def test_an_option_names_a_format_and_a_place(text: str, option: ReportOption) -> None:
    assert parse_report_option(text) == option


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        pytest.param("jsn:out.json", "MG2050", "did you mean 'json'?", id="unknown-format"),
        pytest.param("", "MG2050", "no report format is called ''", id="empty"),
        pytest.param("\x1b[2J", "MG2050", r"'\\x1b[2J'", id="control-characters"),
        pytest.param("json:", "MG2051", "write json:FILE", id="colon-without-file"),
    ],
)
def test_a_wrong_option_says_what_to_write(text: str, code: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_report_option(text)
    assert caught.value.code == code
    assert message in caught.value.message
    assert "\x1b" not in str(caught.value)


def test_a_report_goes_to_its_file(reports: dict[str, Report], tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    deliver(reports["block"], ReportOption("json", str(path)))
    assert path.read_bytes() == report_json(reports["block"])
    assert [each.name for each in tmp_path.iterdir()] == ["out.json"]


def test_a_report_goes_to_standard_output(
    reports: dict[str, Report], capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(reports["block"], ReportOption("json"))
    written = capsys.readouterr().out
    assert read_report(written.encode(), "-") == read_report(report_json(reports["block"]), "-")


def test_a_folder_that_is_not_there_is_told(reports: dict[str, Report], tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        deliver(reports["block"], ReportOption("terminal", str(tmp_path / "no" / "out.txt")))
    assert caught.value.code == "MG6050"
    assert caught.value.exit_code == 6
