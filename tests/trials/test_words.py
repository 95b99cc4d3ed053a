"""The data's words for the classes and the model's: whichever they are, rows are judged rightly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression

import modelgate
from modelgate.errors import DataError, ModelCrashedError, ModelError
from tests.trials.conftest import Trial
from tests.trials.training import OPSET

SUITE = "checks: [{finite_outputs: all}, {signature: all}, {metric: accuracy, at_least: 0.9}]\n"
GENERATOR = np.random.default_rng(0)
NUMBERS = GENERATOR.normal(size=(400, 3)).astype(np.float32)
TRUTH = (NUMBERS[:, 0] + 0.1 * GENERATOR.normal(size=400) > 0).astype(int)


def rows(labels: Sequence[Any]) -> pd.DataFrame:
    """Rows whose label is the first word for class 0, the second for class 1."""
    return pd.DataFrame(NUMBERS, columns=["a", "b", "c"]).assign(y=[labels[at] for at in TRUTH])


@pytest.fixture(scope="module", params=["zipmap", "matrix"])
def zipmap(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "zipmap")


def model(words: Sequence[Any], path: Path, *, zipmap: bool) -> Path:
    """A logistic regression that answers with these words."""
    fitted = LogisticRegression().fit(NUMBERS, np.array(words)[TRUTH])
    options = {id(fitted): {"zipmap": zipmap}}
    graph = to_onnx(fitted, NUMBERS[:1], options=options, target_opset=OPSET)
    path.write_bytes(graph.SerializeToString())
    return path


@pytest.mark.parametrize(
    ("own", "said"),
    [
        pytest.param((0, 1), (0, 1), id="the-same-numbers"),
        pytest.param((0, 1), ("0", "1"), id="numbers-as-text"),
        pytest.param((0, 1), (0.0, 1.0), id="fractions-that-are-whole"),
        pytest.param((0, 1), (False, True), id="booleans"),
        pytest.param((0, 1), ("no", "yes"), id="no-and-yes-for-0-and-1"),
        pytest.param((0, 1), ("N", "Y"), id="capital-letters-of-a-usual-pair"),
        pytest.param(("ham", "spam"), ("ham", "spam"), id="the-same-words"),
        pytest.param(("ham", "spam"), (" ham", "spam "), id="spaces-around"),
        pytest.param((3, 7), (3, 7), id="numbers-that-are-no-positions"),
    ],
)
def test_what_means_the_same_needs_no_word(
    own: Sequence[Any], said: Sequence[Any], *, zipmap: bool, tmp_path: Path, trial: Trial
) -> None:
    rows(said).to_csv(tmp_path / "test.csv", index=False)
    (tmp_path / "suite.yaml").write_text(SUITE)
    words = ("--data", "test.csv", "--target", "y", "--suite", "suite.yaml")
    code, report = trial(model(own, tmp_path / "model.onnx", zipmap=zipmap), *words)
    assert (code, report["verdict"]["decision"]) == (0, "promote")
    assert report["subject"]["data"]["test"]["dropped"] == 0


@pytest.mark.parametrize(
    ("own", "said", "hint"),
    [
        pytest.param(("ham", "spam"), (0, 1), "[0, 1]", id="numbers-for-words"),
        pytest.param(("ham", "spam"), ("H", "S"), "['H', 'S']", id="letters-for-words"),
        pytest.param((0, 1), ("good", "poor"), "['good', 'poor']", id="words-for-numbers"),
        pytest.param((1, 2), ("no", "yes"), "['no', 'yes']", id="a-usual-pair-for-1-and-2"),
    ],
)
def test_following_the_hint_is_enough(
    own: Sequence[Any],
    said: Sequence[Any],
    hint: str,
    *,
    zipmap: bool,
    tmp_path: Path,
    trial: Trial,
    capfd: pytest.CaptureFixture[str],
) -> None:
    rows(said).to_csv(tmp_path / "test.csv", index=False)
    (tmp_path / "suite.yaml").write_text(SUITE)
    path = model(own, tmp_path / "model.onnx", zipmap=zipmap)
    words = ("--data", "test.csv", "--target", "y", "--suite", "suite.yaml")
    assert trial(path, *words) == (3, {})
    said_of_it = capfd.readouterr().err
    assert said_of_it.startswith("test.csv: MG3132 ")
    assert f"model: {{classes: {hint}}}" in said_of_it
    (tmp_path / "suite.yaml").write_text(f"model: {{classes: {hint}}}\n{SUITE}")
    code, report = trial(path, *words)
    assert (code, report["verdict"]["decision"]) == (0, "promote")
    assert any(f"{said[1]!r} is the model's {own[1]!r}" in line for line in report["taken"])


def test_classes_in_the_wrong_order_are_said_and_blocked(tmp_path: Path, trial: Trial) -> None:
    rows(("H", "S")).to_csv(tmp_path / "test.csv", index=False)
    (tmp_path / "suite.yaml").write_text(f"model: {{classes: [S, H]}}\n{SUITE}")
    path = model(("ham", "spam"), tmp_path / "model.onnx", zipmap=False)
    code, report = trial(path, "--data", "test.csv", "--target", "y", "--suite", "suite.yaml")
    assert (code, report["verdict"]["decision"]) == (1, "block")
    assert any("'S' is the model's 'ham'" in line for line in report["taken"])


def test_whole_numbers_that_a_fraction_cannot_tell_apart_are_two_classes() -> None:
    low, high = 2**53, 2**53 + 1  # as float64 they are one
    report = modelgate.evaluate(
        lambda frame: np.where(frame["a"] > 0, high, low), data=rows((low, high)), target="y"
    )
    assert report.verdict.decision == "promote"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda frame: np.where(frame["a"] > 0, b"yes", b"no"), id="bytes"),
        pytest.param(lambda frame: np.where(frame["a"] > 0, 1, 0), id="positions"),
        pytest.param(lambda frame: pd.Series(frame["a"] > 0), id="booleans"),
    ],
)
def test_labels_of_a_callable_are_matched_too(answer: Any) -> None:
    report = modelgate.evaluate(answer, data=rows(("no", "yes")), target="y")
    assert report.verdict.decision == "promote"


@pytest.mark.parametrize("nothing", [None, np.nan, pd.NA])
def test_a_label_that_a_callable_leaves_out_is_never_passed_over(nothing: Any) -> None:
    def model(frame: pd.DataFrame) -> list[Any]:
        answer: list[Any] = ["yes" if value > 0 else "no" for value in frame["a"]]
        return [nothing, *answer[1:]]

    report = modelgate.evaluate(model, data=rows(("no", "yes")), target="y")
    assert report.verdict.decision == "block"
    assert report.subject["data"]["test"]["dropped"] == 1


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda frame: [{"a": 1}] * len(frame), id="dictionaries"),
        pytest.param(lambda frame: np.zeros(len(frame), complex), id="complex"),
        pytest.param(lambda frame: np.zeros(len(frame), "datetime64[s]"), id="dates"),
    ],
)
def test_what_is_no_answer_is_a_crash(answer: Any) -> None:
    with pytest.raises(ModelCrashedError, match=r"^MG4024 .* neither a label nor a number"):
        modelgate.evaluate(answer, data=rows((0, 1)), target="y")


@pytest.mark.parametrize("absent", [0, 200])
def test_a_missing_label_in_a_column_of_predictions_does_not_change_the_task(absent: int) -> None:
    said = pd.array(np.arange(400) % 3, dtype="Int64")
    truth = pd.Series(said, dtype="Int64").astype(int)
    said[absent] = pd.NA
    report = modelgate.evaluate(
        "columns:said", data=pd.DataFrame({"said": said, "y": truth}), target="y"
    )
    assert "task: classification" in report.taken
    assert report.verdict.decision == "block"
    assert report.subject["data"]["test"]["dropped"] == 1


def test_predictions_of_another_kind_are_refused() -> None:
    dated = rows((0, 1)).assign(said=pd.Timestamp("2024-01-31"))
    with pytest.raises(DataError, match=r"DataFrame: MG3150 column 'said' holds timestamp"):
        modelgate.evaluate("columns:said", data=dated, target="y")


@pytest.mark.parametrize(
    ("model", "why"),
    [
        pytest.param("columns:said", "labels alone", id="labels-alone"),
        pytest.param("columns:a,b,c", "3 classes", id="three-classes"),
    ],
)
def test_a_threshold_divides_the_scores_of_two_classes(
    model: str, why: str, tmp_path: Path
) -> None:
    scores = GENERATOR.dirichlet([1, 1, 1], 300)
    best = scores.argmax(axis=1)
    table = pd.DataFrame(scores, columns=["a", "b", "c"]).assign(said=best, y=best)
    suite = tmp_path / "suite.yaml"
    suite.write_text(f"model: {{threshold: 0.4}}\n{SUITE}")
    with pytest.raises(ModelError, match=rf"suite\.yaml:1:\d+: MG3125 .*{why}"):
        modelgate.evaluate(model, data=table, target="y", suite=suite)


def test_a_label_that_is_not_that_of_the_best_score_is_said(tmp_path: Path, trial: Trial) -> None:
    """A model whose labels are decided apart from its scores, as a support-vector machine's are."""
    import onnx
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        [
            helper.make_node("Softmax", ["x"], ["probabilities"], axis=1),
            helper.make_node("ArgMin", ["x"], ["label"], axis=1, keepdims=0),
        ],
        "apart",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2]),
        ],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(made, tmp_path / "apart.onnx")
    table = pd.DataFrame(NUMBERS[:, :2], columns=["p", "q"]).assign(y=TRUTH)
    table.to_csv(tmp_path / "test.csv", index=False)
    _, report = trial(tmp_path / "apart.onnx", "--data", "test.csv", "--target", "y")
    assert "label: output 'label'; the label is not the class of the best score in 64" in " ".join(
        report["taken"]
    )
