"""What a hidden layer gives is compared as columns of vectors are: of a real network of digits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier

import modelgate
from modelgate.errors import UsageError
from modelgate.options import Options
from modelgate.report import Report

SUITE = """
task: classification
model: {inputs: {pixels: [PIXELS]}, outputs: {scores: probabilities}}
data:
  test: {path: test.csv, target: digit}
  reference: {path: reference.csv, target: digit}
  ood: {path: ood.csv}
  dark: {path: dark.csv}
checks:
  - metric: accuracy
    at_least: 80%
"""
PIXELS = [f"p{number}" for number in range(64)]
LEAST = ("mahalanobis", "neighbours", "isolation_forest")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("digits")
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    images, labels = digits.data[order], digits.target[order]
    network = MLPClassifier((32,), max_iter=200, tol=1e-2, random_state=0).fit(
        images[:700], labels[:700]
    )
    (there / "model.onnx").write_bytes(exported(network))
    tables = {
        "test": (images[700:1200], labels[700:1200]),
        "reference": (images[1200:1700], labels[1200:1700]),
        "ood": (16 - images[700:1000], None),
        "dark": (images[700:1200] / 2, None),
        "few": (images[1700:1740], labels[1700:1740]),
    }
    for name, (pixels, told) in tables.items():
        table = pd.DataFrame(pixels.astype(np.float32), columns=PIXELS)
        if told is not None:
            table["digit"] = told
        table.to_csv(there / f"{name}.csv", index=False)
    return there


def exported(network: MLPClassifier) -> bytes:
    """The network as ONNX, its hidden layer an output of its own."""
    parts = zip(("one", "two"), network.coefs_, network.intercepts_, strict=True)
    weights = [
        numpy_helper.from_array(values.astype(np.float32), f"{kind}_{name}")
        for name, weight, bias in parts
        for kind, values in (("w", weight), ("b", bias))
    ]
    nodes = [
        helper.make_node("Gemm", ["pixels", "w_one", "b_one"], ["first"]),
        helper.make_node("Relu", ["first"], ["hidden"]),
        helper.make_node("Gemm", ["hidden", "w_two", "b_two"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"]),
    ]
    given = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [None, 64])
    gives = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, width])
        for name, width in (("probabilities", 10), ("hidden", 32))
    ]
    graph = helper.make_graph(nodes, "digits", [given], gives, weights)
    opset = [helper.make_opsetid("", 17)]
    made = helper.make_model(graph, opset_imports=opset, ir_version=8)
    return bytes(made.SerializeToString())


def judged(project: Path, *steps: str, **replaced: str) -> Report:
    text = SUITE.replace("PIXELS", ", ".join(PIXELS))
    for name, other in replaced.items():
        text = text.replace(f"{name}.csv", f"{other}.csv")
    path = project / "suite.yaml"
    path.write_text(text + "".join(f"  - {{{step}}}\n" for step in steps), "utf-8")
    model = str(project / "model.onnx")
    return modelgate.evaluate(model, suite=path, options=Options(cache=False))


def hidden(project: Path, name: str) -> Any:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(project / "model.onnx"))
    pixels = pd.read_csv(project / f"{name}.csv")[PIXELS].to_numpy(np.float32)
    return session.run(["hidden"], {"pixels": pixels})[0].astype(np.float64)


def test_distances_in_a_hidden_layer_tell_inverted_digits_apart(project: Path) -> None:
    report = judged(project, *(f"ood_detection: {score}, output: hidden" for score in LEAST))
    found = {one.subject: one for one in report.results if one.check == "ood_detection"}
    known, inside, outside = (hidden(project, name) for name in ("reference", "test", "ood"))
    middle, spread = known.mean(axis=0), np.cov(known, rowvar=False)
    inverse = np.linalg.pinv(spread, hermitian=True)
    away = [rows - middle for rows in (inside, outside)]
    apart = [np.einsum("ij,jk,ik->i", rows, inverse, rows) for rows in away]
    truth = np.repeat([0, 1], [len(inside), len(outside)])
    expected = roc_auc_score(truth, np.concatenate(apart))
    assert found["mahalanobis"].value == pytest.approx(expected, abs=0.01)
    forest = IsolationForest(random_state=0).fit(known)
    isolated = roc_auc_score(truth, -forest.score_samples(np.concatenate([inside, outside])))
    assert found["isolation_forest"].value == pytest.approx(isolated, abs=0.05)
    assert all(one.value is not None and one.value > 0.9 for one in found.values())


def test_what_a_hidden_layer_gives_has_shifted_or_has_not(project: Path) -> None:
    step = "drift: embeddings, output: hidden, at_most: 0.2, data: {}"
    report = judged(project, step.format("test"), step.format("dark"))
    same, dark = (one for one in report.results if one.check == "drift")
    assert (same.status, dark.status) == ("passed", "failed")
    assert dark.evidence[0].startswith("hidden: ")
    (few,) = (
        one
        for one in judged(project, step.format("test"), reference="few").results
        if one.check == "drift"
    )
    assert few.status == "undecided"


@pytest.mark.parametrize(
    ("step", "code"),
    [
        pytest.param("drift: embeddings, output: hiden", "MG2263", id="no-such-output"),
        pytest.param("drift: features, output: hidden", "MG2265", id="of-no-vectors"),
        pytest.param("ood_detection: entropy, output: hidden", "MG2265", id="of-answers"),
    ],
)
def test_mistakes_have_their_place(project: Path, step: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        judged(project, step)
    assert caught.value.code == code
    assert caught.value.where is not None
    assert caught.value.where.line == 12


def test_the_suite_still_reads_the_answers_it_would(project: Path) -> None:
    plain = judged(project)
    beside = judged(project, "drift: embeddings, output: hidden, at_most: 0.2")
    assert plain.results[0].value == beside.results[0].value
