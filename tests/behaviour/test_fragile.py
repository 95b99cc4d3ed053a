"""A row that turns with a typo or a cent stands out, also where no step asks for one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate.report import Report

PRICES = pd.DataFrame({"price": np.arange(200) * 1.25, "rooms": np.arange(200) % 4})


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    path = tmp_path / "suite.yaml"
    path.write_text("checks: [{finite_outputs: all}]")
    return path


def stood_out(report: Report) -> list[Any]:
    return [one for one in report.findings if "turned" in one.evidence]


def even_cents(frame: pd.DataFrame) -> Any:
    """Whether the price ends in an even cent: no cent may matter, and each does."""
    return np.where(np.rint(frame["price"] * 100) % 2 == 0, "even", "odd").astype(object)


def fourth_cents(frame: pd.DataFrame) -> Any:
    return np.where(np.rint(frame["price"] * 100) % 4 == 0, "even", "odd").astype(object)


def cheap(frame: pd.DataFrame) -> Any:
    return np.where(frame["price"] < 100.6, "even", "odd").astype(object)


def test_a_cent(suite: Path) -> None:
    rows = PRICES.assign(y=even_cents(PRICES))
    (found,) = stood_out(modelgate.evaluate(even_cents, data=rows, target="y", suite=suite))
    assert found.says.startswith("The last digit turns 64 of 64 rows; row ")
    assert found.evidence["input"].keys() == {"price"}  # a room more is no small thing
    apart = found.evidence["changed"]["price"] - found.evidence["input"]["price"]
    assert abs(apart) == pytest.approx(0.01)


def test_nothing_stands_out_of_a_model_that_no_cent_turns(suite: Path) -> None:
    rows = PRICES.assign(y=cheap(PRICES))
    assert not stood_out(modelgate.evaluate(cheap, data=rows, target="y", suite=suite))


def test_a_typo(suite: Path) -> None:
    texts = [f"a {mood} day in room {room}" for room in range(40) for mood in ("good", "bad")]
    rows = pd.DataFrame({"text": texts, "code": "x1", "y": ["good", "bad"] * 40})

    def known(frame: pd.DataFrame) -> Any:
        assert set(frame["code"]) == {"x1"}  # a code is no text that anybody mistypes
        words = frame["text"].str.contains
        return np.where(words("good"), "good", "bad").astype(object)

    (found,) = stood_out(modelgate.evaluate(known, data=rows, target="y", suite=suite))
    assert found.says.startswith("A typo turns ")
    assert " good " in found.evidence["input"]["text"]
    assert "good" not in found.evidence["changed"]["text"]
    assert (found.evidence["was"], found.evidence["answer"]) == ("good", "bad")


def test_numbers_that_are_answered_far_off(suite: Path) -> None:
    def steep(frame: pd.DataFrame) -> Any:
        return np.where(np.rint(frame["price"] * 100) % 5 == 0, frame["price"], 1e6)

    rows = PRICES.assign(y=PRICES["price"] + 1)
    (found,) = stood_out(modelgate.evaluate(steep, data=rows, target="y", suite=suite))
    assert found.evidence["answer"] == 1e6


def test_a_model_that_breaks_on_changed_rows(suite: Path) -> None:
    def strict(frame: pd.DataFrame) -> Any:
        if not (np.rint(frame["price"] * 100) % 5 == 0).all():
            raise ValueError("no such price")
        return np.where(frame["price"] < 100, "even", "odd").astype(object)

    rows = PRICES.assign(y=cheap(PRICES))
    report = modelgate.evaluate(strict, data=rows, target="y", suite=suite)
    (found,) = [one for one in report.findings if one.evidence.get("type") == "broken"]
    assert "no such price" in found.says
    assert report.verdict.decision == "promote"  # nobody asked; a step would have


@pytest.mark.parametrize(("model", "stands"), [(fourth_cents, True), (cheap, False)])
def test_what_a_step_has_asked_is_not_asked_again(
    model: Callable[[pd.DataFrame], Any], stands: bool, suite: Path
) -> None:
    suite.write_text("checks: [{invariance: last_digit, column: price, at_most: 80%}]")
    rows = PRICES.assign(y=model(PRICES))
    report = modelgate.evaluate(model, data=rows, target="y", suite=suite)
    found = stood_out(report)
    assert len(found) == stands
    assert not found or found[0].says.startswith("'last_digit' turns 103 of 200 rows; row ")
    assert report.subject["data"]["test"]["rows_asked_again"] == 64 + 200
