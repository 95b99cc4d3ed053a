"""What broke a property is tried first in the next trial, and never makes it easier to pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.kept import PLACE, Kept
from modelgate.report import Result
from modelgate.testing import run_check
from tests.properties.conftest import Columns, Function, drawn


def asked(
    root: Path, rows: pa.RecordBatch, answer: Callable[[Columns], Any], **settings: Any
) -> tuple[Result, Function]:
    model = Function(answer, rows)
    found = run_check(
        "property",
        subject="finite",
        model=model,
        sample=model.sample(rows),
        kept=Kept(root),
        settings=settings,
    )
    return found, model


def fails_beyond_80(columns: Columns) -> Any:
    return np.where(columns["age"] > 80, np.nan, columns["income"])


def kept_files(root: Path) -> list[Path]:
    return sorted((root / PLACE).glob("*.json"))


def test_the_same_model_is_told_the_same_again(tmp_path: Path, people: pa.RecordBatch) -> None:
    first, _ = asked(tmp_path, people, fails_beyond_80)
    (file,) = kept_files(tmp_path)
    before = file.read_bytes()
    second, model = asked(tmp_path, people, fails_beyond_80)
    assert first == second
    assert file.read_bytes() == before
    assert model.sizes[0] == len(json.loads(before)["rows"])


def test_a_rare_fault_is_found_by_what_is_kept(tmp_path: Path, people: pa.RecordBatch) -> None:
    asked(tmp_path, people, fails_beyond_80)
    (known,) = json.loads(kept_files(tmp_path)[0].read_text("utf-8"))["rows"]

    def fails_there(columns: Columns) -> Any:
        there = (columns["age"] == known["age"]) & (columns["share"] == known["share"])
        return np.where(there & (columns["income"] == known["income"]), np.nan, 1.0)

    elsewhere = tmp_path / "elsewhere"
    assert asked(elsewhere, people, fails_there, examples=200)[0].status == "passed"
    found, _ = asked(tmp_path, people, fails_there, examples=200)
    assert (found.status, found.value, found.n) == ("failed", 1, 200)
    assert found.says.startswith("Not so for an input that broke it before")
    assert found.evidence[0]["input"] == known
    assert asked(tmp_path, people, fails_there, examples=200)[0] == found


def test_what_is_kept_counts_as_no_input_that_was_tried(
    tmp_path: Path, people: pa.RecordBatch
) -> None:
    asked(tmp_path, people, fails_beyond_80)
    found, model = asked(tmp_path, people, lambda c: c["income"])
    assert (found.status, found.n) == ("passed", 1000)
    assert np.mean(model.sizes) >= 256
    assert len(kept_files(tmp_path)) == 1  # it stays, for the next model


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"age": "old"}, id="words-for-a-number"),
        pytest.param({"age": True}, id="truth-for-a-number"),
        pytest.param({"age": 81.5}, id="no-whole-number"),
        pytest.param({"age": None}, id="missing-where-none-is"),
        pytest.param({"age": 10**300}, id="far-too-large"),
        pytest.param({"income": "nan"}, id="nan-where-none-is"),
        pytest.param({"income": -1.0}, id="out-of-bounds"),
        pytest.param({"country": "ZZ"}, id="unknown-word"),
        pytest.param({"country": ["DE"]}, id="a-list"),
        pytest.param({"height": 3}, id="one-column-more"),
    ],
)
def test_a_row_that_the_columns_cannot_hold_is_left_out(
    change: dict[str, Any], tmp_path: Path, people: pa.RecordBatch
) -> None:
    asked(tmp_path, people, fails_beyond_80)
    (file,) = kept_files(tmp_path)
    whole = json.loads(file.read_text("utf-8"))
    whole["rows"] = [{**whole["rows"][0], **change}]
    file.write_text(json.dumps(whole), "utf-8")
    found, model = asked(tmp_path, people, fails_beyond_80)
    assert found.status == "failed"
    assert model.sizes[0] > 100  # no call about that row


def test_other_columns_or_reaches_keep_apart(tmp_path: Path, people: pa.RecordBatch) -> None:
    asked(tmp_path, people, fails_beyond_80)
    asked(tmp_path, people, fails_beyond_80, reach="seen")
    asked(tmp_path, people.select(["age", "income"]), fails_beyond_80)
    assert len(kept_files(tmp_path)) == 3


def test_missing_and_strange_cells_are_kept(tmp_path: Path) -> None:
    columns: dict[str, Any] = dict(drawn())
    columns["income"][::3] = np.nan
    columns["text"] = [f"word{at} and\tmore 日本語 \U0001f600 of it {at}" for at in range(200)]
    rows = pa.RecordBatch.from_pydict(columns)
    texts: list[str] = []

    def fails(found: Columns) -> Any:
        odd = np.array(["日" in text for text in found["text"]])
        texts.extend(np.array(found["text"], dtype=object)[odd & np.isnan(found["income"])][:1])
        return np.where(odd & np.isnan(found["income"]), np.nan, 1.0)

    assert asked(tmp_path, rows, fails)[0].status == "failed"
    (row,) = json.loads(kept_files(tmp_path)[0].read_text("utf-8"))["rows"]
    assert row["income"] == "nan"
    assert row["text"] == "日"
    _, model = asked(tmp_path, rows, fails)
    assert model.sizes[0] == 1


def test_arrays_are_kept(tmp_path: Path) -> None:
    dice = np.random.default_rng(0)
    pixels = dice.integers(0, 200, (60, 4 * 4), dtype=np.uint8)
    column = pa.FixedSizeListArray.from_arrays(pa.array(pixels.ravel()), 16)
    rows = pa.RecordBatch.from_arrays([column], names=["image"])

    def fails(found: Columns) -> Any:
        top = np.array(found["image"]).reshape(-1, 16)[:, 0]
        return np.where(top > 240, np.nan, 1.0)

    first, _ = asked(tmp_path, rows, fails)
    assert first.status == "failed"
    (row,) = json.loads(kept_files(tmp_path)[0].read_text("utf-8"))["rows"]
    assert row["image"][0] > 240
    again, model = asked(tmp_path, rows, fails)
    assert again == first
    assert model.sizes[0] == 1
