"""Inputs from elsewhere: real sentences of no intent, and digits turned round."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

import modelgate
from modelgate.options import Options
from modelgate.out_of_domain.answers import unfamiliar
from modelgate.out_of_domain.detection import threshold_for
from modelgate.predictions import Predictions
from modelgate.report import Report, Result

SUITE = """
task: classification
model: {{{prepare}, classes: {classes}}}
data:
  test: {{path: {test}, target: label}}
  elsewhere: {elsewhere}
checks:
{steps}
"""


def judged(folder: Path, model: Any, **told: Any) -> Report:
    path = folder / "suite.yaml"
    path.write_text(SUITE.format(**told), encoding="utf-8")
    return modelgate.evaluate(model, suite=path, options=Options(cache=False))


def steps(*lines: str) -> str:
    return "\n".join(f"  - {{{line}}}" for line in lines)


Sentences = dict[str, list[list[str]]]


@pytest.fixture(scope="module")
def intents(shared_data: Path) -> tuple[Any, Sentences]:
    """A model of 150 intents; sentences with what they ask for, by the part of the data."""
    rows = json.loads((shared_data / "text" / "clinc150_small.json").read_text("utf-8"))
    texts, labels = zip(*rows["train"][::3], strict=True)
    model = make_pipeline(TfidfVectorizer(), MultinomialNB(alpha=0.1))
    return model.fit(texts, labels), rows


@pytest.mark.shared
def test_sentences_of_no_intent_are_told_apart_as_scikit_learn_says(
    intents: tuple[Any, Sentences], tmp_path: Path
) -> None:
    model, rows = intents
    for name in ("test", "oos_test"):
        frame = pd.DataFrame(rows[name], columns=["text", "label"])
        frame.iloc[::2].to_parquet(tmp_path / f"{name}.parquet")
    report = judged(
        tmp_path,
        lambda frame: model.predict_proba(frame["text"]),
        prepare="inputs: {it: [text]}",
        classes=json.dumps(list(model.classes_)),
        test="test.parquet",
        elsewhere="{path: oos_test.parquet}",
        steps=steps(
            "ood_detection: max_probability, ood: elsewhere, at_least: 80%",
            "ood_detection: entropy, ood: elsewhere, measure: fpr_at_95",
        ),
    )
    inside, outside = (
        model.predict_proba([text for text, _ in rows[name][::2]]).max(axis=1)
        for name in ("test", "oos_test")
    )
    truth = np.r_[np.zeros(len(inside)), np.ones(len(outside))]
    first, second, *_ = report.results
    expected = roc_auc_score(truth, -np.r_[inside, outside])
    assert first.value == pytest.approx(expected, abs=1e-6)
    assert first.status == "passed"
    assert first.details["rows_outside"] == 500
    assert second.status == "info"
    assert second.value is not None
    assert 0.2 < second.value < 0.8


@pytest.mark.shared
def test_an_exported_threshold_rejects_as_many_real_sentences_as_its_interval_says(
    intents: tuple[Any, Sentences],
) -> None:
    model, rows = intents
    scores = model.predict_proba([text for text, _ in rows["test"]])
    inside = unfamiliar(Predictions(scores=scores), "entropy")
    assert not isinstance(inside, str)
    held, rejected = 0, []
    for seed in range(200):
        # All the sentences are the domain: what is true of it is what is true of them.
        drawn = np.random.default_rng(seed).choice(inside, 600)
        found = threshold_for(drawn, "entropy", 0.05, seed)
        assert found is not None
        rejected.append(float((inside > found.above).mean()))
        held += found.low <= rejected[-1] <= found.high
    assert held >= 190
    assert np.mean(rejected) <= 0.05


@pytest.mark.shared
def test_digits_turned_round_are_told_apart_by_a_real_network(
    shared_data: Path, tmp_path: Path
) -> None:
    with np.load(shared_data / "images" / "mnist_t10k_1500.npz") as given:
        images, labels = given["x"][:600], given["y"][:600]
    kinds = {"test": images, "inverted": 255 - images, "rotated": np.rot90(images, axes=(1, 2))}
    for name, pictures in kinds.items():
        np.savez(tmp_path / f"{name}.npz", x=np.ascontiguousarray(pictures), label=labels)
    found: dict[str, dict[str, float]] = {}
    told: dict[tuple[str, str], Result] = {}
    for name in ("inverted", "rotated"):
        report = judged(
            tmp_path,
            shared_data / "onnx" / "cnn_mnist_dynamic.onnx",
            classes=list(range(10)),
            prepare="prepare: {image: {scale: 1/255}}",
            test="test.npz",
            elsewhere=f"{name}.npz",
            steps=steps(
                "ood_detection: max_probability, ood: elsewhere",
                "ood_detection: energy, ood: elsewhere",
                "ood_detection: neighbours, ood: elsewhere",
            ),
        )
        found[name] = {one.subject: one.value or 0.0 for one in report.results}
        told |= {(name, one.subject): one for one in report.results}
    assert found["inverted"]["max_probability"] > 0.99
    assert found["rotated"]["max_probability"] > 0.94
    assert found["inverted"]["neighbours"] > 0.99
    assert found["rotated"]["neighbours"] > 0.7
    threshold = told["rotated", "max_probability"].details["threshold"]
    assert threshold["low"] <= 0.05 <= threshold["high"]
    # This network gives logarithms of probabilities: their energy says nothing.
    assert "whose energy is always 0" in str(told["rotated", "energy"].reason)
