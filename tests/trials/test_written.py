"""What a trial writes: the answers that were judged, and never over anything that it reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort
import pandas as pd
import pytest

from modelgate.cli import main
from modelgate.library import builtin_root
from tests.trials.conftest import Trial

TARGET = "diagnosis"
OWN = (builtin_root() / "checks" / "artifact" / "finite_outputs.py").read_text()


def written(folder: Path) -> dict[Path, bytes]:
    """Every file but those in which Python keeps what it has compiled."""
    return {
        path: path.read_bytes()
        for path in folder.rglob("*.*")
        if path.is_file() and path.suffix != ".pyc"
    }


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_saved_predictions_are_those_of_onnxruntime(
    suffix: str, rows: pd.DataFrame, champion: Path, tmp_path: Path, trial: Trial
) -> None:
    rows.to_csv(tmp_path / "test.csv", index=False)
    words = ("--data", "test.csv", "--target", TARGET, "--save-predictions", f"saved.{suffix}")
    assert trial(champion, *words)[0] == 0
    path = tmp_path / f"saved.{suffix}"
    saved = pd.read_csv(path) if suffix == "csv" else pd.read_parquet(path)
    session = ort.InferenceSession(champion)
    features = rows.drop(columns=[TARGET]).to_numpy(np.float32)
    labels, scores = session.run(None, {session.get_inputs()[0].name: features})
    assert list(saved) == ["row", "answer", "score_benign", "score_malignant"]
    assert saved["row"].tolist() == list(range(1, len(rows) + 1))
    assert saved["answer"].tolist() == list(labels)
    assert np.allclose(saved[["score_benign", "score_malignant"]], scores, rtol=1e-6)


def test_scores_that_are_no_numbers_have_no_answer(
    rows: pd.DataFrame, champion: Path, tmp_path: Path, trial: Trial
) -> None:
    rows.loc[4, "mean radius"] = np.nan
    rows.to_csv(tmp_path / "test.csv", index=False)
    words = ("--data", "test.csv", "--target", TARGET, "--save-predictions", "saved.csv")
    assert trial(champion, *words)[0] == 1
    saved = pd.read_csv(tmp_path / "saved.csv")
    assert saved.index[saved["answer"].isna()].tolist() == [4]


def test_a_trial_that_breaks_off_leaves_no_predictions(
    rows: pd.DataFrame, champion: Path, tmp_path: Path, trial: Trial
) -> None:
    many = pd.concat([rows] * 30, ignore_index=True)
    many.loc[len(many) - 1, "mean radius"] = 1e300
    many.to_csv(tmp_path / "test.csv", index=False)
    before = sorted(path.name for path in tmp_path.iterdir())
    words = ("--data", "test.csv", "--target", TARGET, "--save-predictions", "saved.csv")
    assert trial(champion, *words) == (3, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--save-predictions", "test.csv"), id="predictions-over-the-data"),
        pytest.param(("--save-predictions", "link.csv"), id="over-a-link-to-the-data"),
        pytest.param(("--report", "json:test.csv"), id="a-report-over-the-data"),
        pytest.param(("--report", "json:model.onnx"), id="a-report-over-the-model"),
        pytest.param(("--report", "json:suite.yaml"), id="a-report-over-the-suite"),
    ],
)
@pytest.mark.parametrize("data", ["test.csv", "*est.csv"])
def test_nothing_that_is_read_is_written_over(
    words: tuple[str, ...],
    data: str,
    rows: pd.DataFrame,
    champion: Path,
    tmp_path: Path,
    trial: Trial,
    capfd: pytest.CaptureFixture[str],
) -> None:
    rows.to_csv(tmp_path / "test.csv", index=False)
    (tmp_path / "link.csv").symlink_to("test.csv")
    (tmp_path / "model.onnx").write_bytes(champion.read_bytes())
    (tmp_path / "suite.yaml").write_text("checks: [{metric: accuracy, at_least: 0.9}]")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    asked = ("model.onnx", "--data", data, "--target", TARGET, "--suite", "suite.yaml")
    assert trial(*asked, *words) == (2, {})
    assert "MG2035" in capfd.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("check", "better.onnx", "--report", "json:modelgate.yaml"), id="project"),
        pytest.param(
            ("check", "better.onnx", "--report", "json:checks/artifact/odd.py"), id="check"
        ),
        pytest.param(("check", "better.onnx", "--report", "json:old.onnx"), id="champion"),
        pytest.param(("selftest", "better.onnx", "--report", "json:old.onnx"), id="left-out"),
        pytest.param(
            ("check", "better.onnx", "--plan", "--report", "json:better.onnx"), id="planned"
        ),
    ],
)
def test_no_file_of_the_project_is_written_over(
    words: tuple[str, ...],
    tumours: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, there in (("better", "better"), ("old", "champion")):
        model = (tumours / "models" / f"{there}.onnx").read_bytes()
        (tmp_path / f"{name}.onnx").write_bytes(model)
    (tmp_path / "test.csv").write_bytes((tumours / "data" / "test.csv").read_bytes())
    (tmp_path / "suite.yaml").write_text(
        f"champion: old.onnx\ndata: {{test: {{path: test.csv, target: {TARGET}}}}}\n"
        "checks: [{metric: accuracy, at_least: 0.9}]\n"
    )
    (tmp_path / "modelgate.yaml").write_text("suite: suite.yaml\n")
    (tmp_path / "checks" / "artifact").mkdir(parents=True)
    (tmp_path / "checks" / "artifact" / "odd.py").write_text(OWN.replace("finite_outputs", "odd"))
    before = written(tmp_path)
    assert main(list(words)) == 2
    assert "MG2035" in capfd.readouterr().err
    assert written(tmp_path) == before
