"""Labels go back into the rows that they were made for, and into no others."""

from __future__ import annotations

import json
import shutil
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from modelgate.cli import main
from modelgate.curation import curate
from modelgate.curation.files import Merged, merged, written
from modelgate.demo import write
from modelgate.errors import DataError, UsageError

ROWS = 20_000


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "row": rng.integers(0, 9, ROWS),
            "reason": ["late, or never"] * ROWS,
            "when": pd.Timestamp("2024-05-01") + pd.to_timedelta(rng.integers(0, 900, ROWS), "h"),
            "half": rng.random(ROWS) < 0.5,
            "a": rng.integers(0, 2, ROWS),
            "b": rng.integers(0, 2, ROWS),
        }
    )


def filled(rows: pd.DataFrame, path: Path, word: str = "1", budget: int = 20) -> Path:
    """A file of picked rows with the same label in each."""
    found = curate(rows, ["columns:a", "columns:b"], budget, target="y")
    told = pd.read_csv(StringIO(written(found).decode()), dtype=str)
    told["y"] = word
    text = told.to_csv(index=False)
    path.write_text(text.replace("row.1,reason.1", "row,reason", 1), "utf-8")
    return path


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("there", [False, True], ids=["new-column", "empty-column"])
def test_labels_stand_in_their_rows(
    rows: pd.DataFrame, tmp_path: Path, suffix: str, *, there: bool
) -> None:
    data = rows.assign(y=np.nan) if there else rows
    source = tmp_path / f"rows{suffix}"
    data.to_csv(source, index=False) if suffix == ".csv" else data.to_parquet(source)
    found = curate(source, ["columns:a", "columns:b"], 20, target="y")
    path = filled(data, tmp_path / "labels.csv")
    out = tmp_path / f"out{suffix}"
    assert merged(source, path, out) == Merged(20, 0, 0)
    back = pd.read_csv(out) if suffix == ".csv" else pd.read_parquet(out)
    assert len(back) == ROWS
    assert sorted(np.flatnonzero(back["y"].notna())) == sorted(one.row for one in found.picked)
    for name in ("row", "reason", "half", "a", "b"):
        assert (back[name] == rows[name]).all()
    assert (pd.to_datetime(back["when"]) == rows["when"]).all()


def test_a_label_that_stands_is_kept(rows: pd.DataFrame, tmp_path: Path) -> None:
    path = filled(rows, tmp_path / "labels.csv", "1")
    assert merged(rows, path, tmp_path / "once.csv") == Merged(20, 0, 0)
    again = filled(rows, tmp_path / "others.csv", "0")
    assert merged(tmp_path / "once.csv", again, tmp_path / "out.csv", target="y") == Merged(
        0, 20, 0
    )
    assert set(pd.read_csv(tmp_path / "out.csv")["y"].dropna()) == {1}


