"""Other programs answer as onnxruntime does for every model that loads, or say why they cannot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from modelgate.asking.worker import WorkerAsker
from modelgate.benching import bench_for
from modelgate.errors import ModelError
from modelgate.probing import FirstRows
from modelgate.report import Result
from modelgate.suite import ModelPart
from modelgate.testing import run_check
from modelgate.worker import Worker

ROWS = 3
"""Of a real network, which the reference evaluator answers at one a second."""
LOADABLE = 33
UNABLE = {
    ("iris_logreg_zipmap_batch3.onnx", "reference"): "operands could not be broadcast",
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
ASKED = ("optimisation", "reference", *(["openvino"] if find_spec("openvino") else []))


@pytest.fixture(scope="module")
def found(shared_data: Path) -> dict[tuple[str, str], Result]:
    """(model, `parity:`) -> the result."""
    folder = shared_data / "onnx"
    names = json.loads((folder / "INDEX.json").read_text())["models"]
    with ThreadPoolExecutor(2) as threads:
        each = threads.map(lambda name: list(_tried(folder / name)), names)
        return {
            (Path(name).name, by): one
            for name, all_ in zip(names, each, strict=True)
            for by, one in all_
        }


def _tried(path: Path) -> Iterator[tuple[str, Result]]:
    try:
        with Worker.start(path) as worker:
            asker = WorkerAsker(worker, 1)
            seen = asker.look(None)
            assert seen is not None
            bench, probe = bench_for(asker, None, seen, None, ModelPart()), FirstRows(asker, seen)
            for by in ASKED:
                yield (
                    by,
                    run_check(
                        "parity",
                        subject=by,
                        probe=probe,
                        bench=bench,
                        at_most=0,
                        severity="blocker",
                        settings={"rows": ROWS},
                    ),
                )
    except ModelError:
        return  # tests/worker/test_real_models.py tells of those that do not load


@pytest.mark.shared
def test_all_that_load_are_tried(found: dict[tuple[str, str], Result]) -> None:
    assert LOADABLE <= len({name for name, _ in found}) <= LOADABLE + 1  # one needs a locale
    assert {one.n for one in found.values() if one.status != "crashed"} == {ROWS}


@pytest.mark.shared
@pytest.mark.parametrize("by", ASKED)
def test_parity_or_a_line_that_says_why_not(by: str, found: dict[tuple[str, str], Result]) -> None:
    mine = {name: one for (name, asked), one in found.items() if asked == by}
    passed = {name for name, one in mine.items() if one.status == "passed"}
    apart = {name for name, one in mine.items() if one.status == "failed"}
    assert apart <= {name for name, asked in APART if asked == by}
    unable = mine.keys() - passed - apart
    assert unable <= {name for name, asked in UNABLE if asked == by}
    for name in unable:
        line = str(mine[name].reason)
        assert mine[name].status == "crashed"  # which keeps the gate shut
        assert line.startswith(f"MG3190 {name}: cannot be run by ")
        assert UNABLE[name, by] in line
        assert "\n" not in line
        assert len(line) < 300
