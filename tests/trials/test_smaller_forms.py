"""A network in eight bits against itself in full: what was lost is told, and with which row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from tests.trials.conftest import Trial

ROWS = 1_500
SUITE = """title: The smaller form
data: {{test: {{path: test.csv, target: answer}}}}
checks:
  - quantization_loss: flips
    original: {original}
    at_most: 4%
    severity: blocker
  - quantization_loss: accuracy
    original: {original}
    at_most: 0.05
    severity: blocker
  - parity: source
    predictions: answers.csv
    atol: 0.05
    at_most: 4%
    severity: blocker
  - parity: optimisation
    at_most: 4%
    severity: blocker
"""


def _network(weights: NDArray[np.float32], path: Path) -> None:
    """The score of "yes" is the sigmoid of a weighted sum."""
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["sum"]),
        helper.make_node("Sigmoid", ["sum"], ["yes"]),
        helper.make_node("Sub", ["one", "yes"], ["no"]),
        helper.make_node("Concat", ["no", "yes"], ["probabilities"], axis=1),
    ]
    shaped = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width])
        for name, width in (("x", len(weights)), ("probabilities", 2))
    ]
    held = [
        numpy_helper.from_array(weights[:, None], "w"),
        numpy_helper.from_array(np.ones(1, np.float32), "one"),
    ]
    graph = helper.make_graph(nodes, "network", shaped[:1], shaped[1:], held)
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Networks of columns that are alike in size, and of one that is a thousand times the others.

    Eight bits hold 256 steps from the smallest to the largest of all columns: beside the large one
    the small ones are all taken for zero.
    """
    from onnxruntime.quantization import quantize_dynamic

    here = tmp_path_factory.mktemp("smaller")
    dice = np.random.default_rng(0)
    x = dice.normal(size=(ROWS, 4)).astype(np.float32)
    x[:, 3] *= 1_000
    truth = x[:, 0] - x[:, 1] + 0.5 * x[:, 2] > 0
    rows = pd.DataFrame(x, columns=[*"abcd"]).assign(answer=np.where(truth, "yes", "no"))
    rows.to_csv(here / "large.csv", index=False)
    rows.assign(d=rows["d"] / 1_000).to_csv(here / "alike.csv", index=False)
    for name, last in (("large", 1e-4), ("alike", 0.1)):
        weights = 4 * np.array([1, -1, 0.5, last], np.float32)
        given = pd.read_csv(here / f"{name}.csv")[[*"abcd"]].to_numpy(np.float32)
        yes = 1 / (1 + np.exp(-given @ weights))
        pd.DataFrame({"no": 1 - yes, "yes": yes}).to_csv(here / f"{name}-answers.csv", index=False)
        _network(weights, here / f"{name}.onnx")
        quantize_dynamic(here / f"{name}.onnx", here / f"{name}-int8.onnx")
    _network(np.ones(7, np.float32), here / "wide.onnx")
    return here


def judged(folder: Path, name: str, trial: Trial, *, original: str = "") -> tuple[int, Any]:
    """The exit code and the results of the smaller form, by step."""
    here = Path.cwd()
    original = original or f"{name}.onnx"
    for source, target in (
        (f"{name}.csv", "test.csv"),
        (f"{name}-answers.csv", "answers.csv"),
        (original, original),
    ):
        if (folder / source).exists():
            (here / target).write_bytes((folder / source).read_bytes())
    (here / "suite.yaml").write_text(SUITE.format(original=original))
    code, report = trial(folder / f"{name}-int8.onnx", "--suite", "suite.yaml")
    return code, {(one["check"], one["subject"]): one for one in report.get("results", ())}


def test_a_network_that_eight_bits_hold_is_promoted(folder: Path, trial: Trial) -> None:
    code, results = judged(folder, "alike", trial)
    assert (code, {one["status"] for one in results.values()}) == (0, {"passed"})
    lost = results["quantization_loss", "accuracy"]
    assert abs(lost["value"]) < 0.02
    assert lost["details"]["original"] > 0.9
    assert 0 < results["parity", "source"]["details"]["largest"] < 0.05


def test_one_that_they_do_not_hold_is_blocked_and_the_row_is_shown(
    folder: Path, trial: Trial
) -> None:
    code, results = judged(folder, "large", trial)
    assert code == 1
    statuses = {step: one["status"] for step, one in results.items() if step[0] != "determinism"}
    assert statuses == {
        ("quantization_loss", "flips"): "failed",
        ("quantization_loss", "accuracy"): "failed",
        ("parity", "source"): "failed",
        ("parity", "optimisation"): "passed",  # it is as wrong without optimisations
    }
    lost = results["quantization_loss", "accuracy"]
    assert lost["value"] > 0.2
    shown = lost["evidence"][0]
    assert shown["was"] != shown["answer"]
    assert (shown["by"], sorted(shown["input"])) == ("its smaller form", [*"abcd"])


@pytest.mark.parametrize(
    ("original", "content", "code"),
    [
        pytest.param("text.onnx", b"no model", "MG3003", id="no-model"),
        pytest.param("empty.onnx", b"", "MG3003", id="an-empty-file"),
        pytest.param("wide.onnx", None, "MG3104", id="a-model-of-other-columns"),
    ],
)
def test_an_original_that_tells_nothing_keeps_the_gate_shut(
    folder: Path, trial: Trial, original: str, content: bytes | None, code: str
) -> None:
    if content is not None:
        Path(original).write_bytes(content)
    ended, results = judged(folder, "alike", trial, original=original)
    lost = results["quantization_loss", "flips"]
    assert (ended, lost["status"]) == (4, "crashed")
    assert lost["reason"].startswith(f"{code} ")
