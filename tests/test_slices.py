"""Slices have numbers of their own; what cannot be sliced or judged keeps the gate shut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate.report import Report
from modelgate.sentences import title
from modelgate.summary import chosen

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


def cases(by: str, columns: list[str], *values: tuple[Any, ...]) -> Any:
    return pytest.param(by, columns, list(values), id=by)


SPANS = [("below 0.25",), ("0.25 to 0.5",), ("0.5 or more",)]
CUT = pd.cut(ROWS["score"], [-np.inf, 0.25, 0.5, np.inf], right=False, labels=[s for (s,) in SPANS])


@pytest.mark.parametrize(
    ("by", "columns", "values"),
    [
        cases("[{column: score, bins: [0.25, 0.5]}]", ["span"], *SPANS),
        cases(
            "[[{column: score, bins: [0.25, 0.5]}, plan]]",
            ["span", "plan"],
            *((span, plan) for (span,) in SPANS for plan in (1, 2)),
        ),
    ],
)
def test_numbers_in_bins(
    tmp_path: Path, by: str, columns: list[str], values: list[tuple[Any, ...]]
) -> None:
    seen = found(sliced(tmp_path, by))
    assert list(seen) == values  # the lowest first
    for value, group in ROWS.assign(right=RIGHT, span=CUT.astype(str)).groupby(columns):
        assert seen[value][0] == len(group)
        assert seen[value][1] == pytest.approx(group["right"].mean(), abs=1e-12)


def test_bins_of_equal_size_are_cut_by_the_first_rows_and_said(tmp_path: Path) -> None:
    report = sliced(tmp_path, "[{column: score, bins: 4}]")
    rows = [one.n for one in report.results if one.slice]
    assert rows == [750, 750, 750, 750]
    (note,) = [note for note in report.taken if note.startswith("score in parts of equal size")]
    assert "by the first rows: below 0." in note
    names = [str(one.slice["score"]) for one in report.results if one.slice]
    assert note.endswith(", ".join(names))
    ids = [one.id for one in report.results if one.slice]
    assert ids == [f"metric[accuracy][score={name}]" for name in names]


def test_bins_of_equal_size_are_cut_by_the_reference_data_where_there_is_one(
    tmp_path: Path,
) -> None:
    past = ROWS.assign(score=ROWS["score"] / 2)
    past.to_csv(tmp_path / "past.csv", index=False)
    suite = tmp_path / "suite.yaml"
    suite.write_text(
        "data: {reference: {path: past.csv, target: y}}\nchecks:\n"
        "  - {metric: accuracy, at_least: 0.1, by: {column: score, bins: 2}}\n"
    )
    report = modelgate.evaluate(model, data=ROWS, target="y", suite=suite)
    low, high = (one.n for one in report.results if one.slice)
    assert low == pytest.approx(N / 4, rel=0.1)
    assert low + high == N
    assert any("by the reference data" in note for note in report.taken)


def test_a_missing_number_is_in_no_bin(tmp_path: Path) -> None:
    ages = ROWS.assign(age=np.where(ROWS["id"] % 3 == 0, np.nan, ROWS["id"] % 90))
    suite = tmp_path / "suite.yaml"
    suite.write_text(
        "checks:\n  - {metric: accuracy, at_least: 0.1, by: {column: age, bins: [18]}}\n"
    )
    report = modelgate.evaluate(model, data=ages, target="y", suite=suite)
    rows = {title(one): one.n for one in report.results if one.slice}
    assert rows == {
        "accuracy, age missing": 1000,
        "accuracy, age below 18": 408,
        "accuracy, age = 18 or more": 1592,
    }


def test_text_has_no_bins(tmp_path: Path) -> None:
    report = sliced(tmp_path, "[{column: country, bins: 3}]")
    (skipped,) = [one for one in report.results if one.slice]
    assert skipped.status == "skipped"
    assert "bins are for numbers" in str(skipped.reason)


def test_slices_of_fewer_rows_than_asked_for_are_not_decided(tmp_path: Path) -> None:
    report = sliced(tmp_path, "[country]", "at_least: 0.1\n    min_rows: 500")
    statuses = {one.slice["country"]: one.status for one in report.results if one.slice}
    assert statuses == {"(missing)": "undecided", "BR": "passed", "NL": "passed", "SE": "passed"}


@pytest.mark.parametrize(
    ("written", "inside"),
    [
        pytest.param("{country: BR}", ROWS["country"] == "BR", id="a-text"),
        pytest.param("{plan: 1}", ROWS["plan"] == 1, id="a-number"),
        pytest.param('{plan: "1"}', ROWS["plan"] == 1, id="a-number-in-quotes"),
        pytest.param("{country: null}", ROWS["country"].isna(), id="what-is-missing"),
        pytest.param("{id: {below: 500}}", ROWS["id"] < 500, id="numbers-below"),
        pytest.param(
            "{plan: 2, score: {at_least: 0.25, below: 0.5}}",
            (ROWS["plan"] == 2) & ROWS["score"].between(0.25, 0.5, inclusive="left"),
            id="two-columns",
        ),
    ],
)
def test_one_slice_by_name(tmp_path: Path, written: str, inside: Any) -> None:
    suite = tmp_path / "suite.yaml"
    suite.write_text(f"checks:\n  - {{metric: accuracy, slice: {written}, at_least: 0.1}}\n")
    report = modelgate.evaluate(model, data=ROWS, target="y", suite=suite)
    (one,) = [one for one in report.results if one.check == "metric"]
    assert one.n == inside.sum()
    assert one.value == pytest.approx(RIGHT[inside].mean(), abs=1e-12)
    assert (one.severity, one.status) == ("major", "passed")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        pytest.param("{country: BE}", "no row that can be judged has country = BE", id="a-value"),
        pytest.param("{id: {at_least: 9000}}", "id = 9000 or more", id="numbers"),
        pytest.param("{country: {below: 3}}", "country = below 3", id="text-in-place-of-numbers"),
        pytest.param("{cuontry: BR}", "did you mean 'country'?", id="a-column"),
    ],
)
@pytest.mark.parametrize(("severity", "exit_code"), [("blocker", 11), ("major", 11), ("minor", 0)])
def test_a_named_slice_that_does_not_occur_holds_unless_it_is_minor(
    tmp_path: Path, written: str, reason: str, severity: str, exit_code: int
) -> None:
    suite = tmp_path / "suite.yaml"
    suite.write_text(
        "checks:\n  - {metric: accuracy, at_least: 0.6}\n"
        f"  - {{metric: accuracy, slice: {written}, at_least: 0.1, severity: {severity}}}\n"
    )
    report = modelgate.evaluate(model, data=ROWS, target="y", suite=suite)
    (absent,) = [one for one in report.results if one.slice]
    assert (absent.status, absent.value) == ("skipped", None)
    assert reason in str(absent.reason)
    assert report.verdict.exit_code == exit_code


@pytest.mark.parametrize(
    ("limit", "line"),
    [
        pytest.param(
            "at_least: 0.1", "… and 60 slices of fewer than 30 rows", id="held-to-a-limit"
        ),
        pytest.param("min_rows: 40", "… and 60 slices of fewer than 40 rows", id="information"),
    ],
)
def test_small_slices_take_one_line_of_a_page_and_stay_in_the_report(
    tmp_path: Path, limit: str, line: str
) -> None:
    many = ROWS.assign(shop=np.where(ROWS["id"] < 600, ROWS["id"] % 60, 99))
    suite = tmp_path / "suite.yaml"
    suite.write_text(
        "checks:\n  - {metric: accuracy, at_least: 0.6}\n"
        f"  - {{metric: accuracy, by: [shop], {limit}}}\n"
    )
    report = modelgate.evaluate(model, data=many, target="y", suite=suite)
    assert sum(one.slice is not None for one in report.results) == 61
    shown, left_out = chosen(report.results)
    assert [one.slice["shop"] for one in shown if one.slice] == [99]
    assert left_out == [f"{line}; the JSON report has them"]


def test_small_slices_that_keep_the_gate_shut_are_all_shown(tmp_path: Path) -> None:
    report = sliced(
        tmp_path, "[country]", "at_least: 0.1\n    min_rows: 1000\n    severity: blocker"
    )
    shown, left_out = chosen(report.results)
    assert sum(one.status == "undecided" for one in shown) == 4
    assert not left_out
    assert report.verdict.exit_code == 11


@pytest.mark.parametrize("words", ["by: [cuontry]", "slice: {country: BE}"])
def test_a_slice_that_is_not_there_is_not_compared_and_holds(tmp_path: Path, words: str) -> None:
    suite = tmp_path / "suite.yaml"
    suite.write_text(
        "checks:\n  - {metric: accuracy, at_least: 0.6, margin: none}\n"
        f"  - {{metric: accuracy, {words}}}\n"
    )
    report = modelgate.evaluate(model, data=ROWS, target="y", suite=suite, champion=model)
    assert [one.status for one in report.results if one.slice] == ["info", "skipped"]
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
