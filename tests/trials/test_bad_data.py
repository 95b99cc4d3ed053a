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
    "a-number-beyond-float32": (put(FIRST, 1e300, slice(9, 10)), 3, "MG3141"),
    "two-columns-of-one-name": (
        lambda rows: rows.to_csv(index=False).replace("mean texture", FIRST, 1),
        3,
        "MG3508",
    ),
    "no-header": (lambda rows: rows.to_csv(index=False, header=False), 3, "MG3510"),
    "labels-of-100,000-letters": (put(TARGET, "x" * 100_000), 3, "MG3132"),
    "labels-that-turn-the-line-round": (put(TARGET, "\u202eevil\x1b[31m"), 3, "MG3132"),
    "labels-in-capitals": (
        lambda rows: rows.assign(diagnosis=rows[TARGET].str.upper()),
        3,
        "MG3132",
    ),
    "two-labels-for-text": (lambda rows: rows.assign(diagnosis=0.5), 3, "MG3132"),
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
    assert re.match(r"test\.csv(:\d+)*: MG\d{4} ", lines[0]), said
    assert max(map(len, lines)) < 700, said
    assert not {"\x1b", "\u202e"} & set(said)


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


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def overwritten(content: bytes) -> bytes:
    return content[:400] + b"\xff" * 1600 + content[2000:]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(cut, id="cut-short"),
        pytest.param(overwritten, id="damaged-inside"),
        pytest.param(lambda content: content + b"more", id="with-more-behind"),
        pytest.param(lambda _: b"a,b\n1,2\n", id="a-csv-by-that-name"),
        pytest.param(lambda _: b"", id="empty"),
    ],
)
def test_a_damaged_parquet_file_is_one_clear_line(
    damage: Callable[[bytes], bytes],
    rows: pd.DataFrame,
    champion: Path,
    tmp_path: Path,
    trial: Trial,
    capfd: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "test.parquet"
    rows.to_parquet(path)
    path.write_bytes(damage(path.read_bytes()))
    assert trial(champion, "--data", "test.parquet", "--target", TARGET) == (3, {})
    first, *others = capfd.readouterr().err.strip().splitlines()
    assert re.match(r"test\.parquet: MG35\d\d ", first)
    assert len(others) <= 1


def suite_of(rows: pd.DataFrame, data: str, *, swapped_in: str | None = None) -> str:
    """A suite that names the model's thirty columns, the last of them another where told."""
    features = [str(name) for name in rows if name not in {TARGET, "weight"}]
    if swapped_in is not None:
        features[-1] = swapped_in
    return (
        f"data: {{test: {{path: test.csv, target: {TARGET}, {data}}}}}\n"
        f"model: {{inputs: {{measurements: {features}}}}}\n"
        "checks: [{metric: accuracy, at_least: 0.9}]"
    )


@pytest.mark.parametrize(
    ("weight", "code", "error"),
    [
        pytest.param(-1.0, 3, "test.csv: MG3145 ", id="less-than-nothing"),
        pytest.param("heavy", 3, "suite.yaml:1:8: MG3150 ", id="text"),
        pytest.param(0.0, 11, "", id="nothing-at-all"),
        pytest.param(np.nan, 11, "", id="missing-everywhere"),
    ],
)
def test_weights_that_weigh_nothing_promote_nothing(
    weight: Any,
    code: int,
    error: str,
    rows: pd.DataFrame,
    champion: Path,
    tmp_path: Path,
    trial: Trial,
    capfd: pytest.CaptureFixture[str],
) -> None:
    write(tmp_path / "test.csv", rows.assign(weight=weight))
    (tmp_path / "suite.yaml").write_text(suite_of(rows, "weight: weight"))
    assert trial(champion, "--suite", "suite.yaml")[0] == code
    assert capfd.readouterr().err.startswith(error)


@pytest.mark.parametrize(
    ("data", "swapped_in", "error"),
    [
        pytest.param("weight: gone", None, "MG3147", id="a-weight-that-is-not-there"),
        pytest.param(f"weight: {TARGET}", None, "MG3150", id="the-target-as-weight"),
        pytest.param("may_drop: 0", "gone", "MG3103", id="an-input-that-is-not-there"),
        pytest.param("may_drop: 0", TARGET, "MG3143", id="the-target-as-input"),
    ],
)
def test_columns_that_a_suite_names_wrongly_are_told_with_its_line(
    data: str,
    swapped_in: str | None,
    error: str,
    rows: pd.DataFrame,
    champion: Path,
    tmp_path: Path,
    trial: Trial,
    capfd: pytest.CaptureFixture[str],
) -> None:
    write(tmp_path / "test.csv", rows)
    (tmp_path / "suite.yaml").write_text(suite_of(rows, data, swapped_in=swapped_in))
    assert trial(champion, "--suite", "suite.yaml") == (3, {})
    assert re.match(rf"suite\.yaml:[12]:\d+: {error} ", capfd.readouterr().err)


def test_a_slice_of_a_column_that_is_not_there_holds(
    rows: pd.DataFrame, champion: Path, tmp_path: Path, trial: Trial
) -> None:
    write(tmp_path / "test.csv", rows)
    suite = "checks: [{metric: accuracy, at_least: 0.5, by: [country]}]"
    (tmp_path / "suite.yaml").write_text(suite)
    words = ("--data", "test.csv", "--target", TARGET, "--suite", "suite.yaml")
    code, report = trial(champion, *words)
    assert (code, report["verdict"]["decision"]) == (11, "hold")


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
