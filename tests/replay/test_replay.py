"""What is played back is judged as what was said."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from modelgate import evaluate
from modelgate.demo import write
from modelgate.evaluation import started
from modelgate.judgement import prepare
from modelgate.options import Options
from modelgate.replay import Recording, Replies, play, record, tape
from modelgate.report import Report

SUITE = """\
model: {positive: malignant, inputs: {measurements: [COLUMNS]}}
checks:
  - metric: accuracy
    at_least: 90%
  - metric: recall
  - metric: auroc
  - metric: log_loss
  - metric: brier
  - metric: f1
    average: macro
    by: [half]
  - finite_outputs: all
  - signature: all
  - dynamic_batch: all
  - determinism: all
"""


@pytest.fixture(scope="module")
def tumours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tumours")
    write(folder)
    table = pd.read_csv(folder / "data" / "test.csv")
    table["half"] = np.where(table.index % 2, "odd", "even")
    table["weight"] = 1 + table.index % 3
    table.to_csv(folder / "test.csv", index=False)
    return folder


def recorded(
    stack: ExitStack, model: Any, data: Any, target: str, suite: Any, champion: Any = None
) -> Recording:
    options = Options()
    asked = started(model, options, stack)
    rival = None if champion is None else started(champion, options, stack)
    found = record(prepare(asked, data, target, suite, options, champion=rival, start=None))
    assert found is not None
    return found


def numbers(report: Report) -> list[Any]:
    return [
        (one.id, one.status, one.value, one.interval, one.difference, one.difference_interval)
        for one in report.results
    ]


def told(suite: Path, text: str) -> Path:
    rows = suite.parent / "test.csv"
    if rows.exists():
        columns = pd.read_csv(rows, nrows=1).columns.drop(
            ["diagnosis", "half", "weight"], errors="ignore"
        )
        text = text.replace("COLUMNS", ", ".join(columns))
    suite.write_text(text)
    return suite


VARIANTS = {
    "labels-and-scores": SUITE,
    "weights": f"data: {{test: {{path: test.csv, weight: weight}}}}\n{SUITE}",
    "another-threshold": SUITE.replace("{", "{threshold: 0.2, ", 1),
}


@pytest.mark.parametrize("text", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize("champion", ["champion", "worse"])
def test_unchanged_answers_get_the_numbers_of_the_model(
    text: str, champion: str, tumours: Path
) -> None:
    suite = told(tumours / "suite.yaml", text)
    model, rival = (str(tumours / "models" / f"{name}.onnx") for name in ("champion", champion))
    rows = str(tumours / "test.csv")
    expected = evaluate(model, data=rows, target="diagnosis", champion=rival, suite=suite)
    with ExitStack() as stack:
        found = recorded(stack, model, rows, "diagnosis", suite, rival)
        for _ in range(2):
            report = play(found)
            assert numbers(report) == numbers(expected)
            assert report.verdict == expected.verdict
            assert report.findings == tuple(
                one for one in expected.findings if one.evidence["type"] != "weak_slice"
            )  # slices that nobody named are searched once, on the rows themselves


def test_without_a_champion_the_model_is_compared_with_itself(tumours: Path) -> None:
    model, rows = str(tumours / "models" / "champion.onnx"), str(tumours / "test.csv")
    suite = told(tumours / "suite.yaml", SUITE)
    expected = evaluate(model, data=rows, target="diagnosis", champion=model, suite=suite)
    with ExitStack() as stack:
        report = play(recorded(stack, model, rows, "diagnosis", suite))
    assert numbers(report) == numbers(expected)


def test_a_champion_that_the_suite_names_is_not_asked(tumours: Path) -> None:
    text = f"champion: nowhere.onnx\n{SUITE}"
    suite = told(tumours / "suite.yaml", text)
    with ExitStack() as stack:
        model = str(tumours / "models" / "champion.onnx")
        found = recorded(stack, model, str(tumours / "test.csv"), "diagnosis", suite)
        assert play(found).subject["champion"]["name"] == "champion.onnx"


def test_changed_answers_are_judged_as_a_model_that_gives_them(tumours: Path) -> None:
    suite = told(
        tumours / "suite.yaml",
        "model: {classes: [benign, malignant]}\nchecks: [{metric: accuracy}, {metric: auroc}]",
    )
    table = pd.read_csv(tumours / "test.csv")
    rng = np.random.default_rng(0)
    table["old"], table["new"] = rng.random(len(table)), rng.random(len(table))
    target = "diagnosis"
    expected = evaluate(
        "columns:new", data=table, target=target, champion="columns:old", suite=suite
    )
    with ExitStack() as stack:
        found = recorded(stack, "columns:old", table, target, suite)
        scores = np.stack([1 - table["new"], table["new"]], axis=1)
        replies = Replies(scores.argmax(axis=1), scores)
        assert numbers(play(found, replies)) == numbers(expected)
        assert numbers(play(found))[0] != numbers(expected)[0]


def test_numbers_are_played_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"y": rng.normal(100, 10, 300)})
    table["old"] = table["y"] + rng.normal(0, 3, 300)
    table["new"] = table["y"] + rng.normal(0, 3, 300)
    table.loc[7, "y"] = np.nan
    suite = told(tmp_path / "suite.yaml", "checks: [{metric: rmse}, {metric: mae, at_most: 5}]")
    expected = evaluate("columns:new", data=table, target="y", champion="columns:old", suite=suite)
    with ExitStack() as stack:
        found = recorded(stack, "columns:old", table, "y", suite)
        assert numbers(play(found, Replies(table["new"].to_numpy()))) == numbers(expected)
        assert found.usable.sum() == 299


def test_answers_that_are_no_numbers_stay_so(tmp_path: Path) -> None:
    table = pd.DataFrame({"y": np.arange(100.0), "model": np.arange(100.0)})
    table.loc[[3, 5], "model"] = np.nan
    suite = told(tmp_path / "suite.yaml", "checks: [{finite_outputs: all}, {metric: mae}]")
    with ExitStack() as stack:
        found = recorded(stack, "columns:model", table, "y", suite)
        report = play(found)
    assert report.verdict.decision == "block"
    assert report.results[0].value == 2


def test_of_many_rows_a_seeded_sample_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tape, "MOST_ROWS", 500)
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"y": rng.integers(0, 2, 20_000), "score": rng.random(20_000)})
    suite = told(tmp_path / "suite.yaml", "checks: [{metric: accuracy}]")
    with ExitStack() as stack:
        first, second = (recorded(stack, "columns:score", table, "y", suite) for _ in range(2))
        assert (first.rows, len(first.truth)) == (20_000, 500)
        assert (first.truth == second.truth).all()
        assert play(first).results[0].n == 500


def test_every_data_set_of_the_suite_is_played_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, rows in (("test", 200), ("reference", 300)):
        y = rng.integers(0, 2, rows)
        pd.DataFrame({"y": y, "score": (y + rng.random(rows)) / 2}).to_csv(
            tmp_path / f"{name}.csv", index=False
        )
    text = """\
data: {test: {path: test.csv, target: y}, reference: {path: reference.csv, target: y}}
checks:
  - metric: accuracy
  - metric: log_loss
    data: reference
"""
    suite = told(tmp_path / "suite.yaml", text)
    expected = evaluate("columns:score", suite=suite, champion="columns:score")
    with ExitStack() as stack:
        options = Options()
        asked = started("columns:score", options, stack)
        found = record(prepare(asked, None, None, suite, options, start=None))
        assert found is not None
        assert numbers(play(found)) == numbers(expected)
