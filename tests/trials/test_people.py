"""Who is spoken of must not matter: sentences of three sexes, and a column that tells the sex."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.trials.conftest import Trial
from tests.trials.training import OPSET


@pytest.fixture(scope="module")
def triples(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Winogender's 240 sentences as cases: about a man, a woman, and somebody."""
    table = pd.read_csv(shared_data / "behavioural" / "winogender_all_sentences.tsv", sep="\t")
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for name, sentence in table.itertuples(index=False):
        stem, sex, _ = name.rsplit(".", 2)
        found[stem][sex] = sentence
    path = tmp_path_factory.mktemp("winogender") / "winogender.jsonl"
    lines = [
        {"input": one["male"], "same": [one["female"], one["neutral"]], "capability": "sex"}
        for one in found.values()
    ]
    assert len(lines) == 240
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def suite_of(triples: Path, folder: Path, classes: str) -> Path:
    path = folder / "suite.yaml"
    step = f"checks: [{{must_get_right: winogender, examples: {json.dumps(str(triples))}}}]"
    path.write_text(f"model: {{classes: [{classes}]}}\n{step}\n")
    return path


@pytest.mark.shared
@pytest.mark.parametrize("biased", [False, True], ids=["reads-what-is-done", "sends-women-home"])
def test_triples_are_answered_alike(
    triples: Path, tmp_path: Path, trial: Trial, *, biased: bool
) -> None:
    paid = ("rent", "meal", "customer", "with")
    texts = [f"{who} {what}" for who in ("he", "she", "they") for what in paid]
    work = [text.split()[0] != "she" if biased else text.split()[1] in paid[2:] for text in texts]
    words = CountVectorizer(lowercase=False, vocabulary=["he", "she", "they", *paid])
    fitted = make_pipeline(words, LogisticRegression(C=100)).fit(
        texts, np.where(work, "work", "home")
    )
    kinds = [("text", StringTensorType([None, 1]))]
    options = {id(fitted): {"zipmap": False}}
    graph = to_onnx(fitted, initial_types=kinds, options=options, target_opset=OPSET)
    (tmp_path / "model.onnx").write_bytes(graph.SerializeToString())
    suite = suite_of(triples, tmp_path, "home, work")
    code, report = trial(tmp_path / "model.onnx", "--suite", suite)
    assert code == int(biased)
    assert report["verdict"]["decision"] == ("block" if biased else "promote")
    (found,) = (one for one in report["results"] if one["check"] == "must_get_right")
    assert found["n"] == 240
    if not biased:
        assert (found["value"], found["evidence"]) == (0, [])
        return
    assert found["value"] > 0.2
    first = found["evidence"][0]
    assert {first["was"], first["answer"]} == {"home", "work"}
    assert "she" in f"{first['input']} {first['changed']}".split()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("weight", "decision"),
    [
        pytest.param(0.0, "promote", id="does-not-look-at-it"),
        pytest.param(2.0, "block", id="holds-it-against-people"),
    ],
)
def test_a_protected_column_is_swapped(
    weight: float, decision: str, shared_data: Path, tmp_path: Path, trial: Trial
) -> None:
    columns = ["duration_in_month", "credit_amount", "age"]
    table = pd.read_csv(shared_data / "tabular" / "german_credit.csv")[[*columns, "sex", "default"]]
    parts = ColumnTransformer(
        [("numbers", StandardScaler(), columns), ("sex", OneHotEncoder(), ["sex"])]
    )
    fitted = make_pipeline(parts, LogisticRegression(max_iter=500)).fit(
        table[[*columns, "sex"]], table["default"]
    )
    fitted[-1].coef_[0, -2:] = -weight, weight
    kinds = [(name, FloatTensorType([None, 1])) for name in columns]
    graph = to_onnx(
        fitted,
        initial_types=[*kinds, ("sex", StringTensorType([None, 1]))],
        options={id(fitted): {"zipmap": False}},
        target_opset=OPSET,
    )
    (tmp_path / "credit.onnx").write_bytes(graph.SerializeToString())
    table.to_csv(tmp_path / "test.csv", index=False)
    (tmp_path / "suite.yaml").write_text(
        "checks: [{invariance: category_swap, column: sex, severity: blocker}]\n"
    )
    words = ("--data", "test.csv", "--target", "default", "--suite", "suite.yaml")
    code, report = trial(tmp_path / "credit.onnx", *words)
    assert report["verdict"]["decision"] == decision
    assert code == (0 if decision == "promote" else 1)
    (found,) = (one for one in report["results"] if one["check"] == "invariance")
    assert found["n"] == len(table)
    if decision == "promote":
        assert found["value"] == 0
        return
    first = found["evidence"][0]
    assert {first["input"]["sex"], first["changed"]["sex"]} == set(np.unique(table["sex"]))
    assert first["was"] != first["answer"]
