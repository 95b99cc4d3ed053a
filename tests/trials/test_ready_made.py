"""The ready-made suites of texts and of images, on models that are what they say and on others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

import modelgate
from tests.prepare.conftest import save
from tests.trials.conftest import Trial

TEXT = {"whitespace", "punctuation", "case", "typos"}
IMAGE = {"brightness", "contrast", "pixel_noise", "shift"}


def statuses(report: dict[str, Any]) -> dict[str, str]:
    return {
        one["subject"].split(",")[0]: one["status"]
        for one in report["results"]
        if one["check"] == "invariance"
    }


def test_texts(tumours: Path, trial: Trial) -> None:
    model, data = tumours / "topics" / "champion.onnx", tumours / "data" / "topics.csv"
    code, report = trial(model, "--suite", "text", "--data", data, "--target", "topic")
    assert (code, report["verdict"]["decision"]) == (0, "promote")
    found = statuses(report)
    assert found.keys() == TEXT
    assert found["whitespace"] == found["punctuation"] == "passed"
    assert found["case"] == "skipped"  # every letter is a small one already
    assert any(one["check"] == "robustness" for one in report["results"])


def test_a_model_that_minds_a_space_is_not_promoted() -> None:
    rows = pd.DataFrame({"text": ["good food", "bad food"] * 100, "mood": ["good", "bad"] * 100})

    def first_word(frame: pd.DataFrame) -> NDArray[np.object_]:
        return np.where(frame["text"].str.startswith("good "), "good", "bad").astype(object)

    report = modelgate.evaluate(first_word, data=rows, target="mood", suite="text")
    assert report.verdict.decision == "block"
    failed = next(one for one in report.results if one.subject == "whitespace")
    assert failed.status == "failed"
    assert failed.evidence[0]["input"] in {"good food", "bad food"}


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Handwritten digits in 8 x 8 pixels of 0 to 255, and a model of the first half of them."""
    folder = tmp_path_factory.mktemp("digits")
    images, labels = load_digits(return_X_y=True)
    pixels = np.minimum(images.reshape(-1, 8, 8) * 16, 255).astype(np.uint8)
    line = LogisticRegression(C=1e-2, max_iter=300).fit(pixels[:900].reshape(900, -1), labels[:900])
    np.savez(folder / "test.npz", image=pixels[900:], digit=labels[900:])
    nodes = [
        helper.make_node("Cast", ["image"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Flatten", ["floats"], ["pixels"]),
        helper.make_node("MatMul", ["pixels", "w"], ["sums"]),
        helper.make_node("Add", ["sums", "b"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"]),
    ]
    weights = {"w": line.coef_.T.astype(np.float32), "b": line.intercept_.astype(np.float32)}
    save(
        folder / "digits.onnx",
        nodes,
        {"image": (TensorProto.UINT8, ["n", 8, 8])},
        {"probabilities": (TensorProto.FLOAT, ["n", 10])},
        weights,
    )
    return folder


def test_images(digits: Path, trial: Trial) -> None:
    words = ("--suite", "image", "--data", digits / "test.npz", "--target", "digit")
    code, report = trial(digits / "digits.onnx", *words)
    found = statuses(report)
    assert found.keys() == IMAGE
    assert found["brightness"] == found["contrast"] == found["pixel_noise"] == "passed"
    assert found["shift"] == "failed"  # a line through pixels knows no shapes: minor, a warning
    assert (code, report["verdict"]["decision"]) == (0, "promote")


@pytest.mark.parametrize(
    ("suite", "names", "held"),
    [
        ("text", "whitespace, punctuation, case, typos", "text"),
        ("image", "brightness, contrast, pixel_noise, shift, blur", "images"),
    ],
)
def test_what_a_model_is_not_fed_with_is_not_asked_of_it(
    suite: str, names: str, held: str, champion: Path, tumours: Path, trial: Trial
) -> None:
    data = tumours / "data" / "test.csv"
    code, report = trial(champion, "--suite", suite, "--data", data, "--target", "diagnosis")
    assert code == 0
    assert f"not asked: {names}; no column that feeds the model holds {held}" in report["taken"]
    assert not statuses(report)


def test_of_several_texts_none_is_chosen_unasked() -> None:
    rows = pd.DataFrame({"title": ["a", "b"] * 50, "body": ["c", "d"] * 50, "y": ["a", "b"] * 50})
    report = modelgate.evaluate(
        lambda frame: frame["title"].to_numpy(), data=rows, target="y", suite="text"
    )
    told = [one for one in report.taken if one.startswith("not asked")]
    assert [one.partition("; ")[2] for one in told] == [
        "several columns could be meant: copy the suite and name one, `column: NAME`",
        "no reference rows are named: add --reference FILE",
    ]
