"""Slices that nobody named: a model that has none, one that has one, and rows too few to tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate import Status
from modelgate.errors import UsageError
from modelgate.outcome import Severity
from modelgate.report import Report, Result
from modelgate.testing import run_check

N = 6000


def table(rows: int = N, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {
        "age": rng.integers(18, 90, rows),
        "country": rng.choice(["BR", "NL", "SE"], rows).tolist(),
        "plan": rng.choice([1, 2, 3, 4], rows),
    }


def answered(columns: dict[str, Any], gap: float, seed: int = 1) -> dict[str, Any]:
    """Truth, answers and scores; right in 90 % of the rows, but for where country is SE."""
    rng = np.random.default_rng(seed)
    rows = len(columns["age"])
    truth = rng.integers(0, 2, rows)
    weak = np.array(columns["country"]) == "SE"
    answer = np.where(rng.random(rows) < 0.1 + gap * weak, 1 - truth, truth)
    sure = np.where(answer == 1, 0.8, 0.2)
    return {
        "truth": truth.tolist(),
        "answer": answer.tolist(),
        "scores": np.stack([1 - sure, sure], axis=1),
    }


def ask(gap: float, subject: str = "accuracy", rows: int = N, **others: Any) -> Result:
    columns = table(rows)
    return run_check(
        "weak_slices", subject=subject, columns=columns, **answered(columns, gap), **others
    )


@pytest.mark.parametrize(
    ("gap", "rows", "status"),
    [
        pytest.param(0.0, 20_000, Status.PASSED, id="no-slice-is-weak"),
        pytest.param(0.25, N, Status.FAILED, id="one-country-is"),
        pytest.param(0.1, 900, Status.UNDECIDED, id="900-rows-do-not-tell"),
    ],
)
def test_the_gap_is_held_to_its_interval(gap: float, rows: int, status: Status) -> None:
    found = ask(gap, rows=rows, at_most=0.12)
    assert found.status is status, (found.value, found.interval)
    assert found.severity is Severity.MINOR


@pytest.mark.parametrize(
    ("subject", "unit", "here"),
    [
        pytest.param("accuracy", "share", 0.65, id="accuracy"),
        pytest.param("log_loss", "nats", 0.708, id="log_loss"),
        pytest.param("brier", "score", 0.25, id="brier"),
    ],
)
def test_the_table_says_what_is_weak(subject: str, unit: str, here: float) -> None:
    found = ask(0.25, subject)
    row = found.details["slices"][0]
    assert (row["slice"], row["named"]) == ({"country": "SE"}, "country = SE")
    assert row["step"] == f"- {{metric: {subject}, slice: {{country: SE}}}}"
    assert row["confirmed"]
    assert row[subject] == pytest.approx(here, abs=0.05)
    assert row["gap"] == found.value
    assert (found.unit, found.status) == (unit, Status.INFO)
    assert found.interval is not None
    assert 0 < found.interval[0] < row["gap"] < found.interval[1]
    assert found.evidence[0].startswith(f"country = SE: {subject} ")
    assert found.details["columns"] == ["age", "country", "plan"]
    assert found.details["rows_searched"] == N


def test_numbers_are_searched_by_the_size_of_their_errors() -> None:
    columns = table()
    rng = np.random.default_rng(2)
    weak = columns["plan"] == 4
    answer = rng.normal(size=N) * np.where(weak, 3.0, 1.0)
    found = run_check(
        "weak_slices",
        subject="mae",
        task="regression",
        truth=np.zeros(N),
        answer=answer,
        columns=columns,
    )
    row = found.details["slices"][0]
    assert row["slice"] == {"plan": 4}
    assert row["mae"] == pytest.approx(np.abs(answer[weak]).mean(), rel=0.1)


def test_the_table_holds_no_more_than_is_asked_for() -> None:
    assert len(ask(0.25, settings={"top": 2}).details["slices"]) == 2


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        pytest.param({"columns": {"id": [str(i) for i in range(N)]}}, "no column", id="only-names"),
        pytest.param({"subject": "brier", "scores": None}, "needs prob", id="labels-only"),
    ],
)
def test_what_cannot_be_searched_never_passes(others: dict[str, Any], reason: str) -> None:
    given = {"subject": "accuracy", "columns": table(), **answered(table(), 0.0), **others}
    found = run_check("weak_slices", **given, at_most=0.5)
    assert (found.status, found.value) == (Status.UNDECIDED, None)
    assert reason in str(found.reason)


@pytest.mark.parametrize(
    ("subject", "settings", "code"),
    [
        pytest.param("mae", {}, "MG2191", id="a-metric-of-numbers"),
        pytest.param("accuracy", {"smallest": 5}, "MG2194", id="slices-of-five-rows"),
        pytest.param("accuracy", {"top": 0}, "MG2194", id="none-shown"),
    ],
)
def test_a_setting_that_makes_no_sense(subject: str, settings: dict[str, Any], code: str) -> None:
    with pytest.raises(UsageError, match=code) as caught:
        ask(0.0, subject, rows=100, settings=settings)
    assert caught.value.exit_code == 2


def frame(gap: float) -> pd.DataFrame:
    columns = table()
    given = answered(columns, gap)
    return pd.DataFrame(columns).assign(score=given["scores"][:, 1], y=given["truth"])


def evaluated(rows: pd.DataFrame, suite: str, tmp_path: Path) -> Report:
    path = tmp_path / "suite.yaml"
    path.write_text(f"checks:\n  - {{metric: accuracy, at_least: 0.6}}\n{suite}")
    return modelgate.evaluate(
        lambda part: part["score"].to_numpy(), data=rows, target="y", suite=path
    )


@pytest.mark.parametrize(
    "suite",
    [
        pytest.param("", id="where-no-step-asks"),
        pytest.param("  - {weak_slices: accuracy}\n", id="where-a-step-asks"),
    ],
)
def test_a_weak_slice_stands_out_and_its_step_asks_about_the_very_rows(
    suite: str, tmp_path: Path
) -> None:
    rows = frame(0.25).drop(columns="score").assign(score=frame(0.25)["score"])
    report = evaluated(rows, suite, tmp_path)
    (finding,) = [one for one in report.findings if one.says.startswith("Weak slice")]
    assert "where country = SE, accuracy is 6" in finding.says
    again = evaluated(rows, f"  {finding.evidence['step']}\n", tmp_path)
    (frozen,) = [one for one in again.results if one.slice]
    assert frozen.slice == {"country": "SE"}
    assert frozen.n == finding.evidence["rows"] == (rows["country"] == "SE").sum()


def test_where_nothing_is_weak_nothing_stands_out(tmp_path: Path) -> None:
    report = evaluated(frame(0.0).drop(columns="score").assign(score=0.5), "", tmp_path)
    assert not [one for one in report.findings if "slice" in one.says]


def test_rows_that_belong_together_are_not_searched(tmp_path: Path) -> None:
    rows = frame(0.25).assign(user=np.arange(N) // 10)
    path = tmp_path / "suite.yaml"
    path.write_text(
        "data: {test: {group: user}}\nchecks:\n  - {weak_slices: accuracy, at_most: 0.5}\n"
    )
    report = modelgate.evaluate(
        lambda part: part["score"].to_numpy(), data=rows, target="y", suite=path
    )
    (found,) = [one for one in report.results if one.check == "weak_slices"]
    assert (found.status, found.value) == (Status.UNDECIDED, None)
    assert "`group:`" in str(found.reason)
    assert not [one for one in report.findings if "slice" in one.says]
