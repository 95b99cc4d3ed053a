"""Labels that contradict the other columns."""

from typing import Any

import numpy as np
import pytest

from modelgate.data_quality.noise import contradicted
from modelgate.testing import run_check

RNG = np.random.default_rng(2)


def table(wrong: int, rows: int = 600) -> dict[str, list[Any]]:
    labels = RNG.integers(0, 2, rows)
    x = RNG.normal(size=rows) + 6 * labels
    labels[:wrong] = 1 - labels[:wrong]
    return {"x": x.tolist(), "label": [("no", "yes")[one] for one in labels]}


@pytest.mark.parametrize(
    ("wrong", "rows", "status"),
    [
        pytest.param(0, 600, "passed", id="all-right"),
        pytest.param(60, 600, "failed", id="one-in-ten"),
        pytest.param(4, 100, "undecided", id="could-be-either"),
    ],
)
def test_label_noise(wrong: int, rows: int, status: str) -> None:
    result = run_check(
        "label_noise", tables={"test": table(wrong, rows)}, target="label", at_most=0.05
    )
    assert result.status == status


def test_the_rows_that_were_turned_are_named() -> None:
    result = run_check("label_noise", tables={"test": table(3)}, target="label")
    assert result.status == "info"
    assert {one.split(" bears ")[0] for one in result.evidence[:3]} == {"row 1", "row 2", "row 3"}


def test_only_surer_than_usual_contradicts() -> None:
    chances = np.array([[0.9, 0.1], [0.8, 0.2], [0.55, 0.45], [0.2, 0.8], [0.95, 0.05]])
    codes = np.array([0, 0, 1, 1, 1])
    assert contradicted(chances, codes).tolist() == [0, 0, 1, 1, 0]


def test_a_target_of_numbers_has_no_wrong_labels() -> None:
    numbers = {"x": RNG.normal(size=300).tolist(), "label": RNG.normal(size=300).tolist()}
    result = run_check("label_noise", tables={"test": numbers}, target="label", task="regression")
    assert result.status in ("undecided", "skipped", "info")
    assert result.value is None
