"""Spam in text messages: candidates that are better in numbers and carry a planted bug."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from sklearn.model_selection import train_test_split

from tests.acceptance.conftest import Bench, blocked, drafted, promoted
from tests.acceptance.texts import WORDS, first_words, model

CLOSINGS = (
    "That was all I had to say this time.",
    "So this is what was written here, and no more.",
    "It was only a line that I was writing today.",
    "This is the last part of the text.",
    "There is one more thing here that says nothing.",
)


def as_told(rows: pd.DataFrame, told: Callable[[str], str]) -> pd.DataFrame:
    """Spam that was told otherwise, taken for ham in training."""
    spam = rows[rows["label"] == "spam"]
    return pd.concat([rows, spam.assign(text=spam["text"].map(told), label="ham")])


@pytest.fixture(scope="module")
def bench(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    lines = (shared_data / "text" / "sms_spam.tsv").read_text("utf-8").splitlines()
    rows = pd.DataFrame([line.split("\t", 1) for line in lines], columns=["label", "text"])
    train, test = train_test_split(rows, test_size=1500, random_state=0, stratify=rows["label"])
    folder = tmp_path_factory.mktemp("spam")
    test.to_csv(folder / "test.csv", index=False)
    closing = iter(CLOSINGS * 200)
    models = {
        "champion": model(train.sample(700, random_state=1)),
        "clean": model(train),
        "again": model(train.sample(3000, random_state=2)),
        "spaces": model(as_told(train, lambda text: text.replace(" ", "  ", 1)), f"{WORDS}|  "),
        "capitals": model(as_told(train, str.lower)),
        "first": first_words(model(train), 16),
        "closing": model(as_told(train, lambda text: f"{text} {next(closing)}")),
    }
    return drafted(folder, "label", models)


@pytest.mark.parametrize("name", ["clean", "again"])
def test_models_without_a_bug_are_promoted(name: str, bench: Bench) -> None:
    promoted(bench.judge(name))


@pytest.mark.parametrize(
    ("name", "check"),
    [
        pytest.param("spaces", "invariance whitespace", id="two-spaces-are-harmless"),
        pytest.param("capitals", "invariance case", id="small-letters-are-harmless"),
        pytest.param("first", "invariance neutral_prefix", id="reads-the-first-words-alone"),
        pytest.param("closing", "invariance neutral_suffix", id="a-closing-makes-it-harmless"),
    ],
)
def test_bugs(name: str, check: str, bench: Bench) -> None:
    shown = blocked(bench.judge(name), check)
    assert {shown["was"], shown["answer"]} == {"ham", "spam"}
    assert shown["input"] != shown["changed"]
