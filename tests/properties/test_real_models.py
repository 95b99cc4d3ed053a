"""ONNX files in a project, of rows, texts and images: from the report to what is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from onnx import TensorProto, helper, numpy_helper

from modelgate.evaluation import evaluate
from modelgate.kept import PLACE
from modelgate.report import Report
from modelgate.report_file import report_json

FINITE = [{"property": "finite"}, {"property": "sums_to_one"}]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "modelgate.yaml").write_text("title: here\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _saved(path: Path, nodes: list[Any], given: Any, outputs: list[Any], weights: Any) -> Path:
    tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "toy", given, outputs, tensors)
    opsets = [helper.make_opsetid("", 20)]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=9)
    path.write_bytes(made.SerializeToString())
    return path


def _scores(name: str = "scores", classes: int = 2) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", classes])


def judged(model: Path, rows: Any, checks: list[dict[str, Any]], **told: Any) -> Report:
    suite = {"title": "toy", "task": "classification", "model": told, "checks": checks}
    Path("suite.yaml").write_text(yaml.safe_dump(suite, sort_keys=False), "utf-8")
    return evaluate(model, data=rows, target="label", suite="suite.yaml")


def results(report: Report) -> dict[str, Any]:
    return {one.subject: one for one in report.results if one.check == "property"}


def test_rows(project: Path) -> None:
    """A logarithm that is taken of what may be below zero; the report is the same twice."""
    named = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 1]) for name in ("pay", "rent")
    ]
    nodes = [
        helper.make_node("Sub", ["pay", "rent"], ["left"]),
        helper.make_node("Log", ["left"], ["log"]),
        helper.make_node("Sigmoid", ["log"], ["yes"]),
        helper.make_node("Sub", ["one", "yes"], ["no"]),
        helper.make_node("Concat", ["no", "yes"], ["scores"], axis=1),
    ]
    one = {"one": np.ones((1, 1), dtype=np.float32)}
    model = _saved(project / "m.onnx", nodes, named, [_scores()], one)
    dice = np.random.default_rng(0)
    rent = dice.uniform(300, 900, 120).round()
    rows = {
        "pay": rent + dice.uniform(400, 900, 120),
        "rent": rent,
        "label": dice.integers(0, 2, 120),
    }
    monotone = {"property": "monotone", "column": "rent", "increasing": False, "reach": "seen"}
    first = judged(model, rows, [*FINITE, monotone], classes=[0, 1], positive=1)
    found = results(first)
    assert found["finite"].status == "failed"
    cells = found["finite"].evidence[0]["input"]
    assert cells["pay"] < cells["rent"]
    assert found["finite"].evidence[0]["answer"].endswith("(nan, nan)")
    assert found["sums_to_one"].status == "failed"  # of NaN nothing is one
    files = {path.name: path.read_bytes() for path in (project / PLACE).iterdir()}
    assert {json.loads(text)["property"] for text in files.values()} >= {"finite", "sums_to_one"}

    again = judged(model, rows, [*FINITE, monotone], classes=[0, 1], positive=1)
    assert again.provenance["rows_tried_again"] > 0
    assert "rows_tried_again" not in first.provenance
    plain, same = json.loads(report_json(first)), json.loads(report_json(again))
    del plain["provenance"], same["provenance"]
    assert plain == same
    assert files == {path.name: path.read_bytes() for path in (project / PLACE).iterdir()}


def test_texts(project: Path) -> None:
    """A model that divides by the words it knows in a text, of which there may be none."""
    given = [helper.make_tensor_value_info("text", TensorProto.STRING, ["n"])]
    counted = helper.make_node(
        "TfIdfVectorizer",
        ["words"],
        ["counts"],
        max_gram_length=1,
        min_gram_length=1,
        max_skip_count=0,
        mode="TF",
        ngram_counts=[0],
        ngram_indexes=[0, 1],
        pool_strings=["good", "bad"],
    )
    nodes = [
        helper.make_node("StringSplit", ["text"], ["words", "lengths"], delimiter=" "),
        counted,
        helper.make_node("ReduceSum", ["counts", "axis"], ["sum"], keepdims=1),
        helper.make_node("Div", ["counts", "sum"], ["scores"]),
    ]
    axis = {"axis": np.array([1], dtype=np.int64)}
    model = _saved(project / "m.onnx", nodes, given, [_scores()], axis)
    texts = [f"the {word} film {at}" for at in range(40) for word in ("good", "bad")]
    rows = {"text": texts, "label": ["fine", "poor"] * 40}
    told = {"classes": ["fine", "poor"]}
    found = results(judged(model, rows, [*FINITE, {"property": "row_order"}], **told))
    assert found["finite"].status == "failed"
    assert found["finite"].evidence[0]["input"] == ""
    assert found["row_order"].status == "passed"
    kept = [json.loads(path.read_text("utf-8")) for path in (project / PLACE).iterdir()]
    assert {"text": ""} in [row for one in kept for row in one["rows"]]


def test_images(project: Path) -> None:
    """A model that divides by the brightest pixel: an image that is black has none."""
    given = [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 6, 6])]
    nodes = [
        helper.make_node("ReduceMax", ["image", "axes"], ["most"], keepdims=1),
        helper.make_node("Div", ["image", "most"], ["even"]),
        helper.make_node("Flatten", ["even"], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "weight"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["scores"], axis=1),
    ]
    dice = np.random.default_rng(0)
    weights = {"weight": dice.normal(size=(36, 3)).astype(np.float32), "axes": np.array([1, 2])}
    model = _saved(project / "m.onnx", nodes, given, [_scores(classes=3)], weights)
    dark = dice.random((80, 6, 6)) < 0.6
    images = np.where(dark, 0, dice.random((80, 6, 6))).astype(np.float32)
    rows = {"image": images, "label": np.arange(80) % 3}
    found = results(judged(model, rows, FINITE, classes=[0, 1, 2]))
    shown = found["finite"].evidence[0]["input"]
    assert found["finite"].status == "failed"
    assert shown["grey"] == ["000000"] * 6
