"""Models of every kind: the real ONNX files, callables, and predictions made beforehand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate.errors import ModelCrashedError, UsageError
from tests.trials.conftest import Trial

BESIDE = Path(__file__).parents[2].parent / "shared" / "data"
INDEX = Path(os.environ.get("MODELGATE_SHARED", BESIDE)) / "onnx" / "INDEX.json"
MODELS = sorted(json.loads(INDEX.read_text())["models"].items()) if INDEX.exists() else []


@pytest.mark.parametrize(("name", "facts"), MODELS, ids=[name for name, _ in MODELS])
def test_every_real_file_gets_a_report_or_a_clear_line(
    name: str,
    facts: dict[str, Any],
    shared_data: Path,
    trial: Trial,
    capfd: pytest.CaptureFixture[str],
) -> None:
    code, report = trial(shared_data / "onnx" / name)
    said = capfd.readouterr().err
    assert "Traceback" not in said
    if facts.get("run") == "ok":
        assert code in {0, 1, 11}, said
        assert report["results"]
    else:
        assert (code, report) == (3, {})
        assert len(said.strip().splitlines()) <= 2
        assert "MG30" in said


def test_the_real_data_is_there_or_nothing_was_tested() -> None:
    if not MODELS:
        pytest.skip("the real models are not here (shared folder beside the repository)")
    assert len(MODELS) >= 41


def test_images_from_an_npz_go_into_a_convolutional_network(
    shared_data: Path, trial: Trial, tmp_path: Path
) -> None:
    suite = tmp_path / "digits.yaml"
    images = shared_data / "images" / "mnist_t10k_1500.npz"
    suite.write_text(
        f"task: classification\ndata: {{test: {{path: '{images}', target: y}}}}\n"
        "model: {scores_are: logits}\n"
        "checks: [{finite_outputs: all}, {metric: accuracy}]"
    )
    code, report = trial(shared_data / "onnx" / "mnist_softmax_flat.onnx", "--suite", suite)
    assert code == 0, report
    data = report["subject"]["data"]["test"]
    assert (data["rows"], data["dropped"]) == (1500, 0)


def scored(rows: pd.DataFrame, sure: float = 0.9) -> pd.DataFrame:
    """Rows with predictions that are wrong in every tenth."""
    wrong = np.arange(len(rows)) % 10 == 0
    sick = (rows["diagnosis"] == "malignant").to_numpy() ^ wrong
    score = np.where(sick, sure, 1 - sure)
    return pd.DataFrame(
        {
            "sick": (rows["diagnosis"] == "malignant").astype(int),
            "score": score,
            "rest": 1 - score,
            "said": np.where(sick, 1, 0),
        }
    )


@pytest.mark.parametrize(
    "model",
    [
        pytest.param("columns:score", id="one-score"),
        pytest.param("columns:rest,score", id="a-score-a-class"),
        pytest.param("columns:said", id="labels"),
    ],
)
def test_predictions_in_columns(
    model: str, rows: pd.DataFrame, tmp_path: Path, trial: Trial
) -> None:
    table = scored(rows)
    table.to_csv(tmp_path / "scored.csv", index=False)
    (tmp_path / "suite.yaml").write_text(
        "task: classification\nmodel: {classes: [0, 1]}\n"
        "checks: [{finite_outputs: all}, {metric: accuracy, at_least: 0.8}]"
    )
    words = ("--data", "scored.csv", "--target", "sick", "--suite", "suite.yaml")
    code, report = trial(model, *words)
    assert code == 0, report
    accuracy = next(one for one in report["results"] if one["check"] == "metric")
    assert accuracy["value"] == pytest.approx((table["sick"] == table["said"]).mean(), abs=1e-12)


def test_a_missing_prediction_is_not_passed_over(
    rows: pd.DataFrame, tmp_path: Path, trial: Trial
) -> None:
    table = scored(rows)
    table.loc[5, "score"] = np.nan
    table.to_csv(tmp_path / "scored.csv", index=False)
    code, report = trial("columns:score", "--data", "scored.csv", "--target", "sick")
    assert code == 1
    assert report["subject"]["data"]["test"]["dropped"] == 1


@pytest.mark.parametrize(
    ("answer", "decision"),
    [
        pytest.param("truth", "promote", id="labels-that-are-right"),
        pytest.param("constant", "hold", id="one-label-for-all"),
        pytest.param("inverted", "block", id="labels-that-are-wrong"),
    ],
)
def test_a_callable_in_python(answer: str, decision: str, rows: pd.DataFrame) -> None:
    truth = rows["diagnosis"].to_numpy()
    other = np.where(truth == "benign", "malignant", "benign")
    all_answers = {"truth": truth, "constant": np.full(len(rows), "benign"), "inverted": other}
    chosen = dict(zip(map(float, rows["mean area"]), all_answers[answer], strict=True))

    def model(frame: pd.DataFrame) -> list[str]:
        return [chosen[area] for area in frame["mean area"]]

    unique = rows.drop_duplicates("mean area")
    report = modelgate.evaluate(model, data=unique, target="diagnosis")
    assert report.verdict.decision == decision


def test_a_callable_that_raises_or_answers_short_is_a_crash(rows: pd.DataFrame) -> None:
    def raising(frame: pd.DataFrame) -> list[str]:
        raise ValueError(f"{len(frame)} rows are too many")

    with pytest.raises(ModelCrashedError, match=r"MG4020 .* ValueError"):
        modelgate.evaluate(raising, data=rows, target="diagnosis")
    with pytest.raises(ModelCrashedError, match=r"MG4021 .* answered 64 rows with 63"):
        modelgate.evaluate(
            lambda frame: ["benign"] * (len(frame) - 1), data=rows, target="diagnosis"
        )


def test_a_regression_by_a_callable() -> None:
    x = np.linspace(0, 1, 500)
    table = pd.DataFrame({"x": x, "y": 3 * x + np.sin(400 * x) / 10})
    report = modelgate.evaluate(lambda frame: 3 * frame["x"], data=table, target="y")
    assert report.verdict.decision == "promote"
    constant = modelgate.evaluate(lambda frame: 0 * frame["x"] + 9, data=table, target="y")
    assert constant.verdict.decision == "block"


def test_labels_in_a_column_break_no_promise(
    rows: pd.DataFrame, tmp_path: Path, trial: Trial
) -> None:
    rows.assign(said=rows["diagnosis"]).to_csv(tmp_path / "said.csv")
    code, report = trial("columns:said", "--data", "said.csv", "--target", "diagnosis")
    assert code != 1
    statuses = {one["check"]: one["status"] for one in report["results"]}
    assert statuses["signature"] == "passed"


class Estimator:
    """As scikit-learn's are: it cannot be called, but its methods can."""

    def predict_proba(self, frame: pd.DataFrame) -> Any:
        return np.full((len(frame), 2), 0.5)


