"""Other programs answer as onnxruntime does for every model that loads, or say why they cannot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import pytest

from modelgate.artifact.parity import Tolerance, of_outputs
from modelgate.asking.worker import WorkerAsker
from modelgate.benching import bench_for
from modelgate.errors import ModelError, ModelgateError
from modelgate.model import Backend
from modelgate.suite import ModelPart
from modelgate.worker import Worker

ROWS = 2
"""Of a real network, which the reference evaluator answers at one a second."""
LOADABLE = 33
UNABLE = {
    ("iris_logreg_zipmap_batch3.onnx", "reference"): "operands could not be broadcast",
    ("lgbm_classifier.onnx", "reference"): "Issues with types",
    ("iris_logreg_zipmap_batch3.onnx", "openvino"): "Unsupported value_info type",
    ("randomforest_zipmap_batch1.onnx", "openvino"): "Unsupported value_info type",
    ("linear_regressor.onnx", "openvino"): "ai.onnx.ml.LinearRegressor",
    ("mlnet_breastcancer_string_and_float.onnx", "openvino"): "ai.onnx.ml.LabelEncoder",
    ("sequence_model1.onnx", "openvino"): "Port for tensor name Y was not found",
    ("sklearn_tree_unnamed_dims.onnx", "openvino"): "ai.onnx.ml.TreeEnsembleClassifier",
    ("strnorm_nochangecase.onnx", "openvino"): "StringNormalizer",
    ("xgboost_classifier.onnx", "openvino"): "ai.onnx.ml.TreeEnsembleClassifier",
}
"""What a program lacks; a later release of it may have learnt it."""
APART = {("light_squeezenet.onnx", "openvino")}
"""Its weights are all one number: all its logits are 1e10, and hang on the last bits of a sum."""
BACKENDS = [
    one
    for one in get_args(Backend)
    if one != "onnxruntime" and (one != "openvino" or find_spec("openvino"))
]


@pytest.fixture(scope="module")
def found(shared_data: Path) -> dict[tuple[str, str], Any]:
    """(model, program) -> whether its answers differ, or what it said."""
    folder = shared_data / "onnx"
    names = json.loads((folder / "INDEX.json").read_text())["models"]
    with ThreadPoolExecutor(2) as threads:
        each = threads.map(lambda name: list(_tried(folder / name)), names)
        return {
            (Path(name).name, by): what
            for name, one in zip(names, each, strict=True)
            for by, what in one
        }


def _tried(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        with Worker.start(path) as worker:
            asker = WorkerAsker(worker, 1)
            asker.look(None)
            seen = asker.again(ROWS)
            bench = bench_for(asker, None, seen, None, ModelPart())
            assert bench is not None
            for backend in BACKENDS:
                try:
                    other = bench.outputs(backend, ROWS)
                    yield backend, bool(of_outputs(other, seen, Tolerance()).rows.any())
                except ModelgateError as error:
                    yield backend, f"{error.code} {error.message}"
    except ModelError:
        return  # tests/worker/test_real_models.py tells of those that do not load


@pytest.mark.shared
def test_all_that_load_are_tried(found: dict[tuple[str, str], Any]) -> None:
    assert LOADABLE <= len({name for name, _ in found}) <= LOADABLE + 1  # one needs a locale


@pytest.mark.shared
@pytest.mark.parametrize("backend", BACKENDS)
def test_parity_or_a_line_that_says_why_not(
    backend: str, found: dict[tuple[str, str], Any]
) -> None:
    mine = {name: what for (name, by), what in found.items() if by == backend}
    apart = {name for name, what in mine.items() if what is True}
    assert apart <= {name for name, by in APART if by == backend}
    said = {name: what for name, what in mine.items() if isinstance(what, str)}
    assert set(said) <= {name for name, by in UNABLE if by == backend}
    for name, line in said.items():
        assert line.startswith(f"MG3190 {name}: cannot be run by ")
        assert "\n" not in line
        assert len(line) < 300
    if backend == "unoptimised":
        assert not said
