"""What so many rows can tell is said before anything is judged, and holds when it is tried."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from modelgate.cli.check import command
from modelgate.demo import write
from modelgate.errors import UsageError
from modelgate.plan import Plan, plan
from modelgate.stats.planning import POWER

SUITE = """\
task: classification
data: {test: {target: truth}}
checks:
  - metric: accuracy
    margin: 0.02
  - metric: accuracy
    at_least: 0.8
    margin: none
    by: [half]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("plan") / "demo"
    write(place)
    return place


def rows_of(count: int, seed: int, disagreement: float = 0.08) -> pd.DataFrame:
    """Two models that are right alike often, and differ on a share of the rows."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, count)
    differ = rng.random(count) < disagreement
    first = rng.random(count) < 0.5
    both = rng.random(count) < 0.9
    old = np.where(differ, first, both)
    new = np.where(differ, ~first, both)
    return pd.DataFrame(
        {
            "old": np.where(old, truth, 1 - truth),
            "new": np.where(new, truth, 1 - truth),
            "half": np.arange(count) % 2,
            "truth": truth,
        }
    )


def planned(count: int, tmp_path: Path) -> Plan:
    path = tmp_path / "suite.yaml"
    path.write_text(SUITE, "utf-8")
    return plan("columns:new", data=rows_of(count, 0), champion="columns:old", suite=path)


def test_it_says_what_can_be_ruled_out_and_shown(tmp_path: Path) -> None:
    found = planned(1200, tmp_path)
    first = found.questions[0]
    assert (first.id, first.rows, first.tolerance) == ("metric[accuracy] v champion", 1200, 0.02)
    # (1.645 + 0.842) sqrt(0.08 / 1200); 0.5 % of error is left for the only blocker.
    assert first.rules_out == pytest.approx(0.02030, abs=1e-5)
    assert first.shows == pytest.approx(0.02791, abs=1e-5)
    assert first.needed == 1237
    assert [one.rows for one in found.questions[1:]] == [600, 600]
    assert found.bare == pytest.approx(0.4797, abs=0.0005)


@pytest.mark.parametrize(("count", "kept"), [(1237, POWER), (4000, 0.99)])
def test_rows_needed_are_the_rows_with_which_an_equal_model_mostly_passes(
    tmp_path: Path, count: int, kept: float
) -> None:
    from modelgate.testing import run_check

    passed = 0
    for seed in range(60):
        rows = rows_of(count, seed)
        result = run_check(
            "metric",
            subject="accuracy",
            truth=rows["truth"].to_numpy(),
            answer=rows["new"].to_numpy(),
            champion_answer=rows["old"].to_numpy(),
            margin=0.02,
        )
        passed += result.status == "passed"
    assert passed / 60 == pytest.approx(kept, abs=0.12)
    del tmp_path


def test_it_learns_nothing_of_the_candidate(tmp_path: Path) -> None:
    path = tmp_path / "suite.yaml"
    path.write_text(SUITE, "utf-8")
    rows = rows_of(500, 0)
    worse = rows.assign(new=1 - rows["truth"])
    plans = [
        plan("columns:new", data=one, champion="columns:old", suite=path) for one in (rows, worse)
    ]
    assert plans[0] == plans[1]


def test_the_page_and_the_gate_stays_shut(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    done = CliRunner(env={"COLUMNS": "100"}).invoke(
        command, ["models/fewer.onnx", "--plan"], catch_exceptions=False, standalone_mode=False
    )
    assert done.return_value == 11
    text = " ".join(done.output.split())
    assert "With 342 rows, accuracy that is worse by 3.8 points can be ruled out" in text
    assert "would block an equally good model in 46.2 % of runs." in text
    assert "Spreads are those of champion.onnx against itself; no candidate was judged." in text


def test_a_plan_as_json(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(folder)
    out = tmp_path / "plan.json"
    CliRunner().invoke(
        command,
        ["models/fewer.onnx", "--plan", "--report", f"json:{out}"],
        catch_exceptions=False,
        standalone_mode=False,
    )
    found = json.loads(out.read_text("utf-8"))
    assert found["schema"] == "modelgate.plan/1"
    assert found["rows"] == 342
    assert len(found["questions"]) == 6


def test_what_cannot_be_planned_is_named(tmp_path: Path) -> None:
    rows = rows_of(20, 0)
    path = tmp_path / "suite.yaml"
    path.write_text(
        "task: classification\ndata: {test: {target: truth}}\n"
        "checks: [{metric: accuracy}, {metric: log_loss, at_most: 1, margin: none}]\n",
        "utf-8",
    )
    found = plan("columns:new", data=rows, champion="columns:old", suite=path)
    assert found.untold == {
        "metric[log_loss]": "needs probabilities; the model answers labels only"
    }


def test_so_few_groups_that_nothing_will_be_decided_are_named(tmp_path: Path) -> None:
    path = tmp_path / "suite.yaml"
    path.write_text(
        "task: classification\ndata: {test: {target: truth, group: half}}\n"
        "checks: [{metric: accuracy, margin: 0.03}]\n",
        "utf-8",
    )
    found = plan("columns:new", data=rows_of(3_000, 0), champion="columns:old", suite=path)
    assert found.questions == ()
    assert found.untold == {
        "metric[accuracy] v champion": "not enough groups: 2, and 30 are needed"
    }


def test_mistakes_are_told_as_ever(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="MG2121"):
        plan("columns:new", data=rows_of(10, 0), suite=tmp_path / "none.yaml")