def test_words_are_not_put_among_numbers(rows: pd.DataFrame, tmp_path: Path) -> None:
    data = rows.assign(y=np.where(np.arange(ROWS) % 2, np.nan, 1.0))
    path = filled(data, tmp_path / "labels.csv", "yes")
    with pytest.raises(DataError, match="MG3562 the label 'yes' does not fit: column 'y' holds"):
        merged(data, path, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
    assert merged(data.assign(y=np.nan), path, tmp_path / "out.parquet").taken == 20


def test_rows_that_were_sorted_meanwhile_are_noticed(rows: pd.DataFrame, tmp_path: Path) -> None:
    data = pd.DataFrame({"x": np.arange(ROWS) * 1.5, "z": np.arange(ROWS), **rows[["a", "b"]]})
    path = filled(data, tmp_path / "labels.csv")
    data[::-1].to_csv(tmp_path / "turned.csv", index=False)
    with pytest.raises(DataError, match=r"MG3561 row .* is another row in the data: "):
        merged(tmp_path / "turned.csv", path, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_what_is_read_is_not_written_over(rows: pd.DataFrame, tmp_path: Path) -> None:
    source = tmp_path / "rows.csv"
    rows.to_csv(source, index=False)
    path = filled(rows, tmp_path / "labels.csv")
    for out in (source, path):
        with pytest.raises(UsageError, match="MG2035"):
            merged(source, path, out)
    with pytest.raises(UsageError, match="MG2033"):
        merged(source, path, tmp_path / "out.xlsx")


def test_a_blind_file_says_neither_why_nor_what_the_models_say(rows: pd.DataFrame) -> None:
    found = curate(rows, ["columns:a", "columns:b"], 3, target="y")
    head = written(found, blind=True).decode().splitlines()[0]
    assert head == "row,y,row,reason,when,half,a,b"


def test_from_bare_rows_to_a_verdict_by_commands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path)
    shutil.rmtree(tmp_path / "suites")
    (tmp_path / "modelgate.yaml").unlink()
    monkeypatch.chdir(tmp_path)
    truth = pd.read_csv("data/test.csv")
    truth.assign(diagnosis="").to_csv("bare.csv", index=False)
    words = ["--model", "models/better.onnx", "--model", "models/champion.onnx"]
    words += ["--target", "diagnosis", "--out", "label-me.csv"]
    assert main(["curate", "bare.csv", *words, "--budget", "8"]) == 0
    page = capsys.readouterr().out
    assert "8 rows: the models disagree (all of them)" in page
    assert "needs no other labels: if both are equally good, a drop of 2.4 points" in page
    steps = [line.strip() for line in page.splitlines() if line.startswith("  ")]
    assert steps[1] == "echo 'checks: [{metric: accuracy, margin: 2.5%}]' > paired.yaml"
    Path("paired.yaml").write_text(steps[1].split("'")[1], "utf-8")
    labelled = pd.read_csv("label-me.csv", dtype=str)
    labelled["diagnosis"] = [truth["diagnosis"][int(row) - 1] for row in labelled["row"]]
    labelled.to_csv("label-me.csv", index=False)
    assert main(steps[0].split()[1:]) == 0
    assert capsys.readouterr().out == "8 labels put into labelled.csv; 0 rows have none yet.\n"
    check = steps[2].split()[1:]
    assert main([*check, "--report", "json:few.json"]) == 0
    check[check.index("labelled.csv")] = "data/test.csv"
    assert main([*check, "--report", "json:all.json"]) == 0
    few, full = (json.loads(Path(f"{name}.json").read_text("utf-8")) for name in ("few", "all"))
    assert few["verdict"]["decision"] == full["verdict"]["decision"] == "promote"
    versus = [one["results"][1] for one in (few, full)]
    assert versus[0]["difference_interval"] == versus[1]["difference_interval"]
    assert versus[0]["status"] == versus[1]["status"] == "passed"


@pytest.mark.parametrize(
    ("words", "line", "code"),
    [
        pytest.param(["--budget", "5"], "name --model MODEL", 2, id="no-model"),
        pytest.param(["--model", "m.onnx"], "name --model MODEL", 2, id="no-budget"),
        pytest.param(["--labels", "x.csv"], "--labels FILE goes with --out FILE", 2, id="no-out"),
        pytest.param(
            ["--labels", "x.csv", "--out", "o.csv"], "MG2091 cannot read the labels", 2, id="none"
        ),
        pytest.param(
            ["--model", "m.onnx", "--budget", "5"], "MG3001 'm.onnx' does not exist", 3, id="file"
        ),
        pytest.param(
            ["--model", "columns:a", "--budget", "5", "--out", "rows.csv"], "MG2035", 2, id="over"
        ),
        pytest.param(["--model", "columns:c", "--budget", "5"], "MG3142", 3, id="column"),
    ],
)
def test_mistakes_are_one_line(
    words: list[str],
    line: str,
    code: int,
    rows: pd.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    rows[:50].to_csv("rows.csv", index=False)
    before = Path("rows.csv").read_bytes()
    assert main(["curate", "rows.csv", *words]) == code
    said = capsys.readouterr()
    assert line in said.err
    assert said.out == ""
    assert Path("rows.csv").read_bytes() == before
