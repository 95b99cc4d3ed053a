"""Ten models that are sure of garbage, and their twins, which know how far off an input lies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd
import pytest
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from skl2onnx import to_onnx
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from modelgate.counterexamples import is_counterexample
from tests.acceptance.conftest import Bench, promoted

SUITE = """\
task: classification
data:
  test: {{path: ../{data}, target: label}}
checks:
  - metric: accuracy
    at_least: 65%
    severity: blocker
  - ood_behaviour: confident
    made: {made}
    at_most: 5%
    severity: blocker
"""
KINDS: Mapping[str, Any] = {
    "line": make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
    "network": make_pipeline(
        StandardScaler(), MLPClassifier((32,), tol=1e-3, max_iter=900, random_state=0)
    ),
    "bayes": GaussianNB(),
}
TABLES = ("penguins", "churn", "weather")
Floats = NDArray[np.float32]


def rows_of(name: str, folder: Path) -> pd.DataFrame:
    """The numbers of a real table, without gaps, and what is to be told by them."""
    if name == "penguins":
        rows, label = pd.read_csv(folder / "tabular" / "penguins.csv"), "species"
        rows = rows.drop(columns="year")
    elif name == "churn":
        rows, label = pd.read_csv(folder / "tabular" / "telco_churn.csv"), "Churn"
        rows["TotalCharges"] = pd.to_numeric(rows["TotalCharges"], errors="coerce")
        rows = rows[::4]
    else:
        rows, label = pd.read_csv(folder / "drift" / "seattle_weather.csv"), "weather"
        rows = rows[rows[label].isin(["rain", "sun"])]
    numbers = rows.select_dtypes("number").astype(np.float32)
    found = numbers.assign(label=rows[label]).dropna().reset_index(drop=True)
    return found.sample(frac=1, random_state=0)


def exported(estimator: Any, seen: Floats, labels: Any) -> Any:
    fitted = estimator.fit(seen, labels)
    return to_onnx(fitted, seen[:1], options={"zipmap": False})


def twin(found: Any, seen: Floats, measure: Floats) -> Any:
    """The same model, whose answer fades to an even one where an input lies far off.

    It stays as it is as far off as 99 of 100 rows of training lie, and is even from twice as far.

    Args:
        found: a model of `X`, (n, d), that answers with `probabilities`.
        seen: (m, d) rows of training.
        measure: (d, e); an input lies as far off as this times its way from the middle is long.
    """
    middle = seen.mean(axis=0)
    within = np.quantile((((seen - middle) @ measure) ** 2).sum(axis=1), 0.99)
    classes = found.graph.output[1].type.tensor_type.shape.dim[1].dim_value
    numbers = {
        "middle": middle,
        "measure": measure,
        "within": within,
        "two": 2,
        "nothing": 0,
        "all": 1,
        "even": 1 / classes,
    }
    for name, value in numbers.items():
        array = np.asarray(value, dtype=np.float32)
        found.graph.initializer.append(numpy_helper.from_array(array, name))
    found.graph.initializer.append(numpy_helper.from_array(np.array([1]), "across"))
    for node in found.graph.node:
        for names in (node.input, node.output):
            names[:] = ["told" if name == "probabilities" else name for name in names]
    steps = [
        ("Sub", ["X", "middle"], "off"),
        ("MatMul", ["off", "measure"], "measured"),
        ("Mul", ["measured", "measured"], "squares"),
        ("ReduceSum", ["squares", "across"], "distance"),
        ("Div", ["distance", "within"], "ratio"),
        ("Sub", ["two", "ratio"], "left"),
        ("Clip", ["left", "nothing", "all"], "known"),
        ("Sub", ["told", "even"], "over"),
        ("Mul", ["over", "known"], "kept"),
        ("Add", ["kept", "even"], "probabilities"),
    ]
    found.graph.node.extend(helper.make_node(kind, given, [to]) for kind, given, to in steps)
    onnx.checker.check_model(found)
    return found


def written(bench: Bench, name: str, found: Any, seen: Floats, measure: Floats) -> None:
    onnx.save(found, bench.folder / f"{name}.onnx")
    onnx.save(twin(found, seen, measure), bench.folder / f"{name}-twin.onnx")


def bench_of(folder: Path, data: str, made: str) -> Bench:
    bench = Bench(folder, "label", data)
    bench.suite.parent.mkdir(parents=True)
    bench.suite.write_text(SUITE.format(data=data, made=made), encoding="utf-8")
    return bench


@pytest.fixture(scope="module", params=TABLES)
def table(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Bench:
    rows = rows_of(request.param, shared_data)
    bench = bench_of(tmp_path_factory.mktemp(request.param), "test.csv", "far_noise")
    rows[::2].to_csv(bench.folder / "test.csv", index=False)
    seen = rows[1::2].drop(columns="label").to_numpy(np.float32)
    # Mahalanobis: the inverse of the covariance is this times its transpose.
    measure = np.linalg.cholesky(np.linalg.inv(np.cov(seen.T))).astype(np.float32)
    for name, estimator in KINDS.items():
        written(bench, name, exported(estimator, seen, rows["label"][1::2]), seen, measure)
    return bench


@pytest.fixture(scope="module")
def digits(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    with np.load(shared_data / "images" / "mnist_t10k_1500.npz") as file:
        pixels, labels = file["x"].reshape(-1, 28 * 28).astype(np.float32) / 255, file["y"]
    bench = bench_of(tmp_path_factory.mktemp("digits"), "test.npz", "inverted_images")
    pictures = pixels[900:].reshape(-1, 28, 28)
    np.savez(bench.folder / "test.npz", X=pictures, label=labels[900:].astype(np.int64))
    seen = pixels[:900]
    # What forty components leave of a picture: nearly nothing of a digit, much of all else.
    kept = PCA(40, random_state=0).fit(seen).components_
    measure = (np.eye(28 * 28) - kept.T @ kept).astype(np.float32)
    found = exported(
        LogisticRegression(tol=0.01, max_iter=200), seen, labels[:900].astype(np.int64)
    )
    written(bench, "line", found, seen, measure)
    return bench


def judged(bench: Bench, name: str) -> None:
    """A model is blocked for what it says of garbage and nothing else, and its twin is not."""
    verdict = bench.judge(name)
    assert (verdict.code, verdict.report["verdict"]["decision"]) == (1, "block"), verdict.page
    found = verdict.failed("ood_behaviour confident")
    assert found["severity"] == "blocker"
    assert is_counterexample(found["evidence"][0])
    assert [one["check"] for one in verdict.report["results"] if one["status"] == "failed"] == [
        "ood_behaviour"
    ]
    promoted(bench.judge(f"{name}-twin"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_of_a_table_that_is_sure_of_noise_is_blocked_and_its_twin_is_not(
    table: Bench, kind: str
) -> None:
    judged(table, kind)


def test_a_model_of_digits_that_is_sure_of_negatives_is_blocked_and_its_twin_is_not(
    digits: Bench,
) -> None:
    judged(digits, "line")
