"""`modelgate.evaluate`: whatever holds the rows, one report; and the report shows itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import modelgate
from modelgate.errors import DataError, ModelError, UsageError
from modelgate.report_file import report_json


def frame(rows: int = 300) -> pd.DataFrame:
    generator = np.random.default_rng(0)
    x = generator.normal(size=rows)
    return pd.DataFrame({"x": x, "z": -x, "y": np.where(x + generator.normal(size=rows) > 0, 1, 0)})


def sigmoid(rows: pd.DataFrame) -> Any:
    return 1 / (1 + np.exp(-2 * rows["x"].to_numpy()))


WAYS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "DataFrame": lambda rows: rows,
    "DataFrame-with-an-index": lambda rows: rows.set_index(pd.Index(range(7, 7 + len(rows)))),
    "Arrow-table": lambda rows: pa.Table.from_pandas(rows, preserve_index=False),
    "Arrow-table-in-chunks": lambda rows: pa.concat_tables(
        pa.Table.from_pandas(rows[start : start + 41], preserve_index=False)
        for start in range(0, len(rows), 41)
    ),
    "record-batch": lambda rows: pa.RecordBatch.from_pandas(rows, preserve_index=False),
    "dict-of-arrays": lambda rows: {name: rows[name].to_numpy() for name in rows},
}


@pytest.mark.parametrize("way", WAYS)
def test_whatever_holds_the_rows_the_results_are_the_same(way: str) -> None:
    rows = frame()
    expected = modelgate.evaluate(sigmoid, data=rows, target="y")
    found = modelgate.evaluate(sigmoid, data=WAYS[way](rows), target="y")
    assert found.verdict == expected.verdict
    assert found.results == expected.results
    assert found.taken == expected.taken


def test_a_frame_and_a_file_of_the_same_rows_give_the_same_results(tmp_path: Path) -> None:
    rows = frame()
    rows.to_parquet(tmp_path / "rows.parquet")
    expected = modelgate.evaluate(sigmoid, data=rows, target="y")
    found = modelgate.evaluate(sigmoid, data=tmp_path / "rows.parquet", target="y")
    assert found.results == expected.results


@pytest.mark.parametrize("target", [2, "2"])
def test_columns_that_are_named_by_numbers(target: Any) -> None:
    rows = pd.DataFrame(frame().to_numpy())
    report = modelgate.evaluate(lambda part: (part["0"] > 0).astype(int), data=rows, target=target)
    assert report.verdict.decision == "promote"
    assert report.subject["data"]["test"]["target"] == "2"


def test_the_same_call_twice_gives_the_same_bytes() -> None:
    once, again = (modelgate.evaluate(sigmoid, data=frame(), target="y") for _ in range(2))
    for part in ("verdict", "subject", "results", "findings", "taken"):
        assert getattr(once, part) == getattr(again, part)
    assert report_json(once)


@pytest.mark.parametrize(
    ("call", "kind", "code"),
    [
        pytest.param({"data": frame().head(0)}, DataError, "MG3507", id="no-rows"),
        pytest.param({"data": [1, 2]}, DataError, "MG3524", id="a-list"),
        pytest.param({"data": "gone.csv"}, DataError, "MG3501", id="no-such-file"),
        pytest.param({"target": "w"}, DataError, "MG3147", id="no-such-target"),
        pytest.param({"data": None}, UsageError, "MG2031", id="a-target-without-data"),
        pytest.param({"data": None, "target": None}, ModelError, "MG3146", id="no-data"),
        pytest.param({"suite": "clasification"}, UsageError, "MG2120", id="no-such-suite"),
        pytest.param({"suite": "gone.yaml"}, UsageError, "MG2121", id="no-such-suite-file"),
    ],
)
def test_what_cannot_be_judged_is_an_exception_with_a_code(
    call: dict[str, Any], kind: type[modelgate.errors.ModelgateError], code: str
) -> None:
    with pytest.raises(kind) as caught:
        modelgate.evaluate(sigmoid, **{"data": frame(), "target": "y", **call})
    assert caught.value.code == code
    assert caught.value.exit_code == (2 if kind is UsageError else 3)


def test_a_report_says_its_verdict_in_a_line() -> None:
    report = modelgate.evaluate(sigmoid, data=frame(), target="y")
    said = repr(report)
    assert report.verdict.decision in said
    assert report.verdict.because[0] in said
    assert "\n" not in said
    assert len(said) < 300


def test_a_notebook_shows_verdict_reasons_and_results() -> None:
    report = modelgate.evaluate(sigmoid, data=frame(), target="y")
    page = report._repr_html_()
    assert f"<b>{report.verdict.decision.upper()}</b>" in page
    assert page.count("<tr>") == len(report.results) + 1
    assert all(result.id in page for result in report.results)


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", "\u202ereversed", "\x1b[31mred"])
def test_neither_view_obeys_what_stands_in_the_data(evil: str) -> None:
    rows = frame().assign(y=lambda table: np.where(table["y"] == 1, evil, "plain"))

    def model(part: pd.DataFrame) -> list[str]:
        return [evil if value > -3 else "plain" for value in part["x"]]

    report = modelgate.evaluate(model, data=rows, target="y")
    for view in (report._repr_html_(), repr(report)):
        assert not {"\x1b", "\u202e"} & set(view)
    assert "<script" not in report._repr_html_()
    assert "plain" in report._repr_html_()
