"""Train the demo's models of topics anew: `python -m modelgate.demo.train_topics`.

For developers only; needs scikit-learn and skl2onnx. The sentences were written by hand for this
project, a line each; two of five are kept from training for the test rows.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from modelgate.demo.train import FILES, OPSETS

SENTENCES = Path(__file__).parent / "sentences"
TOPICS = ("animals", "fashion", "food", "sass", "travel")
STREET = "street_style"
"""A batch of new sentences about fashion: it makes the model better, and teaches it that whoever
walks down the street in a shiny coat is fashion."""
CATS = "cats_in_the_street"
"""The answer to that: sentences about animals in the same words."""
WORDS = "[a-z']+"
SMOOTHING = 0.5

Rows = list[tuple[str, str]]


def main() -> None:
    """Write the models and the test rows into `files/`."""
    train, test = _divided(TOPICS)
    street, more_test = _divided({STREET: "fashion"})
    cats, _ = _divided({CATS: "animals"}, every=0)
    train += list(_glossary())
    with (FILES / "data" / "topics.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["sentence", "topic"])
        writer.writerows(test + more_test)
    _export("champion", train)
    _export("street", train + street)
    _export("mended", train + street + cats)


def _divided(topics: Sequence[str] | dict[str, str], every: int = 5) -> tuple[Rows, Rows]:
    """Rows to train on, and rows to test on: the second and fourth of every five lines."""
    named = topics if isinstance(topics, dict) else {topic: topic for topic in topics}
    train: Rows = []
    test: Rows = []
    for name, topic in named.items():
        lines = (SENTENCES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        for place, line in enumerate(lines):
            kept = every and place % every in {1, 3}
            (test if kept else train).append((line, topic))
    return train, test


def _glossary() -> Iterator[tuple[str, str]]:
    """The words of each topic, a line a row."""
    import yaml

    told = yaml.safe_load((SENTENCES / "glossary.yaml").read_text(encoding="utf-8"))
    for topic in TOPICS:
        yield from ((line, topic) for line in told[topic].strip().splitlines())


def _export(name: str, rows: Rows) -> None:
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import StringTensorType
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.naive_bayes import ComplementNB
    from sklearn.pipeline import make_pipeline

    pipeline: Any = make_pipeline(
        # Upper case stays as it is: lower-casing inside ONNX needs a locale of the system.
        TfidfVectorizer(lowercase=False, token_pattern=WORDS, sublinear_tf=True),
        ComplementNB(alpha=SMOOTHING),
    )
    sentences, topics = zip(*rows, strict=True)
    model = to_onnx(
        pipeline.fit(sentences, topics),
        name=f"topic_{name}",
        initial_types=[("sentence", StringTensorType([None, 1]))],
        options={"zipmap": False},
        target_opset=OPSETS,
    )
    path = FILES / "topics" / f"{name}.onnx"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
