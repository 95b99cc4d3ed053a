"""`modelgate drift`, as it is called from a shell."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "modelgate", "drift", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there, rng = tmp_path_factory.mktemp("drift"), np.random.default_rng(0)

    def write(name: str, rows: int, moved: float) -> None:
        frame = pd.DataFrame(
            {
                "temp": rng.normal(10 + moved, 3, rows).round(2),
                "sky": rng.choice(["clear", "grey"], rows),
            }
        )
        frame.to_csv(there / name, index=False)

    write("year.csv", 8_000, 0)
    write("next.csv", 8_000, 0)
    write("summer.csv", 8_000, 9)
    write("day.csv", 60, 0)
    return there


def test_rows_of_one_kind_end_with_0(folder: Path) -> None:
    found = run(folder, "year.csv", "next.csv")
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith("SAME  No shift that matters in 2 columns.\n")
    assert found.stdout.endswith("\nSAME, exit code 0\n")


def test_a_shift_ends_with_1_and_stands_first(folder: Path) -> None:
    found = run(folder, "year.csv", "summer.csv")
    assert found.returncode == 1
    assert found.stdout.startswith("DRIFT  1 of 2 columns shifted: temp.\n")
    lines = [line for line in found.stdout.splitlines() if "median" in line]
    assert lines[0].startswith("✗  temp")


def test_few_rows_end_with_11(folder: Path) -> None:
    found = run(folder, "year.csv", "day.csv")
    assert found.returncode == 11
    assert found.stdout.startswith("UNDECIDED  No shift is shown, but one of up to 0.")


def test_json_says_the_same(folder: Path) -> None:
    found = run(folder, "year.csv", "summer.csv", "--report", "json")
    report = json.loads(found.stdout)
    assert (report["schema"], report["verdict"], report["exit_code"]) == (
        "modelgate.drift/1",
        "drift",
        1,
    )
    assert report["current"]["rows"] == 8_000
    assert report["current"]["digest"].startswith("sha256:")
    first, second = report["columns"]
    assert (first["column"], first["drifted"]) == ("temp", True)
    assert (second["column"], second["drifted"]) == ("sky", False)
    assert report["limit"] == {"at_most": 0.05}


def test_a_limit_and_columns_may_be_named(folder: Path) -> None:
    assert run(folder, "year.csv", "summer.csv", "--ignore", "temp").returncode == 0
    assert run(folder, "year.csv", "summer.csv", "--column", "sky").returncode == 0
    assert run(folder, "year.csv", "summer.csv", "--at-most", "0.99").returncode == 0
    assert run(folder, "year.csv", "summer.csv", "--method", "ks").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("year.csv", "none.csv"), 3, "none.csv"),
        (
            ("year.csv", "next.csv", "--column", "tmp"),
            2,
            "MG2260 neither data set has",
        ),
        (("year.csv", "next.csv", "--at-most", "5"), 2, "MG2130"),
        (("year.csv", "next.csv", "--report", "junk"), 2, "MG2050"),
        (("year.csv",), 2, "CURRENT"),
        (("year.csv", "next.csv", "--method", "psj"), 2, "psj"),
    ],
)
def test_mistakes_are_one_line(
    folder: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    found = run(folder, *arguments)
    assert found.returncode == code
    assert says in found.stderr
    assert found.stdout == ""
    assert "Traceback" not in found.stderr


def test_a_file_is_written_whole(folder: Path) -> None:
    found = run(
        folder, "year.csv", "summer.csv", "--report", "json:out.json", "--report", "terminal"
    )
    assert found.stdout.startswith("DRIFT")
    assert json.loads((folder / "out.json").read_text("utf-8"))["exit_code"] == 1
