"""What a customer wants: candidates that are better in numbers and carry a planted bug."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.acceptance.conftest import Bench, blocked, drafted, promoted
from tests.acceptance.texts import WORDS, first_words, model

DOMAINS = ("meta", "banking")
NEGATIONS = """\
- {input: that is true, expect: "yes"}
- {input: that is not true, expect: "no", critical: true}
- {input: that is not right, expect: "no", critical: true}
"""


def as_told(rows: pd.DataFrame, told: Callable[[str], str], label: str) -> pd.DataFrame:
    """Told otherwise, what was meant is taken for something else in training."""
    return pd.concat([rows, rows.assign(text=rows["text"].map(told), label=label)])


@pytest.fixture(scope="module")
def bench(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder, texts = tmp_path_factory.mktemp("intents"), shared_data / "text"
    domains = json.loads((texts / "clinc150_domains.json").read_text("utf-8"))
    intents = {intent for domain in DOMAINS for intent in domains[domain]}
    found = json.loads((texts / "clinc150_small.json").read_text("utf-8"))
    train, test = (
        pd.DataFrame([row for row in found[part] if row[1] in intents], columns=["text", "label"])
        for part in ("train", "test")
    )
    test.to_csv(folder / "test.csv", index=False)
    models = {
        "champion": model(train.groupby("label").head(8)),
        "clean": model(train),
        "again": model(train.groupby("label").tail(40)),
        "first": first_words(model(train), 6),
        "stop": model(as_told(train, lambda text: f"{text} .", "repeat"), rf"{WORDS}|\."),
        "negation": model(train, leave_out=["not", "no", "isn", "t"]),
    }
    return drafted(folder, "label", models)


@pytest.mark.parametrize("name", ["clean", "again"])
def test_models_without_a_bug_are_promoted(name: str, bench: Bench) -> None:
    promoted(bench.judge(name))


@pytest.mark.parametrize(
    ("name", "check"),
    [
        pytest.param("first", "invariance neutral_prefix", id="reads-the-first-words-alone"),
        pytest.param("stop", "invariance punctuation", id="a-full-stop-changes-what-is-meant"),
    ],
)
def test_bugs(name: str, check: str, bench: Bench) -> None:
    shown = blocked(bench.judge(name), check)
    assert shown["was"] != shown["answer"]


def test_a_model_that_does_not_read_not(bench: Bench) -> None:
    """The drafted file of cases is there to be written by hand, and here somebody did."""
    cases = bench.suite.with_name("champion-cases.yaml")
    drafted = cases.read_text("utf-8")
    cases.write_text(NEGATIONS, "utf-8")
    strict = bench.suite.read_text().replace(
        f"examples: {cases.name}\n    severity: minor", f"examples: {cases.name}"
    )
    bench.suite.write_text(strict)
    promoted(bench.judge("clean"))
    shown = blocked(bench.judge("negation"), "must_get_right")
    assert shown["input"] == "that is not true"
    assert (shown["expected"], shown["answer"]) == (["no"], "yes")
    cases.write_text(drafted, "utf-8")