def test_what_is_no_model_is_told_what_would_be_one(rows: pd.DataFrame) -> None:
    with pytest.raises(UsageError, match=r"MG2034 .* type Estimator") as caught:
        modelgate.evaluate(Estimator(), data=rows, target="diagnosis")  # type: ignore[arg-type]
    assert "predict_proba" in (caught.value.hint or "")
    assert caught.value.__notes__ == [f"hint: {caught.value.hint}"]
    numbered = rows.assign(diagnosis=(rows["diagnosis"] == "malignant").astype(int))
    report = modelgate.evaluate(Estimator().predict_proba, data=numbered, target="diagnosis")
    assert len(repr(report)) < 300
    assert report.verdict.decision in repr(report)


def test_the_ready_made_suite_asks_predictions_only_what_they_can_answer(
    rows: pd.DataFrame, tmp_path: Path, trial: Trial
) -> None:
    scored(rows).to_csv(tmp_path / "scored.csv", index=False)
    code, report = trial("columns:score", "--data", "scored.csv", "--target", "sick")
    assert (code, report["verdict"]["decision"]) == (0, "promote")
    assert any(line.startswith("not asked: dynamic_batch, determinism") for line in report["taken"])


@pytest.mark.parametrize("index", ["Unnamed: 0", "__index_level_0__"])
def test_the_index_of_a_data_frame_is_no_feature(
    index: str, rows: pd.DataFrame, champion: Path, tmp_path: Path, trial: Trial
) -> None:
    rows.assign(**{index: range(len(rows))}).to_csv(tmp_path / "test.csv", index=False)
    assert trial(champion, "--data", "test.csv", "--target", "diagnosis")[0] == 0


def test_a_regression_against_text_says_what_the_text_is(
    rows: pd.DataFrame, tmp_path: Path, trial: Trial, capfd: pytest.CaptureFixture[str]
) -> None:
    table = pd.DataFrame({"v": rows["mean area"], "y": rows["mean area"].map("{} mm2".format)})
    table.to_csv(tmp_path / "test.csv", index=False)
    assert trial("columns:v", "--data", "test.csv", "--target", "y") == (3, {})
    assert "MG3114" in capfd.readouterr().err


def test_a_model_that_always_answers_alike_is_not_told_to_get_more_rows(
    rows: pd.DataFrame, tmp_path: Path, trial: Trial, capfd: pytest.CaptureFixture[str]
) -> None:
    scored(rows).assign(said=0).to_csv(tmp_path / "scored.csv", index=False)
    words = ("--data", "scored.csv", "--target", "sick", "--report", "terminal")
    code, _ = trial("columns:said", *words)
    shown = " ".join(capfd.readouterr().out.split())
    assert code in {1, 11}
    assert "no better than without looking at the input" in shown
    assert "more labelled rows" not in shown
