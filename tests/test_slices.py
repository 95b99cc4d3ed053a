"""Slices have numbers of their own; what cannot be sliced or judged keeps the gate shut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate.report import Report

N = 3000
generator = np.random.default_rng(5)
ROWS = pd.DataFrame(
    {
        "score": generator.uniform(0.02, 0.98, N),
        "country": generator.choice(["BR", "NL", "SE"], N),
        "plan": generator.choice([1, 2], N),
        "id": np.arange(N),
    }
)
ROWS["y"] = np.where(generator.uniform(size=N) < ROWS["score"], "yes", "no")
ROWS.loc[ROWS.index % 10 == 0, "country"] = None
RIGHT = (ROWS["score"] >= 0.5) == (ROWS["y"] == "yes")


def model(rows: pd.DataFrame) -> Any:
    score = rows["score"].to_numpy()
    return np.stack([1 - score, score], axis=1)


def sliced(tmp_path: Path, by: str, limit: str = "at_least: 0.1") -> Report:
    suite = tmp_path / "suite.yaml"
    suite.write_text(
        "task: classification\nchecks:\n"
        "  - metric: accuracy\n    at_least: 0.6\n"
        f"  - metric: accuracy\n    by: {by}\n    {limit}\n"
    )
    return modelgate.evaluate(model, data=ROWS, target="y", suite=suite)


def found(report: Report) -> dict[tuple[Any, ...], tuple[int, float]]:
    return {
        tuple(one.slice.values()): (one.n, one.value or 0.0) for one in report.results if one.slice
    }


def wanted(columns: list[str]) -> dict[tuple[Any, ...], tuple[int, float]]:
    """The same with pandas; a missing value is a group of its own."""
    named = ROWS.assign(right=RIGHT).fillna({"country": "(missing)"})
    return {
        value: (len(group), float(group["right"].mean())) for value, group in named.groupby(columns)
    }


@pytest.mark.parametrize(
    ("by", "columns", "groups"),
    [
        pytest.param("[country]", ["country"], 4, id="one-column-and-what-is-missing"),
        pytest.param("[[country, plan]]", ["country", "plan"], 8, id="two-columns-crossed"),
    ],
)
def test_the_numbers_of_a_slice(tmp_path: Path, by: str, columns: list[str], groups: int) -> None:
    report = sliced(tmp_path, by)
    direct = wanted(columns)
    assert len(direct) == groups
    seen = found(report)
    assert seen.keys() == direct.keys()
    for value, (rows, share) in direct.items():
        assert seen[value][0] == rows
        assert seen[value][1] == pytest.approx(share, abs=1e-12)
    assert report.verdict.decision == "promote"


def test_every_slicing_of_a_step_is_asked(tmp_path: Path) -> None:
    report = sliced(tmp_path, "[country, plan]")
    assert [one.id for one in report.results if one.slice] == [
        "metric[accuracy][country=(missing)]",
        "metric[accuracy][country=BR]",
        "metric[accuracy][country=NL]",
        "metric[accuracy][country=SE]",
        "metric[accuracy][plan=1]",
        "metric[accuracy][plan=2]",
    ]


def test_a_slice_that_is_shown_worse_blocks(tmp_path: Path) -> None:
    report = sliced(tmp_path, "[country]", "at_least: 0.95")
    assert (report.verdict.decision, report.verdict.exit_code) == ("block", 1)
    assert all(one.status == "failed" for one in report.results if one.slice)


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        pytest.param("[id]", "id has more than 1,000 values", id="too-many-values"),
        pytest.param("[cuontry]", "did you mean 'country'?", id="no-such-column"),
        pytest.param("[[country, city]]", "the data has no column 'city'", id="one-of-two-missing"),
    ],
)
@pytest.mark.parametrize("severity", ["blocker", "major"])
def test_what_cannot_be_sliced_is_skipped_and_nothing_is_promoted(
    tmp_path: Path, by: str, reason: str, severity: str
) -> None:
    report = sliced(tmp_path, by, f"at_least: 0.1\n    severity: {severity}")
    (skipped,) = [one for one in report.results if one.slice]
    assert skipped.status == "skipped"
    assert skipped.value is None
    assert reason in str(skipped.reason)
    assert (report.verdict.decision, report.verdict.exit_code) == ("hold", 11)


def test_a_slice_of_few_rows_is_undecided_and_said(tmp_path: Path) -> None:
    few = ROWS.assign(country=np.where(ROWS["id"] < 12, "few", "many"))
    suite = tmp_path / "suite.yaml"
    suite.write_text(
        "task: classification\nchecks:\n  - metric: accuracy\n    at_least: 0.6\n"
        "  - metric: accuracy\n    by: [country]\n    at_least: 0.1\n"
    )
    report = modelgate.evaluate(model, data=few, target="y", suite=suite)
    (small,) = [one for one in report.results if one.slice == {"country": "few"}]
    assert (small.status, small.n) == ("undecided", 12)
    assert small.reason == "not enough rows: 12, and 30 are needed"
    assert report.verdict.decision == "promote"
    assert "1 major question could not be decided on these rows." in report.verdict.because
