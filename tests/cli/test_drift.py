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
    assert run(folder, "year.csv", "summer.csv", "--at-most", "99%").returncode == 0
    assert run(folder, "year.csv", "summer.csv", "--method", "ks").returncode == 1


def test_a_shift_that_is_shown_but_may_be_small_is_not_called_unshown(
    folder: Path, tmp_path: Path
) -> None:
    for name, few in (("was", 0), ("now", 90)):
        cells = ["usual\n"] * (2_000 - few) + ["new\n"] * few
        (tmp_path / f"{name}.csv").write_text("kind\n" + "".join(cells), "utf-8")
    found = run(folder, str(tmp_path / "was.csv"), str(tmp_path / "now.csv"))
    assert found.returncode == 11
    assert "kind shifted, and whether by more than 0.05 is open" in " ".join(found.stdout.split())


def test_of_no_column_nothing_is_told(folder: Path) -> None:
    found = run(folder, "year.csv", "next.csv", "--ignore", "temp", "--ignore", "sky")
    assert found.returncode == 11
    assert "Nothing can be told: every column is left out." in found.stdout


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
        (("year.csv",), 2, "MG2004 CURRENT is missing"),
        (("year.csv", "--save-profile", "year.csv"), 2, "MG2035"),
        (("year.csv", "next.csv", "--report", "json:next.csv"), 2, "MG2035"),
        (("year.csv", "--save-profile", "none/year.json"), 6, "MG6050"),
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


def test_a_profile_stands_for_the_rows_it_is_of(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "year.csv").write_bytes((folder / "year.csv").read_bytes())
    found = run(tmp_path, "year.csv", "--save-profile", "year.json")
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith("Wrote year.json: the profile of year.csv, 8,000 rows, 2 col")
    (tmp_path / "year.csv").unlink()  # so that nobody can read it again
    direct = run(folder, "year.csv", "summer.csv", "--report", "json")
    stored = run(tmp_path, "year.json", str(folder / "summer.csv"), "--report", "json")
    assert (direct.returncode, stored.returncode) == (1, 1)
    one, two = json.loads(direct.stdout), json.loads(stored.stdout)
    assert one["columns"] == two["columns"]  # fewer than 4,096 values: nothing is lost
    assert two["reference"] == {**one["reference"], "path": "year.json", "profile_of": "year.csv"}
    shown = " ".join(run(tmp_path, "year.json", str(folder / "next.csv")).stdout.split())
    assert "against year.json, the profile of year.csv (8,000 rows)." in shown


def test_a_profile_is_saved_while_rows_are_compared(folder: Path, tmp_path: Path) -> None:
    written = str(tmp_path / "year.json")
    found = run(folder, "year.csv", "next.csv", "--save-profile", written)
    assert found.returncode == 0
    assert json.loads((tmp_path / "year.json").read_text("utf-8"))["profile"]["rows"] == 8_000


def test_a_broken_profile_is_one_line(folder: Path, tmp_path: Path) -> None:
    written = tmp_path / "year.json"
    run(folder, "year.csv", "--save-profile", str(written))
    written.write_bytes(written.read_bytes()[:-9])
    found = run(folder, str(written), "next.csv")
    assert (found.returncode, found.stdout) == (3, "")
    assert "MG3582 the profile is damaged" in found.stderr
