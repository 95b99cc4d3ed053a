"""A suite is told what it lets through, and what would catch it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from modelgate.errors import DataError, UsageError
from modelgate.selftest import Kind, SelfTest, selftest

Written = Callable[[str], str]
COLUMN = "columns:score"


def kind(found: SelfTest, name: str) -> Kind:
    return next(one for one in found.kinds if one.name == name)


def ends(found: SelfTest) -> dict[str, tuple[int, int, int]]:
    return {one.fault.name: (one.promoted, one.held, one.blocked) for one in found.controls}


def test_a_suite_that_asks_little_lets_nearly_everything_through(
    table: pd.DataFrame, suite: Written
) -> None:
    asked = suite("  - finite_outputs: all\n  - metric: accuracy\n    margin: none\n")
    found = selftest(COLUMN, data=table, target="stays", suite=asked, draws=4)
    assert found.exit_code == 11
    assert ends(found)["copy"] == (1, 0, 0)
    assert {one.fault.name for one in found.misbehaved} == {"constant", "shuffled"}
    assert {one.name for one in found.holes} == {one.name for one in found.kinds}
    assert all(one.promoted == one.models for each in found.kinds for one in each.tried)
    steps = {one.group: one.step for one in found.advice}
    assert str(steps["overall"]).startswith("- metric: accuracy\n  severity: blocker\n")
    assert "log_loss" in str(steps["scores"])


def test_the_step_that_is_advised_catches_what_it_is_said_to(
    table: pd.DataFrame, suite: Written
) -> None:
    little = "  - finite_outputs: all\n"
    found = selftest(COLUMN, data=table, target="stays", suite=suite(little), draws=4)
    advice = next(one for one in found.advice if one.group == "overall")
    assert advice.caught >= 0.9 * advice.models
    step = "".join(f"  {line}\n" for line in str(advice.step).splitlines())
    again = selftest(COLUMN, data=table, target="stays", suite=suite(little + step), draws=4)
    assert kind(again, "drop-5").caught
    assert not kind(found, "drop-5").caught
    assert ends(again)["copy"] == (1, 0, 0)


def test_a_suite_of_limits_and_comparisons_is_sound(table: pd.DataFrame, suite: Written) -> None:
    steps = """\
  - metric: accuracy
  - metric: log_loss
    severity: major
  - metric: precision
  - metric: recall
  - metric: accuracy
    by: [country]
    severity: blocker
