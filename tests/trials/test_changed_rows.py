"""Steps that change rows: k of them ask about no more than k times the sample, in large calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate.provided import SAMPLED

ROWS = 1_000
DICE = np.random.default_rng(0)
Y = DICE.integers(0, 2, ROWS)

TEXTS = {
    "review": [f"the {'good' if one else 'evil'} hotel {n}" for n, one in enumerate(Y)],
    "y": Y,
}
TABLE = {
    "income": (20_000 + 10_000 * Y + DICE.normal(0, 5_000, ROWS)).round(2),
    "age": DICE.integers(18, 90, ROWS),
    "sex": DICE.choice(["f", "m"], ROWS),
    "y": Y,
}
PICTURES = DICE.integers(0, 100, (ROWS, 8, 8)).astype(np.uint8)
PICTURES[:, 2:4] += (100 * Y)[:, None, None].astype(np.uint8)
IMAGES = {"image": PICTURES, "y": Y}


def of_texts(frame: pd.DataFrame) -> Any:
    return np.array(["good" in text for text in frame["review"]]) * 0.8 + 0.1


def of_table(frame: pd.DataFrame) -> Any:
    return 1 / (1 + np.exp(-(frame["income"].to_numpy() - 25_000) / 1_000))


def of_images(frame: pd.DataFrame) -> Any:
    pixels = np.stack([np.stack(one) for one in frame["image"]])
    return 0.1 + 0.8 * (pixels[:, 2:4].mean(axis=(1, 2)) > pixels[:, 4:6].mean(axis=(1, 2)) + 50)


@pytest.mark.parametrize(
    ("answer", "data", "steps"),
    [
        pytest.param(
            of_texts,
            TEXTS,
            [
                "invariance: typos",
                "{invariance: case, to: upper}",
                "invariance: ocr",
                "robustness: typos",
            ],
            id="texts",
        ),
        pytest.param(
            of_table,
            TABLE,
            [
                "invariance: noise",
                "{invariance: category_swap, column: sex}",
                "{direction: increase, column: income, expect: not_lower}",
                "robustness: noise",
            ],
            id="tables",
        ),
        pytest.param(
            of_images,
            IMAGES,
            ["invariance: brightness", "invariance: shift", "robustness: pixel_noise"],
            id="images",
        ),
    ],
)
def test_rows_and_calls(
    answer: Callable[[pd.DataFrame], Any], data: dict[str, Any], steps: list[str], tmp_path: Path
) -> None:
    calls: list[int] = []

    def model(frame: pd.DataFrame) -> Any:
        calls.append(len(frame))
        score = np.asarray(answer(frame), dtype=np.float64)
        return np.stack([1 - score, score], axis=1)

    suite = tmp_path / "suite.yaml"
    listed = "".join(f"  - {step}\n" for step in ["determinism: all", *steps])
    suite.write_text(f"task: classification\nchecks:\n{listed}")
    report = modelgate.evaluate(model, data=data, target="y", suite=suite)
    assert {one.status for one in report.results} <= {"passed", "failed", "undecided", "info"}
    sampled = min(ROWS, SAMPLED)
    k = len(steps) + 4 * sum(step.startswith("robustness") for step in steps)  # its five strengths
    again = report.subject["data"]["test"]["rows_asked_again"] - 64  # determinism's
    assert sampled <= again <= (1 + k) * sampled
    assert sum(calls) <= 64 + ROWS + 64 + (1 + k) * sampled
    assert np.mean(calls) >= 256
    assert again <= k * sampled + (len(steps) + 2) * 64
