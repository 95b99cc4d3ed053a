"""A champion whose scores are of the classes in another order than the candidate's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pytest

import modelgate
from modelgate.errors import ModelCrashedError, ModelError
from modelgate.report import Report


@pytest.fixture(scope="session")
def turned(tumours: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The champion with its scores in the other order; its labels are what they were."""
    model = onnx.load(tumours / "models" / "champion.onnx")
    scores = model.graph.output[1].name
    for node in model.graph.node:
        node.output[:] = ["straight" if name == scores else name for name in node.output]
        node.input[:] = ["straight" if name == scores else name for name in node.input]
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([1, 0]), "order"))
    turn = onnx.helper.make_node("Gather", ["straight", "order"], [scores], axis=1)
    model.graph.node.append(turn)
    path = tmp_path_factory.mktemp("turned") / "turned.onnx"
    onnx.save(model, path)
    return path


def judged(model: Path, champion: Path, rows: pd.DataFrame, classes: str, folder: Path) -> Report:
    suite = folder / "suite.yaml"
    suite.write_text(
        f"model: {{classes: [{classes}], positive: malignant}}\n"
        "data: {test: {path: x.csv, target: diagnosis}}\n"
        "checks: [{metric: auroc, margin: 0.02}]\n"
    )
    return modelgate.evaluate(model, champion=champion, data=rows, suite=suite)


def test_a_champion_whose_labels_contradict_its_scores_is_no_easy_prey(
    turned: Path, tumours: Path, rows: pd.DataFrame, tmp_path: Path
) -> None:
    worse = tumours / "models" / "swapped.onnx"
    with pytest.raises(ModelError) as caught:
        judged(worse, turned, rows, "benign, malignant", tmp_path)
    assert caught.value.code == "MG3163"
    assert caught.value.exit_code == 3
    assert "turned.onnx" in str(caught.value)


def test_a_champion_that_names_its_classes_is_read_in_its_own_order(
    turned: Path, champion: Path, rows: pd.DataFrame, tmp_path: Path
) -> None:
    report = judged(turned, champion, rows, "malignant, benign", tmp_path)
    (versus,) = (one for one in report.results if one.versus)
    assert versus.difference == 0
    assert versus.champion is not None
    assert versus.champion > 0.98


def test_a_champion_that_answers_by_chance_is_no_champion(
    champion: Path, rows: pd.DataFrame, tmp_path: Path
) -> None:
    model = onnx.load(champion)
    scores = model.graph.output[1].name
    for node in model.graph.node:
        node.output[:] = ["steady" if name == scores else name for name in node.output]
        node.input[:] = ["steady" if name == scores else name for name in node.input]
    noise = onnx.helper.make_node("RandomUniformLike", ["steady"], ["noise"], low=0.9999, high=1.0)
    model.graph.node.extend([noise, onnx.helper.make_node("Mul", ["steady", "noise"], [scores])])
    onnx.save(model, tmp_path / "chance.onnx")
    with pytest.raises(ModelCrashedError, match="NONDETERMINISTIC: the champion") as caught:
        modelgate.evaluate(
            champion, champion=tmp_path / "chance.onnx", data=rows, target="diagnosis"
        )
    assert caught.value.code == "MG4010"
    assert caught.value.exit_code == 4
