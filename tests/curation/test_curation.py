"""Rows worth a label: where models disagree first; and a paired verdict that needs no others."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import modelgate
from modelgate.cli.curate import command
from modelgate.curation import DISAGREE, SPREAD, UNSURE, Curated, curate
from modelgate.curation.files import Merged, merged, written
from modelgate.demo import write
from modelgate.errors import DataError, ModelError, UsageError

SUITE = """\
task: classification
champion: models/champion.onnx
data: {test: {path: DATA, target: diagnosis}}
checks: [{metric: accuracy, margin: 0.03}]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's models, and its rows without labels."""
    place = tmp_path_factory.mktemp("curation") / "demo"
    write(place)
    rows = pd.read_csv(place / "data" / "test.csv")
    rows.assign(diagnosis="").to_csv(place / "bare.csv", index=False)
    return place


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(
        command, [*map(str, words)], catch_exceptions=False, standalone_mode=False
    )


def picked(folder: Path, budget: int, *names: str, **others: Any) -> Curated:
    models = [folder / "models" / f"{name}.onnx" for name in names or ("equal", "champion")]
    return curate(folder / "bare.csv", models, budget, target="diagnosis", **others)


def test_where_models_disagree_comes_first(folder: Path) -> None:
    found = picked(folder, 20)
    assert found.apart == 5
    assert found.counts == {DISAGREE: 5, UNSURE: 15, SPREAD: 0}
    assert len({one.row for one in found.picked}) == 20
    for one in found.picked:
        assert (one.said[0] != one.said[1]) == (one.reason == DISAGREE)


def test_a_small_budget_takes_some_of_them(folder: Path) -> None:
    found = picked(folder, 3)
    assert found.counts == {DISAGREE: 3, UNSURE: 0, SPREAD: 0}
    again = picked(folder, 3)
    assert found == again
    rows = {tuple(one.row for one in picked(folder, 3, seed=seed).picked) for seed in range(8)}
    assert len(rows) > 1


def test_one_model_is_asked_for_its_doubts(folder: Path) -> None:
    found = picked(folder, 10, "champion")
    assert found.counts == {DISAGREE: 0, UNSURE: 10, SPREAD: 0}
    said = [one.said[0] for one in found.picked]
    assert [said.count(word) for word in ("benign", "malignant")] == [5, 5]
    assert found.rules_out is None


def test_more_than_there_is(folder: Path) -> None:
    assert len(picked(folder, 5000).picked) == 342


def test_rows_that_have_a_label_are_not_asked_for(folder: Path, tmp_path: Path) -> None:
    rows = pd.read_csv(folder / "data" / "test.csv")
    rows.loc[100:, "diagnosis"] = None
    rows.to_csv(tmp_path / "half.csv", index=False)
    models = [folder / "models" / f"{name}.onnx" for name in ("worse", "champion")]
    found = curate(tmp_path / "half.csv", models, 300, target="diagnosis")
    assert min(one.row for one in found.picked) == 100
    assert len(found.picked) == 242


def test_quantities_are_picked_by_their_distance() -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"x": rng.normal(size=500)})
    rows["a"] = rows["x"] * 10
    rows["b"] = rows["a"] + np.where(np.arange(500) % 100 == 7, np.arange(500), 0.0)
    found = curate(rows, ["columns:a", "columns:b"], 3)
    assert [one.row for one in found.picked] == [407, 307, 207]


def test_the_file_says_row_reason_answers_and_leaves_the_label_empty(folder: Path) -> None:
    found = picked(folder, 6)
    lines = list(csv.reader(written(found).decode().splitlines()))
    assert lines[0][:6] == [
        "row", "reason", "equal.onnx says", "champion.onnx says", "diagnosis", "mean radius",
    ]  # fmt: skip
    assert len(lines) == 7
    assert {line[4] for line in lines[1:]} == {""}
    rows = pd.read_csv(folder / "bare.csv")
    first = lines[1]
    assert float(first[5]) == rows["mean radius"][int(first[0]) - 1]


