"""Forty-one models of other people: each loads and answers, or says in a line why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelgate.errors import ModelError
from modelgate.stand_in import stand_in
from modelgate.worker import Worker

REFUSED = {
    "cast_bfloat16_float.onnx": "MG3008",
    "custom_op_needs_library.onnx": "MG3011",
    "empty_file.onnx": "MG3003",
    "gather_invalid_graph.onnx": "MG3004",
    "linear_old_opset_notimplemented.onnx": "MG3005",
    "mnist_softmax_old_opset_notimplemented.onnx": "MG3005",
    "strings_need_locale.onnx": "MG3006",
    "unstable_types_bf16_int8.onnx": "MG3008",
}
LOCALE = "strings_need_locale.onnx"
BATCHED = {
    "abs_free_dimensions.onnx": (None, ["x"]),
    "badnames.onnx": (2, ["first_input", "second/input:0", "third_input"]),
    "dynamic_mixed.onnx": (None, ["query_tensor", "bias_tensor"]),
    "int_types.onnx": (None, []),
    "iris_logreg_zipmap_batch3.onnx": (3, ["float_input"]),
    "mnist8_batch1.onnx": (1, ["Input3"]),
    "sequence_model1.onnx": (None, []),
    "sequence_model8.onnx": (None, []),
    "strnorm_nochangecase.onnx": (None, []),
    "ultraface_slim_320.onnx": (1, ["input"]),
}


@pytest.fixture(scope="module")
def index(shared_data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared_data / "onnx" / "INDEX.json").read_text())["models"]
    return found


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "onnx"


@pytest.mark.shared
def test_every_model_answers_three_rows_or_says_why_not(
    index: dict[str, Any], folder: Path
) -> None:
    found: dict[str, Any] = {}
    for name in index:
        try:
            with Worker.start(folder / name) as worker:
                signature = worker.opened().signature
                answer = worker.ask(stand_in(signature, 3), 3)
                found[name] = {"batched": (signature.batch, list(signature.batched))}
                found[name]["got"] = [
                    [one.dtype.name, one.shape[0], list(one.shape[1:])] for one in answer.values()
                ]
        except ModelError as error:
            found[name] = error.code if "\n" not in str(error) else str(error)
    assert len(found) == 41
    refused = {name: code for name, code in found.items() if isinstance(code, str)}
    # Where the system has the English locale, this one model loads, and the index knows no answer.
    assert refused | {LOCALE: "MG3006"} == REFUSED
    found.pop(LOCALE)
    answered = {name: what for name, what in found.items() if name not in refused}
    expected = {name: _expected(index[name]["got"], answered[name]) for name in answered}
    assert {name: what["got"] for name, what in answered.items()} == expected
    assert {name: answered[name]["batched"] for name in BATCHED} == BATCHED


def _expected(got: list[str], found: dict[str, Any]) -> list[list[Any]]:
    """What the index noted of one call, for three rows: without its rows, where it counts them."""
    outputs = []
    for text in got:
        if text.startswith("list["):
            outputs.append(["float32", 3, [text.count(":float")]])
            continue
        type_, _, sizes = text.rstrip("]").partition("[")
        shape = [int(size) for size in sizes.split(", ") if size]
        outputs.append([type_, 3, shape[1:] if found["batched"][1] else shape])
    return outputs


@pytest.mark.shared
def test_a_published_answer_is_met(folder: Path) -> None:
    published = np.load(folder / "lgbm_classifier.io.npz")
    with Worker.start(folder / "lgbm_classifier.onnx") as worker:
        worker.opened()
        found = worker.ask({"input": published["input"]}, 1)["probabilities"]
    np.testing.assert_allclose(found, published["probabilities"], atol=1e-6)


@pytest.mark.shared
def test_external_weights_are_part_of_the_digest(folder: Path) -> None:
    path = folder / "external_data" / "add_with_external_data.onnx"
    with Worker.start(path) as worker:
        artifact = worker.opened()
    weights = path.with_name("external_data.bin")
    assert artifact.bytes == path.stat().st_size + weights.stat().st_size
    assert artifact.facts["external"] == ["external_data.bin"]
