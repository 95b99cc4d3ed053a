"""Published models on the data that they were made for, or on rows of their width."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.datasets import load_iris

from tests.trials.conftest import Trial


@pytest.fixture
def onnx(shared_data: Path) -> Path:
    return shared_data / "onnx"


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        pytest.param("cnn_mnist_dynamic", 0.98, 1.0, id="a-network-of-images"),
        pytest.param("mnist8_batch1", 0.98, 1.0, id="one-image-a-call"),
        pytest.param("mnist_softmax_flat", 0.80, 0.90, id="images-as-784-numbers"),
    ],
)
def test_images_just_work(
    name: str, least: float, most: float, onnx: Path, shared_data: Path, trial: Trial
) -> None:
    images = shared_data / "images" / "mnist_t10k_1500.npz"  # x uint8 (28, 28), y
    code, report = trial(onnx / f"{name}.onnx", "--data", images)
    assert (code, report["verdict"]["decision"]) == (0, "promote")
    assert "target: column 'y'" in report["taken"]
    assert any(line.endswith("logits, turned into probabilities") for line in report["taken"])
    found = {one["subject"]: one for one in report["results"] if one["check"] == "metric"}
    assert least <= found["accuracy"]["value"] <= most
    assert found["accuracy"]["n"] == 1500


def test_the_images_number_is_that_of_onnxruntime(
    onnx: Path, shared_data: Path, trial: Trial
) -> None:
    import onnxruntime as ort

    with np.load(shared_data / "images" / "mnist_t10k_1500.npz") as arrays:
        x, y = arrays["x"], arrays["y"]
    session = ort.InferenceSession(onnx / "cnn_mnist_dynamic.onnx")
    (scores,) = session.run(None, {"input_image": x[:, None].astype(np.float32)})
    images = shared_data / "images" / "mnist_t10k_1500.npz"
    _, report = trial(onnx / "cnn_mnist_dynamic.onnx", "--data", images)
    found = {one["subject"]: one for one in report["results"] if one["check"] == "metric"}
    right = metrics.accuracy_score(y, np.argmax(scores, axis=1))
    assert found["accuracy"]["value"] == pytest.approx(right, rel=1e-9)


@pytest.fixture(scope="module")
def iris() -> pd.DataFrame:
    frame: pd.DataFrame = load_iris(as_frame=True).frame
    return frame.sample(frac=1, random_state=0)


@pytest.mark.parametrize(
    ("name", "columns", "codes"),
    [
        pytest.param("randomforest_zipmap_batch1", slice(0, 4), {0}, id="forest-of-one-row-a-call"),
        pytest.param("iris_logreg_zipmap_batch3", slice(2, 4), {1, 11}, id="three-rows-a-call"),
        pytest.param("tribuo_iris_lr", slice(0, 4), {1, 11}, id="columns-in-another-order"),
    ],
)
@pytest.mark.parametrize("rows", [150, 149, 100])  # a last call that is not full, too
def test_models_of_irises(
    name: str,
    columns: slice,
    codes: set[int],
    rows: int,
    onnx: Path,
    iris: pd.DataFrame,
    tmp_path: Path,
    trial: Trial,
) -> None:
    table = iris.head(rows)
    table[[*table.columns[columns], "target"]].to_csv(tmp_path / "iris.csv", index=False)
    code, report = trial(onnx / f"{name}.onnx", "--data", "iris.csv")
    assert code in codes
    data = report["subject"]["data"]["test"]
    assert (data["rows"], data["dropped"], data["target"]) == (rows, 0, "target")


def test_the_one_column_of_text_is_the_target_of_a_model_of_numbers(
    onnx: Path, iris: pd.DataFrame, tmp_path: Path, trial: Trial, capfd: pytest.CaptureFixture[str]
) -> None:
    named = iris.assign(species=load_iris().target_names[iris["target"]]).drop(columns="target")
    named.to_csv(tmp_path / "iris.csv", index=False)
    words = (onnx / "randomforest_zipmap_batch1.onnx", "--data", "iris.csv")
    assert trial(*words) == (3, {})
    assert "iris.csv: MG3132 the target 'species' holds 'setosa'" in capfd.readouterr().err
    classes = "model: {classes: ['setosa', 'versicolor', 'virginica']}"
    (tmp_path / "suite.yaml").write_text(
        f"{classes}\nchecks: [{{metric: accuracy, at_least: 0.8}}]"
    )
    assert trial(*words, "--suite", "suite.yaml")[0] == 0


@pytest.mark.parametrize("name", ["lgbm_classifier", "xgboost_classifier"])
def test_boosted_trees_of_other_libraries_are_judged(
    name: str, onnx: Path, tmp_path: Path, trial: Trial
) -> None:
    """Made rows, labelled by the model itself: every one is right, until labels are turned."""
    import onnxruntime as ort

    rows = pd.DataFrame(
        np.random.default_rng(0).normal(scale=300, size=(600, 13)).astype(np.float32),
        columns=[f"f{column}" for column in range(13)],
    )
    session = ort.InferenceSession(onnx / f"{name}.onnx")
    labels, scores = session.run(None, {session.get_inputs()[0].name: rows.to_numpy()})
    assert len(np.unique(labels)) > 1
    suite = "checks: [{finite_outputs: all}, {metric: accuracy, at_least: 0.9}, {metric: log_loss}]"
    (tmp_path / "suite.yaml").write_text(suite)
    for turned, code in ((0, 0), (1, 1)):
        truth = (labels + turned) % 3
        rows.assign(y=truth).to_csv(tmp_path / "test.csv", index=False)
        found, report = trial(onnx / f"{name}.onnx", "--data", "test.csv", "--suite", "suite.yaml")
        assert found == code
        measured = {one["subject"]: one["value"] for one in report["results"]}
        assert measured["accuracy"] == 1 - turned
        sums = scores / scores.sum(axis=1, keepdims=True, dtype=np.float64)
        loss = metrics.log_loss(truth, sums, labels=[0, 1, 2])
        assert measured["log_loss"] == pytest.approx(loss, rel=1e-6)
