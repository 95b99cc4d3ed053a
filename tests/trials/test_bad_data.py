"""Data that cannot be judged, end to end: the right exit code, one clear line, never a pass."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.trials.conftest import Trial

Change = Callable[[pd.DataFrame], Any]


def without(name: str) -> Change:
    return lambda rows: rows.drop(columns=[name])


def put(name: str, value: Any, where: slice = slice(None)) -> Change:
    def change(rows: pd.DataFrame) -> pd.DataFrame:
        changed = rows.astype({name: object})
        changed.loc[rows.index[where], name] = value
        return changed

    return change


FIRST = "mean radius"
TARGET = "diagnosis"
UNUSABLE: dict[str, tuple[Change, int, str]] = {
    "empty": (lambda _: "", 3, "MG35"),
    "header-only": (lambda rows: rows.head(0), 3, "MG3507"),
    "missing-column": (without(FIRST), 3, "MG3104"),
    "extra-column": (lambda rows: rows.assign(extra=1.0), 3, "MG3104"),
    "extra-text-column": (lambda rows: rows.assign(extra="x"), 3, "MG3104"),
    "no-target": (without(TARGET), 3, "MG3147"),
    "renamed-target": (lambda rows: rows.rename(columns={TARGET: "diagnose"}), 3, "MG3147"),
    "text-in-a-number": (put(FIRST, "twelve"), 3, "MG3106"),
    "one-text-in-numbers": (put(FIRST, "twelve", slice(200, 201)), 3, "MG3"),
    "every-label-missing": (put(TARGET, None), 3, "MG3130"),
    "labels-of-other-classes": (put(TARGET, "unclear"), 3, "MG3132"),
    "a-third-label": (put(TARGET, "unclear", slice(0, 5)), 3, "MG3132"),
    "numbers-for-labels": (lambda rows: rows.assign(diagnosis=np.arange(len(rows))), 3, "MG3132"),
    "dates-for-numbers": (put(FIRST, "2024-01-31"), 3, "MG3106"),
    "semicolons-and-commas": (
        lambda rows: rows.to_csv(index=False, sep=";", decimal=",").replace('"', ""),
        3,
        "MG31",
    ),
    "ragged": (lambda rows: rows.to_csv(index=False) + "1,2,3\n", 3, "MG35"),
    "garbage": (lambda _: "\x00\x01\x02" * 100, 3, "MG35"),
    "a-git-lfs-pointer": (
        lambda _: "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n",
        3,
        "MG35",
    ),
}


def write(path: Path, content: Any) -> None:
    if isinstance(content, str):
        path.write_text(content)
    else:
        content.to_csv(path, index=False)


@pytest.mark.parametrize("name", UNUSABLE)
def test_unusable_data_is_one_clear_line(
    name: str,
    rows: pd.DataFrame,
    champion: Path,
    tmp_path: Path,
    trial: Trial,
    capfd: pytest.CaptureFixture[str],
) -> None:
    change, code, error = UNUSABLE[name]
    write(tmp_path / "test.csv", change(rows))
    found, report = trial(champion, "--data", "test.csv", "--target", TARGET)
    said = capfd.readouterr().err
    assert (found, report) == (code, {})
    assert error in said
    assert "Traceback" not in said
    lines = said.strip().splitlines()
    assert len(lines) <= 2, said
    assert re.match(r"(test\.csv|modelgate)(:\d+)*: MG\d{4} ", lines[0]), said


HELD: dict[str, Change] = {
    "one-row": lambda rows: rows.head(1),
    "twenty-rows": lambda rows: rows.head(20),
    "one-class": lambda rows: rows[rows[TARGET] == "benign"],
    "some-labels-missing": put(TARGET, None, slice(0, 30)),
    "every-feature-missing": lambda rows: rows.assign(
        **{str(name): np.nan for name in rows if name != TARGET}
    ),
    "an-infinite-feature": lambda rows: rows.assign(**{FIRST: np.inf}),
    "a-constant-feature-everywhere": lambda rows: rows.assign(
        **{str(name): 1.0 for name in rows if name != TARGET}
    ),
    "labels-swapped": lambda rows: rows.assign(
        diagnosis=rows[TARGET].map({"benign": "malignant", "malignant": "benign"})
    ),
    "columns-in-another-order": lambda rows: rows[[*reversed(rows.columns)]],
}


@pytest.mark.parametrize("name", HELD)
def test_what_can_be_read_but_shows_nothing_good_is_never_promoted(
    name: str, rows: pd.DataFrame, champion: Path, tmp_path: Path, trial: Trial
) -> None:
    write(tmp_path / "test.csv", HELD[name](rows))
    code, report = trial(champion, "--data", "test.csv", "--target", TARGET)
    assert code in {1, 11}
    assert report["verdict"]["decision"] in {"block", "hold"}
    assert report["verdict"]["because"]


def test_missing_labels_are_counted_and_may_be_allowed(
    rows: pd.DataFrame, champion: Path, tmp_path: Path, trial: Trial
) -> None:
    write(tmp_path / "test.csv", put(TARGET, None, slice(0, 30))(rows))
    suite = tmp_path / "suite.yaml"
    for allowed, code in (("0.05", 11), ("0.1", 0)):
        suite.write_text(
            f"data: {{test: {{path: test.csv, target: {TARGET}, may_drop: {allowed}}}}}\n"
            "checks: [{metric: accuracy, at_least: 0.9}]"
        )
        found, report = trial(champion, "--suite", suite)
        assert found == code
        assert report["subject"]["data"]["test"]["dropped"] == 30
        assert report["subject"]["data"]["test"]["reasons"] == {"label missing or of no class": 30}


def test_a_label_that_appears_late_is_counted_and_keeps_the_gate_shut(
    rows: pd.DataFrame, champion: Path, tmp_path: Path, trial: Trial
) -> None:
    many = pd.concat([rows] * 25, ignore_index=True)
    many.loc[len(many) - 1, TARGET] = "unclear"
    write(tmp_path / "test.csv", many)
    code, report = trial(champion, "--data", "test.csv", "--target", TARGET)
    assert code == 11
    assert report["subject"]["data"]["test"]["dropped"] == 1


def test_negative_weights_are_refused(
    rows: pd.DataFrame, champion: Path, tmp_path: Path, trial: Trial
) -> None:
    features = [name for name in rows if name != TARGET]
    weighted = rows.assign(weight=np.where(np.arange(len(rows)) == 7, -1.0, 1.0))
    write(tmp_path / "test.csv", weighted)
    listed = ", ".join(f"'{name}'" for name in features)
    (tmp_path / "suite.yaml").write_text(
        f"data: {{test: {{path: test.csv, target: {TARGET}, weight: weight}}}}\n"
        f"model: {{inputs: {{measurements: [{listed}]}}}}\n"
        "checks: [{metric: accuracy, at_least: 0.9}]"
    )
    assert trial(champion, "--suite", "suite.yaml") == (3, {})


def test_names_that_could_command_a_terminal_are_escaped(
    rows: pd.DataFrame,
    champion: Path,
    tmp_path: Path,
    trial: Trial,
    capfd: pytest.CaptureFixture[str],
) -> None:
    evil = "\x1b[31mred\u202e"
    write(tmp_path / "test.csv", rows.assign(**{evil: 1.0}))
    code, _ = trial(champion, "--data", "test.csv", "--target", TARGET)
    said = capfd.readouterr().err
    assert code == 3
    assert "\x1b" not in said
    assert "\u202e" not in said
