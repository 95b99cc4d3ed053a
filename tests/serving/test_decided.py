"""What a decision says of its model holds where it serves: rows prepared, strangers told apart."""

from __future__ import annotations

import csv
from contextlib import chdir
from pathlib import Path

import httpx
import numpy as np
import onnxruntime
import pytest

from modelgate.demo import write
from modelgate.evaluation import evaluate
from modelgate.promote import promote
from modelgate.registering import register
from modelgate.registry_place import open_registry
from tests.prepare.conftest import LABELS, SENTENCES, bag_of_words, content, log_odds, trained
from tests.registered import there
from tests.serving.servers import serving

pytest.importorskip("uvicorn")

SUITE = """\
title: Tumours, and strangers
data:
  test: {path: data/test.csv, target: diagnosis}
  ood: data/strangers.csv
checks:
  - {metric: accuracy, at_least: 80%}
  - {ood_detection: entropy, rejects: 5%}
"""


def test_rows_beyond_the_threshold_are_told(tmp_path: Path) -> None:
    write(tmp_path / "demo")
    folder = tmp_path / "demo"
    rows = list(csv.reader((folder / "data" / "test.csv").read_text("utf-8").splitlines()))
    names, numbers = rows[0][:-1], np.array([row[:-1] for row in rows[1:]], dtype=np.float64)
    middle = numbers.mean(axis=0) + np.random.default_rng(0).normal(0, 0.1, numbers.shape)
    with (folder / "data" / "strangers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *middle.tolist()])
    (folder / "suite.yaml").write_text(SUITE, "utf-8")
    with chdir(folder):
        registry = open_registry(create=True)
        register(registry, "models/champion.onnx", "tumours")
        report = evaluate("tumours@1", suite="suite.yaml")
        assert report.verdict.decision == "promote"
        promote(there(registry, "tumours"), "1")
        threshold = next(one for one in report.results if one.check == "ood_detection").details[
            "threshold"
        ]
        registry.close()
    asked = numbers[:40].astype(np.float32)
    session = onnxruntime.InferenceSession(folder / "models" / "champion.onnx")
    (scores,) = session.run(["probabilities"], {"measurements": asked})
    entropy = -(scores * np.log(np.maximum(scores, 1e-300))).sum(axis=1) / np.log(2)
    beyond = (entropy > threshold["above"]).tolist()
    body = {
        "inputs": [
            {
                "name": "measurements",
                "datatype": "FP32",
                "shape": [40, 30],
                "data": asked.ravel().tolist(),
            }
        ],
        "outputs": [{"name": "label"}],
    }
    with serving(folder, what="tumours@production") as running:
        said = httpx.post(f"{running.url}/infer", json=body).json()
        told = httpx.get(running.url).json()["parameters"]
        counted = httpx.get(f"{running.root}/metrics").text
    assert [one["name"] for one in said["outputs"]] == ["label"]
    assert said["parameters"]["out_of_domain"] == beyond
    assert 0 < sum(beyond) < 40
    assert (told["out_of_domain_by"], told["out_of_domain_above"]) == (
        "entropy",
        threshold["above"],
    )
    assert f"modelgate_out_of_domain_rows_total {sum(beyond)}" in counted


TEXTS = """\
title: Spam
data:
  test: {path: data.csv, target: label}
model: {prepare: {tokenizer: tokenizer.json, max_length: 16}, classes: [ham, spam]}
checks:
  - {metric: accuracy, at_least: 10%}
"""


def test_what_prepares_the_rows_goes_with_the_model(tmp_path: Path) -> None:
    """The tokenizer is served from the registry, whatever became of its file."""
    tokenizer = trained()
    (tmp_path / "tokenizer.json").write_bytes(content(tokenizer))
    with (tmp_path / "data.csv").open("w", encoding="utf-8", newline="") as file:
        pairs = list(zip(LABELS, SENTENCES, strict=True)) * 20
        csv.writer(file).writerows([("label", "text"), *pairs])
    (tmp_path / "suite.yaml").write_text(TEXTS, "utf-8")
    (tmp_path / "modelgate.yaml").write_text("suite: suite.yaml\n", "utf-8")
    bag_of_words(tmp_path / "spam.onnx", log_odds(tokenizer, SENTENCES, LABELS))
    with chdir(tmp_path):
        registry = open_registry(create=True)
        register(registry, "spam.onnx", "spam")
        assert evaluate("spam@1").verdict.decision == "promote"
        promote(there(registry, "spam"), "1")
        registry.close()
    (tmp_path / "tokenizer.json").unlink()
    (tmp_path / "spam.onnx").unlink()
    texts = list(SENTENCES)
    one = {"name": "text", "datatype": "BYTES", "shape": [len(texts)], "data": texts}
    with serving(tmp_path, what="spam@production") as running:
        said = httpx.post(f"{running.url}/infer", json={"inputs": [one]}).json()
        inputs = httpx.get(running.url).json()["inputs"]
        numbers = {**one, "datatype": "FP32", "data": [1.0] * len(texts)}
        refused = httpx.post(f"{running.url}/infer", json={"inputs": [numbers]})
    assert inputs == [{"name": "text", "datatype": "BYTES", "shape": [-1]}]
    scores = np.reshape(said["outputs"][0]["data"], said["outputs"][0]["shape"])
    assert [("ham", "spam")[place] for place in scores.argmax(axis=1)] == list(LABELS)
    assert (refused.status_code, "is BYTES, not FP32" in refused.text) == (400, True)
