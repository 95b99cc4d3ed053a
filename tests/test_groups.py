"""`group: user_id`: rows of one user are no independent witnesses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate.errors import DataError
from modelgate.report import Report

SUITE = """\
title: Users
task: classification
champion: columns:old
data: {{test: {{target: truth{group}}}}}
checks:
  - metric: accuracy
    at_least: 0.85
    margin: 0.03
  - metric: accuracy
    by: [half]
    margin: none
"""


def users(count: int, rows: int, seed: int = 0) -> pd.DataFrame:
    """Rows of users, each of whom a model either understands or not."""
    rng = np.random.default_rng(seed)
    user = np.repeat(np.arange(count), rows)
    truth = rng.integers(0, 2, len(user))
    understood = rng.random(count) < 0.92
    right = rng.random(len(user)) < np.where(understood[user], 0.98, 0.45)
    old = rng.random(len(user)) < np.where(rng.random(count)[user] < 0.92, 0.98, 0.45)
    return pd.DataFrame(
        {
            "user": [f"u{one}" for one in user],
            "new": np.where(right, truth, 1 - truth),
            "old": np.where(old, truth, 1 - truth),
            "half": user % 2,
            "truth": truth,
        }
    )


def judged(rows: pd.DataFrame, tmp_path: Path, *, group: str = "") -> Report:
    path = tmp_path / "suite.yaml"
    path.write_text(SUITE.format(group=f", group: {group}" if group else ""), "utf-8")
    return modelgate.evaluate("columns:new", data=rows, suite=path)


def widths(report: Report) -> dict[str, float]:
    found: dict[str, Any] = {}
    for one in report.results:
        between = one.difference_interval or one.interval
        if between:
            found[one.id] = between[1] - between[0]
    return found


def test_intervals_are_as_wide_as_users_differ(tmp_path: Path) -> None:
    rows = users(200, 25)
    alone, grouped = judged(rows, tmp_path), judged(rows, tmp_path, group="user")
    wider = {name: width / widths(alone)[name] for name, width in widths(grouped).items()}
    assert len(wider) == 4
    assert all(factor > 1.5 for factor in wider.values())
    values = [(one.value, one.difference) for one in alone.results]
    assert [(one.value, one.difference) for one in grouped.results] == values
    first = grouped.results[0]
    assert first.details["groups"] == 200
    assert first.n == 5000
    assert first.n_effective is not None
    assert first.n_effective < 2500
    assert "delete-a-group jackknife" in first.method


def test_a_verdict_that_rests_on_few_users_is_held(tmp_path: Path) -> None:
    rows = users(12, 400)
    report = judged(rows, tmp_path, group="user")
    assert report.verdict.decision == "hold"
    reasons = {one.id: one.reason for one in report.results}
    assert reasons["metric[accuracy]"] == "not enough groups: 12, and 30 are needed"
    assert reasons["metric[accuracy] v champion"] == "not enough groups: 12, and 30 are needed"


def test_users_of_one_row_change_little(tmp_path: Path) -> None:
    rows = users(3000, 1)
    alone, grouped = judged(rows, tmp_path), judged(rows, tmp_path, group="user")
    for name, width in widths(grouped).items():
        assert 1 - 1e-9 <= width / widths(alone)[name] < 1.4


def test_neither_order_nor_blocks_of_rows_matter(tmp_path: Path) -> None:
    rows = users(400, 30)
    shuffled = rows.sample(frac=1, random_state=1)
    assert widths(judged(rows, tmp_path, group="user")) == widths(
        judged(shuffled, tmp_path, group="user")
    )


def test_a_group_that_is_no_column_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"MG3147.*no column 'usr'; did you mean 'user'"):
        judged(users(10, 3), tmp_path, group="usr")