@pytest.mark.parametrize("candidate", ["equal", "fewer", "worse", "better"])
def test_a_tenth_of_the_labels_gives_the_same_paired_verdict(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, candidate: str
) -> None:
    for part in ("models", "data"):
        shutil.copytree(folder / part, tmp_path / part)
    shutil.copy(folder / "bare.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    model = f"models/{candidate}.onnx"
    words = ["--model", model, "--model", "models/champion.onnx", "--target", "diagnosis"]
    done = run("bare.csv", *words, "--budget", "34", "--out", "label-me.csv")
    assert done.return_value == 0
    rows = pd.read_csv("label-me.csv", dtype=str)
    truth = pd.read_csv("data/test.csv")["diagnosis"]
    rows["diagnosis"] = [truth[int(row) - 1] for row in rows["row"]]
    rows.to_csv("label-me.csv", index=False)
    assert len(rows) == 34  # a tenth of 342
    done = run("bare.csv", "--labels", "label-me.csv", "--out", "merged.csv")
    assert done.output == "34 labels put into merged.csv; 0 rows have none yet.\n"
    reports = []
    for data in ("data/test.csv", "merged.csv"):
        Path("suite.yaml").write_text(SUITE.replace("DATA", data), "utf-8")
        reports.append(modelgate.evaluate(model, suite="suite.yaml"))
    full, few = reports
    assert few.verdict.decision == full.verdict.decision
    one, other = (report.results[-2] for report in (full, few))
    assert one.id == other.id == "metric[accuracy] v champion"
    assert other.status == one.status
    assert other.difference_interval == pytest.approx(one.difference_interval)
    assert other.value is None
    assert full.results[-2].n == few.results[-2].n == 342


def test_disagreements_without_a_label_leave_it_open(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(folder / "models", tmp_path / "models")
    rows = pd.read_csv(folder / "data" / "test.csv")
    rows.loc[20:, "diagnosis"] = None
    rows.to_csv(tmp_path / "few.csv", index=False)
    monkeypatch.chdir(tmp_path)
    Path("suite.yaml").write_text(SUITE.replace("DATA", "few.csv"), "utf-8")
    report = modelgate.evaluate("models/worse.onnx", suite="suite.yaml")
    assert report.verdict.decision == "hold"
    versus = report.results[1]
    assert versus.id == "metric[accuracy] v champion"
    assert versus.status == "undecided"
    assert "rows without a label could speak for either model" in str(versus.reason)


def test_labels_that_stand_already_stay_and_empty_ones_are_counted(
    folder: Path, tmp_path: Path
) -> None:
    found = picked(folder, 4)
    path = tmp_path / "labels.csv"
    lines = written(found).decode().splitlines()
    cells = lines[1].split(",")
    cells[4] = "benign"
    path.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]), "utf-8")
    assert merged(folder / "bare.csv", path, tmp_path / "out.csv") == Merged(1, 0, 3)
    out = pd.read_csv(tmp_path / "out.csv")
    assert out["diagnosis"].notna().sum() == 1
    assert out["diagnosis"][found.picked[0].row] == "benign"
    assert len(out) == 342


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        pytest.param(lambda _: "a,b\n1,2\n", "MG2091", id="another-file"),
        pytest.param(lambda _: "", "MG2091", id="empty"),
        pytest.param(lambda text: text + text.splitlines()[1] + "\n", "MG2091", id="twice"),
        pytest.param(lambda text: text.replace("\n7,", "\nseven,"), "MG2091", id="no-number"),
        pytest.param(lambda text: text.replace("\n7,", "\n7000,"), "MG3560", id="beyond"),
        pytest.param(lambda text: text.replace("\n7,", "\n0,"), "MG2091", id="no-row-at-all"),
        pytest.param(lambda text: text.replace("row,", "number,"), "MG2091", id="another-head"),
        pytest.param(lambda text: text.replace("17.99", "11.0"), "MG3561", id="another-row"),
    ],
)
def test_labels_that_cannot_be_put_back(folder: Path, tmp_path: Path, harm: Any, code: str) -> None:
    seventh = pd.read_csv(folder / "bare.csv")["mean radius"][6]
    text = "row,reason,m says,diagnosis\n5,unsure,benign,benign\n7,unsure,benign,benign\n"
    if code == "MG3561":
        text = f"row,diagnosis,mean radius\n7,benign,{seventh}\n".replace(str(seventh), "17.99")
    path = tmp_path / "labels.csv"
    path.write_text(harm(text), "utf-8")
    with pytest.raises((UsageError, DataError), match=code):
        merged(folder / "bare.csv", path, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_mistakes(folder: Path, tmp_path: Path) -> None:
    model = folder / "models" / "equal.onnx"
    with pytest.raises(UsageError, match="MG2090"):
        curate(folder / "bare.csv", [], 5)
    with pytest.raises(UsageError, match="MG2090"):
        curate(folder / "bare.csv", [model], 0)
    with pytest.raises(DataError, match=r"MG3147.*did you mean 'diagnosis'"):
        curate(folder / "bare.csv", [model], 5, target="diagnose")
    with pytest.raises(DataError, match=r"MG3147 the data has no column 'radius'"):
        curate(folder / "bare.csv", [model], 5, target="diagnosis", by=["radius"])
    many = pd.concat([pd.read_csv(folder / "bare.csv")] * 4, ignore_index=True)
    many["mean radius"] += np.arange(len(many))
    with pytest.raises(UsageError, match=r"MG2093 'mean radius' make more than 1,000 slices"):
        curate(many, [model], 5, target="diagnosis", by=["mean radius"])
    with pytest.raises(UsageError, match="MG2092 no row is left to pick"):
        curate(folder / "data" / "test.csv", [model], 5, target="diagnosis")
    rows = pd.DataFrame({"word": ["a", "b"] * 20, "much": np.arange(40) * 1.5})
    with pytest.raises(ModelError, match="MG3154"):
        curate(rows, ["columns:word", "columns:much"], 5)
    with pytest.raises(ModelError, match="MG3158 one model that answers with quantities"):
        curate(rows, ["columns:much"], 5)
    with pytest.raises(ModelError):
        curate(folder / "bare.csv", [tmp_path / "none.onnx"], 5)
