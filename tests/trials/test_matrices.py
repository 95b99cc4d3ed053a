"""Models that take one matrix of numbers: right numbers, right verdicts, however they break."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pandas as pd
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from sklearn import metrics
from sklearn.ensemble import GradientBoostingClassifier, RandomForestRegressor
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import modelgate
from modelgate.report_file import report_json
from tests.trials.conftest import Trial
from tests.trials.training import OPSET

TABLES = {
    "penguins": ("species", ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"]),
    "titanic": ("Survived", ["Pclass", "Age", "SibSp", "Parch", "Fare"]),
    "auto_mpg": ("mpg", ["cylinders", "displacement", "weight", "acceleration", "model_year"]),
}
ESTIMATORS: dict[str, tuple[str, Any, bool]] = {  # table, estimator, zipmap
    "mlp": ("penguins", lambda: MLPClassifier((8,), solver="lbfgs", random_state=0), False),
    "boosting": ("titanic", lambda: GradientBoostingClassifier(n_estimators=30), True),
    "forest": ("auto_mpg", lambda: RandomForestRegressor(30, random_state=0), False),
    "mlp-regression": (
        "auto_mpg",
        lambda: MLPRegressor(
            hidden_layer_sizes=(8,), solver="lbfgs", max_iter=2000, tol=1e-2, random_state=0
        ),
        False,
    ),
}
LIMITS = {
    "mlp": "metric: accuracy, at_least: 0.9",
    "boosting": "metric: accuracy, at_least: 0.6",
    "forest": "metric: mae, at_most: 3.5",
    "mlp-regression": "metric: mae, at_most: 3.5",
}


@dataclass(frozen=True)
class Fitted:
    name: str
    model: Path
    test: pd.DataFrame
    known: pd.DataFrame
    target: str
    classes: tuple[Any, ...]

    @property
    def suite(self) -> str:
        return f"checks: [{{finite_outputs: all}}, {{{LIMITS[self.name]}}}]"

    def asked(self, rows: pd.DataFrame) -> list[Any]:
        """What onnxruntime answers directly."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1  # two threads add up in another order
        session = ort.InferenceSession(self.model, options, providers=["CPUExecutionProvider"])
        features = rows.drop(columns=[self.target]).to_numpy(np.float32)
        return list(session.run(None, {session.get_inputs()[0].name: features}))


def exported(estimator: Any, features: NDArray[np.float32], path: Path, *, zipmap: bool) -> Path:
    options = {id(estimator): {"zipmap": zipmap}} if hasattr(estimator, "classes_") else None
    graph = to_onnx(estimator, features[:1], options=options, target_opset=OPSET)
    path.write_bytes(graph.SerializeToString())
    return path


