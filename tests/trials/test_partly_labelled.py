"""Rows without a label in a comparison: what was left out there never opens the gate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate.report import Report

ROWS = 1_000
ACCURACY = "{metric: accuracy, margin: 3%}"
FLIPS = "{flips: negative, at_most: 5%, severity: blocker}"
Change = Callable[[pd.DataFrame], None]


def table(share: float) -> pd.DataFrame:
    """Two models that answer alike; a share of the rows has no label."""
    rng = np.random.default_rng(0)
    truth = rng.choice(["no", "yes"], ROWS)
    said = np.where(rng.random(ROWS) < 0.9, truth, other(truth))
    truth = truth.astype(object)
    truth[rng.random(ROWS) < share] = None
    made = {"truth": truth, "old": said, "new": said, "weight": 1.0, "user": np.arange(ROWS) // 4}
    return pd.DataFrame(made)


def other(said: Any) -> Any:
    return np.where(said == "no", "yes", "no")


def judged(table: pd.DataFrame, step: str, folder: Path, part: str = "") -> Report:
    path = folder / "suite.yaml"
    path.write_text(f"data: {{test: {{path: x.csv, target: truth{part}}}}}\nchecks: [{step}]\n")
    return modelgate.evaluate("columns:new", champion="columns:old", data=table, suite=path)


def unanswered(column: str) -> Change:
    def change(rows: pd.DataFrame) -> None:
        rows.loc[rows["truth"].isna(), column] = None

    return change


def differing(rows: pd.DataFrame) -> None:
    open_ = rows["truth"].isna()
    rows.loc[open_, "new"] = other(rows.loc[open_, "old"])


def unweighed(rows: pd.DataFrame) -> None:
    differing(rows)
    rows.loc[rows["truth"].isna(), "weight"] = np.nan


def heavy(rows: pd.DataFrame) -> None:
    differing(rows)
    rows.loc[rows["truth"].isna(), "weight"] = 100.0


def test_where_both_answer_alike_no_label_is_needed(tmp_path: Path) -> None:
    assert judged(table(0.4), ACCURACY, tmp_path).verdict.decision == "promote"
    grouped = judged(table(0.4), ACCURACY, tmp_path, ", group: user")
    assert grouped.verdict.decision == "promote"
    assert next(one for one in grouped.results if one.versus).n == ROWS


@pytest.mark.parametrize(
    ("change", "share", "part", "why"),
    [
        (unanswered("new"), 0.4, "", "not answered by both"),
        (unanswered("old"), 0.4, "", "not answered by both"),
        (unweighed, 0.4, ", weight: weight", "not answered by both"),
        (heavy, 0.01, ", weight: weight", "weighted rows are compared where"),
        (differing, 0.4, ", group: user", "without a label could speak for either"),
    ],
    ids=["silent candidate", "silent champion", "no weight", "heavy rows", "in groups"],
)
def test_what_rows_without_a_label_hide_holds_the_model(
    change: Change, share: float, part: str, why: str, tmp_path: Path
) -> None:
    rows = table(share)
    change(rows)
    report = judged(rows, ACCURACY, tmp_path, part)
    assert (report.verdict.decision, report.verdict.exit_code) == ("hold", 11)
    (versus,) = (one for one in report.results if one.versus)
    assert (versus.status, why in (versus.reason or "")) == ("undecided", True)


def test_flips_are_not_counted_past_rows_that_the_champion_did_not_answer(tmp_path: Path) -> None:
    rows = table(0.0)
    assert judged(rows, FLIPS, tmp_path).verdict.decision == "promote"
    rows.loc[rows.index < 400, "old"] = None
    report = judged(rows, FLIPS, tmp_path)
    assert (report.verdict.decision, report.verdict.exit_code) == ("hold", 11)
    assert "the champion's answer is not usable: 400" in (report.results[0].reason or "")