"""
    rows = table.drop(columns="age")
    found = selftest(COLUMN, data=rows, target="stays", suite=suite(steps), draws=8)
    assert (found.decision, found.exit_code, found.advice) == ("sound", 0, ())
    assert ends(found) == {
        "copy": (1, 0, 0),
        "equal": ends(found)["equal"],
        "constant": (0, 0, 1),
        "shuffled": (0, 0, 8),
    }
    assert ends(found)["equal"][2] == 0


def test_a_small_country_slips_through_the_whole(table: pd.DataFrame, suite: Written) -> None:
    found = selftest(
        COLUMN,
        data=table.drop(columns="age"),
        target="stays",
        suite=suite("  - metric: accuracy\n"),
        draws=20,
    )
    slices = {one.fault.name: one for one in kind(found, "slice-10").tried}
    small = slices["slice-10[country = BR]"]
    assert small.models == 5
    assert small.promoted >= 3
    step = next(one.step for one in found.advice if one.group == "slice")
    assert "by: [country]" in str(step)


def test_what_the_suite_tolerates_is_no_hole(table: pd.DataFrame, suite: Written) -> None:
    asked = suite("  - metric: accuracy\n    margin: 4%\n")
    found = selftest(COLUMN, data=table, target="stays", suite=asked, draws=4)
    tolerated = {one.name: one.tried[0].tolerance for one in found.kinds if one.group == "overall"}
    assert tolerated == {"drop-1": 0.04, "drop-2": 0.04, "drop-5": None}
    assert kind(found, "drop-1").tried[0].promoted == 4
    assert kind(found, "drop-1").caught
    assert kind(found, "drop-5").caught


def test_a_suite_that_no_model_can_pass_catches_nothing(
    table: pd.DataFrame, suite: Written
) -> None:
    asked = suite("  - metric: accuracy\n    at_least: 99%\n")
    found = selftest(COLUMN, data=table, target="stays", suite=asked, draws=2)
    assert found.unchanged["decision"] == "block"
    assert {one.fault.name for one in found.misbehaved} == {"copy", "equal"}
    assert (found.holes, found.exit_code) == ((), 11)


def test_numbers_are_made_worse_too(numbers: pd.DataFrame, tmp_path: Path) -> None:
    asked = tmp_path / "numbers.yaml"
    asked.write_text("checks:\n  - metric: rmse\n    margin: 4%\n")
    found = selftest("columns:guess", data=numbers, target="price", suite=asked, draws=8)
    assert ends(found)["copy"] == (1, 0, 0)
    assert ends(found)["constant"] == (0, 0, 1)
    assert kind(found, "noise-10").caught
    assert kind(found, "noise-2").tried[0].tolerance == pytest.approx(0.04, rel=0.01)
    assert {one.name for one in found.kinds} >= {"bias", "scale-high", "slice-20", "unit"}


def test_another_champion_takes_the_place_of_the_model(table: pd.DataFrame, suite: Written) -> None:
    weaker = table.assign(old=np.where(table.index % 5 == 0, 1 - table["score"], table["score"]))
    asked = suite("  - metric: accuracy\n    margin: 1%\n")
    found = selftest(
        COLUMN,
        data=weaker.drop(columns="age"),
        target="stays",
        suite=asked,
        champion="columns:old",
        draws=4,
    )
    assert found.subject["champion"] == "columns:old"
    assert kind(found, "drop-2").tried[0].promoted == 4  # still better than the champion
    assert ends(found)["shuffled"] == (0, 0, 4)


def test_the_same_seed_draws_the_same_models(table: pd.DataFrame, suite: Written) -> None:
    asked = suite("  - metric: accuracy\n    margin: 3%\n")

    def drawn() -> list[Any]:
        found = selftest(COLUMN, data=table, target="stays", suite=asked, draws=3)
        return [(one.fault.name, one.passed) for each in found.kinds for one in each.tried]

    assert drawn() == drawn()


def test_every_row_is_asked_once(table: pd.DataFrame, suite: Written) -> None:
    asked: list[int] = []

    def model(rows: pd.DataFrame) -> Any:
        asked.append(len(rows))
        return rows["score"].to_numpy()

    rows = table[["score", "stays"]]
    selftest(model, data=rows, target="stays", suite=suite("  - metric: accuracy\n"), draws=2)
    assert sum(asked) == len(table) + 2 * 64  # once each, the first rows to look, and once more


def test_without_labels_there_is_nothing_to_make_worse(table: pd.DataFrame, tmp_path: Path) -> None:
    asked = tmp_path / "smoke.yaml"
    asked.write_text("checks: [{finite_outputs: all}]")
    with pytest.raises(UsageError, match="there are no labelled rows") as caught:
        selftest(lambda rows: rows["score"], data=table.drop(columns="stays"), suite=asked)
    assert (caught.value.code, caught.value.exit_code) == ("MG2070", 2)


@pytest.mark.parametrize(
    ("target", "answer", "step"),
    [
        pytest.param("stays", np.nan, "metric: accuracy", id="no-score"),
        pytest.param("age", np.nan, "metric: rmse", id="no-number"),
        pytest.param("age", np.inf, "metric: rmse", id="infinite"),
    ],
)
def test_answers_that_are_no_numbers_cannot_be_made_worse(
    target: str, answer: float, step: str, table: pd.DataFrame, tmp_path: Path
) -> None:
    asked = tmp_path / "suite.yaml"
    classes = "model: {classes: ['no', 'yes']}\n" if target == "stays" else ""
    asked.write_text(f"{classes}checks: [{{{step}}}]")
    with pytest.raises(UsageError, match="answers none of the labelled rows") as caught:
        selftest(lambda rows: np.full(len(rows), answer), data=table, target=target, suite=asked)
    assert (caught.value.code, caught.value.exit_code) == ("MG2072", 2)


def test_one_class_alone_cannot_be_answered_otherwise() -> None:
    rows = pd.DataFrame({"says": ["yes"] * 200, "stays": ["yes"] * 200})
    with pytest.raises(UsageError, match="all labels and all answers are 'yes'") as caught:
        selftest("columns:says", data=rows, target="stays", draws=2)
    assert (caught.value.code, caught.value.exit_code) == ("MG2073", 2)


def test_a_target_that_is_not_there_is_told_as_always(table: pd.DataFrame) -> None:
    with pytest.raises(DataError) as caught:
        selftest(COLUMN, data=table, target="stay")
    assert (caught.value.code, caught.value.exit_code) == ("MG3147", 3)