@pytest.fixture(scope="module", params=ESTIMATORS)
def fitted(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Fitted:
    table, make, zipmap = ESTIMATORS[request.param]
    target, columns = TABLES[table]
    rows = pd.read_csv(shared_data / "tabular" / f"{table}.csv")[[*columns, target]].dropna()
    rows[columns] = rows[columns].astype(np.float32)
    known, test = train_test_split(rows, test_size=0.5, random_state=1)
    folder = tmp_path_factory.mktemp(request.param)
    features = known[columns].to_numpy()
    estimator = make_pipeline(StandardScaler(), make()).fit(features, known[target])
    path = exported(estimator, features, folder / "model.onnx", zipmap=zipmap)
    classes = tuple(getattr(estimator, "classes_", ()))
    test = test.reset_index(drop=True)
    return Fitted(request.param, path, test, known, target, classes)


@pytest.fixture
def judge(fitted: Fitted, tmp_path: Path, trial: Trial) -> Any:
    """Put rows and a model on trial by the case's own limit; exit code and report."""
    (tmp_path / "suite.yaml").write_text(fitted.suite)

    def judged(rows: pd.DataFrame, model: Path | None = None, *words: str) -> Any:
        rows.to_csv(tmp_path / "test.csv", index=False)
        asked = ("--data", "test.csv", "--target", fitted.target, "--suite", "suite.yaml")
        return trial(model or fitted.model, *asked, *words)

    return judged


def test_the_number_is_scikit_learns_and_the_model_is_promoted(fitted: Fitted, judge: Any) -> None:
    code, report = judge(fitted.test)
    assert (code, report["verdict"]["decision"]) == (0, "promote")
    measured = next(one for one in report["results"] if one["check"] == "metric")
    answer = np.asarray(fitted.asked(fitted.test)[0]).reshape(-1)
    compare = metrics.accuracy_score if fitted.classes else metrics.mean_absolute_error
    assert measured["value"] == pytest.approx(compare(fitted.test[fitted.target], answer), rel=1e-9)
    assert measured["n"] == len(fitted.test)
    data = report["subject"]["data"]["test"]
    assert (data["rows"], data["dropped"]) == (len(fitted.test), 0)


def test_swapped_columns_are_blocked(fitted: Fitted, judge: Any) -> None:
    *features, target = fitted.test.columns
    code, report = judge(fitted.test[[*reversed(features), target]])
    assert (code, report["verdict"]["decision"]) == (1, "block")


def test_a_constant_answer_is_blocked(fitted: Fitted, judge: Any, tmp_path: Path) -> None:
    rarest = fitted.known[fitted.target].value_counts().index[-1]
    answer = rarest if fitted.classes else 0.0
    model = constantly(answer, fitted.test.shape[1] - 1, tmp_path / "constant.onnx")
    code, report = judge(fitted.test, model)
    assert (code, report["verdict"]["decision"]) == (1, "block")


def constantly(answer: str | float, width: int, path: Path) -> Path:
    """A model that answers every row of `width` numbers alike."""
    kinds = {str: TensorProto.STRING, float: TensorProto.FLOAT}
    kind = kinds.get(type(answer), TensorProto.INT64)
    value: Any = answer.encode() if isinstance(answer, str) else answer
    constant = helper.make_tensor("one", kind, [1], [value])
    nodes = [
        helper.make_node("Constant", [], ["answer"], value=constant),
        helper.make_node("Shape", ["X"], ["rows"], start=0, end=1),
        helper.make_node("Expand", ["answer", "rows"], ["label"]),
    ]
    graph = helper.make_graph(
        nodes,
        "constant",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, width])],
        [helper.make_tensor_value_info("label", kind, [None])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path


def test_wrong_labels_are_blocked(fitted: Fitted, judge: Any) -> None:
    wrong = fitted.test.copy()
    if fitted.classes:
        after = dict(zip(fitted.classes, [*fitted.classes[1:], fitted.classes[0]], strict=True))
        wrong[fitted.target] = wrong[fitted.target].map(after)
    else:
        wrong[fitted.target] = -wrong[fitted.target]
    code, report = judge(wrong)
    assert (code, report["verdict"]["decision"]) == (1, "block")


def test_three_rows_are_too_few(fitted: Fitted, judge: Any) -> None:
    few = fitted.test.head(3)
    if fitted.classes:  # of each class one: a network's export does not name its classes
        few = fitted.test.groupby(fitted.target).head(1)
    code, report = judge(few)
    assert (code, report["verdict"]["decision"]) == (11, "hold")


def test_classes_that_neither_model_nor_rows_show_have_to_be_told(
    fitted: Fitted, judge: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    if fitted.name != "mlp":
        pytest.skip("the others name their classes")
    one = fitted.test[fitted.test["species"] == "Adelie"].head(20)
    assert judge(one) == (3, {})
    said = capfd.readouterr().err
    assert said.startswith("test.csv: MG3132 the model gives 3 scores")
    assert "classes: [...]" in said
    (tmp_path / "suite.yaml").write_text(
        f"model: {{classes: [{', '.join(fitted.classes)}]}}\n{fitted.suite}"
    )
    assert judge(fitted.test)[0] == 0
    assert judge(one)[0] == 11


def test_answers_that_are_no_numbers_are_blocked(fitted: Fitted, judge: Any) -> None:
    if fitted.name not in {"mlp", "mlp-regression"}:
        pytest.skip("trees answer a missing value too")
    holed = fitted.test.copy()
    holed.iloc[3, 0] = np.nan
    code, report = judge(holed)
    assert code == 1
    assert report["subject"]["data"]["test"]["reasons"] == {"answer is not finite": 1}
    finite = next(one for one in report["results"] if one["check"] == "finite_outputs")
    assert (finite["status"], finite["value"]) == ("failed", 1)


def comparable(report: dict[str, Any]) -> str:
    """All bytes but those of the host and of the file that the rows came from."""
    kept = {key: value for key, value in report.items() if key != "provenance"}
    kept["subject"]["data"]["test"].update(path="", digest="", bytes=0)
    kept["taken"] = [line for line in kept["taken"] if not line.startswith("file:")]
    return json.dumps(kept)


def test_threads_and_ways_to_give_the_rows_change_no_byte(
    fitted: Fitted, judge: Any, tmp_path: Path
) -> None:
    many = pd.concat([fitted.test] * 60, ignore_index=True)  # more than one block of 8,192
    assert len(many) > 8192
    _, once = judge(many)
    expected = comparable(once)
    _, threads = judge(many, None, "--threads", "2")
    assert comparable(threads) == expected
    many.to_parquet(tmp_path / "test.parquet", row_group_size=777)
    ways: dict[str, Any] = {
        "parquet": tmp_path / "test.parquet",
        "DataFrame": many,
        "Arrow": pa.Table.from_pandas(many, preserve_index=False),
    }
    for way, rows in ways.items():
        report = modelgate.evaluate(
            fitted.model, data=rows, target=fitted.target, suite="suite.yaml"
        )
        assert comparable(json.loads(report_json(report))) == expected, way
