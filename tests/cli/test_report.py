"""`modelgate report` shows what a check wrote, and asks no model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from modelgate.cli.report import command
from modelgate.errors import RefusedError, StorageError, UsageError
from modelgate.outcome import Status
from modelgate.report import Report, Verdict
from modelgate.report_file import report_json, write_report
from tests.results import result

RESULT = result(status=Status.FAILED, value=0.81, interval=(0.78, 0.84), limit={"at_least": 0.9})
REPORT = Report(
    verdict=Verdict(decision="block", exit_code=1, because=("Accuracy is too low.",)),
    subject={"champion": None},
    results=(RESULT,),
)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "report.json"
    write_report(REPORT, path)
    return path


def test_a_blocked_report_is_shown_with_exit_code_0(stored: Path) -> None:
    done = CliRunner().invoke(command, [str(stored)], catch_exceptions=False)
    assert done.exit_code == 0
    assert done.output.startswith("BLOCK  Accuracy is too low.\n")
    assert "\x1b" not in done.output


def test_json_comes_out_as_it_went_in(stored: Path) -> None:
    done = CliRunner().invoke(command, [str(stored), "--as", "json"], catch_exceptions=False)
    assert done.output.encode() == report_json(REPORT)


def test_a_report_is_written_to_a_file(stored: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.txt"
    done = CliRunner().invoke(
        command, [str(stored), "--as", "terminal", "--output", str(out)], catch_exceptions=False
    )
    assert done.output == ""
    assert out.read_text(encoding="utf-8").startswith("BLOCK  Accuracy is too low.\n")


def test_an_unknown_format_is_told_before_the_file_is_read() -> None:
    with pytest.raises(UsageError, match=r"MG2050 .*did you mean 'terminal'"):
        CliRunner().invoke(command, ["nowhere.json", "--as", "terminl"], catch_exceptions=False)


def test_a_missing_file_is_told() -> None:
    with pytest.raises(UsageError, match=r"nowhere.json: MG2052 "):
        CliRunner().invoke(command, ["nowhere.json"], catch_exceptions=False)


def test_a_forged_promotion_is_refused(stored: Path) -> None:
    text = stored.read_text(encoding="utf-8")
    forged = text.replace('"block"', '"promote"').replace('"exit_code": 1', '"exit_code": 0')
    stored.write_text(forged, encoding="utf-8")
    with pytest.raises(RefusedError, match="MG5050"):
        CliRunner().invoke(command, [str(stored)], catch_exceptions=False)


def test_a_place_that_cannot_be_written_is_told(stored: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="MG6050"):
        CliRunner().invoke(
            command,
            [str(stored), "--as", "json", "--output", str(tmp_path / "no" / "x.json")],
            catch_exceptions=False,
        )


@pytest.mark.parametrize("module", ["modelgate.cli.report", "modelgate.cli.demo"])
def test_the_command_costs_nothing_until_it_runs(module: str) -> None:
    heavy = ("numpy", "rich", "pydantic", "yaml", "pyarrow", "pandas")
    script = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
