"""Every row is predicted once, however many checks there are; a sample once more when changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import modelgate
from modelgate.asking.function import CallableAsker
from modelgate.asking.worker import WorkerAsker
from modelgate.provided import SAMPLED


@pytest.mark.parametrize("rows", [100, 8192, 8193, 50_000])
def test_rows_predicted_over_rows_in_the_data(rows: int) -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=rows)
    table = pa.table({"x": x, "y": (x + generator.normal(size=rows) > 0).astype(np.int64)})
    asked = 0

    def model(frame: pd.DataFrame) -> Any:
        nonlocal asked
        asked += len(frame)
        score = 1 / (1 + np.exp(-2 * frame["x"].to_numpy()))
        return np.stack([1 - score, score], axis=1)

    report = modelgate.evaluate(model, data=table, target="y", suite="classification")
    assert report.subject["data"]["test"]["rows"] == rows
    # Two steps ask about the sample once more: it is changed a little, and columns are exchanged.
    assert rows <= asked <= rows + max(256, rows // 1000) + 2 * min(rows, SAMPLED)


def test_the_same_holds_of_a_worker(
    tumours: Path, rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    submit, again = WorkerAsker.submit, WorkerAsker.again

    def counted_submit(self: WorkerAsker, block: pa.RecordBatch) -> None:
        nonlocal asked
        asked += len(block)
        submit(self, block)

    def counted_again(self: WorkerAsker, rows: int, *, batch: int | None = None) -> Any:
        nonlocal asked
        asked += rows
        return again(self, rows, batch=batch)

    monkeypatch.setattr(WorkerAsker, "submit", counted_submit)
    monkeypatch.setattr(WorkerAsker, "again", counted_again)
    many = pd.concat([rows] * 30, ignore_index=True)
    report = modelgate.evaluate(
        tumours / "models" / "champion.onnx",
        data=many,
        target="diagnosis",
        suite="classification",
    )
    assert report.verdict.decision == "promote"
    assert len(many) <= asked <= len(many) + 256 + 2 * SAMPLED


def test_a_model_that_answers_differently_the_second_time_decides_nothing() -> None:
    generator = np.random.default_rng(0)
    table = pa.table({"x": np.arange(200.0), "y": (np.arange(200) % 2)})

    def model(frame: pd.DataFrame) -> Any:
        score = generator.uniform(size=len(frame))
        return np.stack([1 - score, score], axis=1)

    report = modelgate.evaluate(model, data=table, target="y")
    assert report.verdict.exit_code in {1, 4}
    assert any("NONDETERMINISTIC" in str(one.reason) for one in report.results)
    assert CallableAsker.answers_again
