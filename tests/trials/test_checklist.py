"""The published CheckList suite for sentiment, put to models of three classes and of two."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pandas as pd
import pytest
from skl2onnx import to_onnx
from skl2onnx.common.data_types import StringTensorType
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import modelgate
from modelgate.cases.checklist import _published
from modelgate.cases.lexicons import OWN
from tests.trials.conftest import Trial
from tests.trials.training import OPSET

LISTS = {"bad": "negative_adjective", "fair": "neutral_adjective", "good": "positive_adjective"}
CLASSES = tuple(LISTS)


@pytest.fixture(scope="module")
def sentiment(shared_data: Path) -> Path:
    return shared_data / "behavioural" / "checklist_sentiment.jsonl.gz"


@pytest.fixture(scope="module")
def told(sentiment: Path) -> dict[str, dict[str, Any]]:
    with gzip.open(sentiment, "rt") as file:
        return {one["name"]: one for one in map(json.loads, file)}


def reader_of(folder: Path, classes: Sequence[str]) -> Path:
    """A model that knows adjectives, and no "not"."""
    words = {name: (OWN / f"{LISTS[name]}.txt").read_text().split() for name in classes}
    texts = [word for name in classes for word in words[name]]
    labels = [name for name in classes for _ in words[name]]
    fitted = make_pipeline(CountVectorizer(lowercase=False), LogisticRegression(C=10))
    fitted.fit(texts, labels)
    graph = to_onnx(
        fitted,
        initial_types=[("text", StringTensorType([None, 1]))],
        options={id(fitted): {"zipmap": False}},
        target_opset=OPSET,
    )
    path = folder / "reader.onnx"
    path.write_bytes(graph.SerializeToString())
    return path


def suite_of(folder: Path, sentiment: Path, classes: Sequence[str], labels: str = "") -> Path:
    path = folder / "suite.yaml"
    step = f"{{must_get_right: sentiment, examples: {json.dumps(str(sentiment))}{labels}}}"
    path.write_text(f"model: {{classes: [{', '.join(classes)}]}}\nchecks: [{step}]\n")
    return path


def failures(model: Path, test: dict[str, Any]) -> int:
    """How many cases of an INV, or of an MFT with labels, onnxruntime gets wrong."""
    session = ort.InferenceSession(model)

    def answers(texts: Sequence[str]) -> list[str]:
        return list(session.run(["label"], {"text": np.array(texts, dtype=object)[:, None]})[0])

    data, labels = test["data"], test.get("labels", ())
    if test["type"] == "INV":
        each = iter(answers([text for case in data for text in case]))
        return sum(len({next(each) for _ in case}) > 1 for case in data)
    each_label = labels if isinstance(labels, list) else [labels] * len(data)
    right = [CLASSES[label] for label in each_label]
    return sum(one != label for one, label in zip(answers(data), right, strict=True))


@pytest.mark.shared
def test_failures_are_counted_by_capability_and_kind_as_onnxruntime_answers(
    sentiment: Path,
    told: dict[str, dict[str, Any]],
    tmp_path: Path,
    trial: Trial,
    capfd: pytest.CaptureFixture[str],
) -> None:
    model, suite = reader_of(tmp_path, CLASSES), suite_of(tmp_path, sentiment, CLASSES)
    code, report = trial(model, "--suite", suite, "--report", "terminal")
    assert code == 1
    (found,) = (one for one in report["results"] if one["check"] == "must_get_right")
    details, tests = found["details"], {one["test"]: one for one in found["details"]["tests"]}
    assert set(tests) == set(told)
    assert found["n"] + details["set_aside"] == 6712
    assert sum(one["cases"] + one["set_aside"] for one in tests.values()) == 6712
    assert found["value"] == details["share"] == details["wrong"] / found["n"]

    plain = [
        name for name, one in told.items() if one["type"] != "DIR" and name not in _published()
    ]
    assert len(plain) > 25
    counted = {name: failures(model, told[name]) for name in plain}
    assert {name: tests[name]["failed"] for name in plain} == counted

    summed: Counter[tuple[str, str]] = Counter()
    for one in tests.values():
        summed[one["capability"], one["type"]] += one["failed"]
    cells = {
        (name, kind): cell for name, row in details["matrix"].items() for kind, cell in row.items()
    }
    assert {place: failed for place, (failed, _) in cells.items()} == dict(summed)
    shown = capfd.readouterr().out
    assert all(f"{failed:,} of {asked:,}" in shown for failed, asked in cells.values())


@pytest.mark.shared
def test_two_classes_are_not_asked_about_the_third(
    sentiment: Path, tmp_path: Path, trial: Trial
) -> None:
    model = reader_of(tmp_path, ("bad", "good"))
    suite = suite_of(tmp_path, sentiment, ("bad", "good"), ", labels: [bad, null, good]")
    code, report = trial(model, "--suite", suite)
    assert code == 1
    (found,) = (one for one in report["results"] if one["check"] == "must_get_right")
    assert found["details"]["left_out"] > 0
    assert found["n"] + found["details"]["set_aside"] + found["details"]["left_out"] == 6712


@pytest.mark.shared
def test_two_classes_for_three_labels_are_a_mistake(
    sentiment: Path, tmp_path: Path, trial: Trial, capfd: pytest.CaptureFixture[str]
) -> None:
    suite = suite_of(tmp_path, sentiment, ("bad", "good"))
    assert trial(reader_of(tmp_path, ("bad", "good")), "--suite", suite) == (2, {})
    assert "MG2146" in capfd.readouterr().err


@pytest.mark.shared
def test_all_cases_are_asked_in_a_few_large_calls(sentiment: Path, tmp_path: Path) -> None:
    calls: list[int] = []

    def model(frame: pd.DataFrame) -> Any:
        calls.append(len(frame))
        good = frame["text"].str.contains("good|great").to_numpy(np.float64)
        return np.stack([1 - good, 0 * good, good], axis=1)

    data = {"text": ["good", "dull", "fair"] * 200, "y": ["good", "bad", "fair"] * 200}
    suite = suite_of(tmp_path, sentiment, CLASSES)
    report = modelgate.evaluate(model, data=data, target="y", suite=suite)
    (found,) = (one for one in report.results if one.check == "must_get_right")
    assert found.n is not None
    assert found.n > 6000
    assert np.mean(calls) >= 256
