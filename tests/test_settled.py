"""What is settled with a test set: automatic margins, the anchor; and a verdict without numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from modelgate import Report
from modelgate.demo import write
from modelgate.errors import RefusedError
from modelgate.evaluation import evaluate
from modelgate.outcome import Status
from modelgate.promote import promote
from modelgate.registering import register
from modelgate.registries.embedded import Registry
from modelgate.registries.schema import margins
from modelgate.registry_place import open_registry
from modelgate.reporters import deliver, parse_report_option
from modelgate.rerunning import rerun
from modelgate.verification import verified_log
from tests.registered import there

SUITE = """\
title: Tumours
data:
  test: {{path: ../data/test.csv, target: diagnosis}}
champion: churn@production
model: {{positive: malignant}}
policy: {{{policy}}}
checks:
  - {{metric: accuracy, at_least: 80%{margin}}}
"""
NAMES = ("better", "champion", "equal")
"""Each is worse than the one before, by less than 3 points can be ruled out; the last is worse than
the first by more."""


class House:
    """A project with three registered versions."""

    def __init__(self, folder: Path, *, margin: str = "", policy: str = "") -> None:
        write(folder)
        (folder / "modelgate.yaml").write_text("suite: suites/gate.yaml\n", "utf-8")
        text = SUITE.format(margin=margin, policy=policy)
        (folder / "suites" / "gate.yaml").write_text(text, "utf-8")
        for name in NAMES:
            register(self.registry, str(folder / "models" / f"{name}.onnx"), "churn")

    @property
    def registry(self) -> Registry:
        return open_registry(create=True)

    def check(self, number: int, **about: object) -> Report:
        return evaluate(f"churn@{number}", suite="suites/gate.yaml", **about)  # type: ignore[arg-type]

    def promoted(self, number: int) -> Report:
        report = self.check(number)
        promote(there(self.registry), str(number))
        return report


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "project"
    write(place)
    monkeypatch.chdir(place)
    return place


def comparisons(report: Report) -> dict[str, Status]:
    return {one.id: one.status for one in report.results if one.versus}


def test_small_steps_down_do_not_add_up(folder: Path) -> None:
    house = House(folder, margin=", margin: 3%")
    house.promoted(1)
    second = house.promoted(2)
    assert comparisons(second) == {"metric[accuracy] v champion": Status.PASSED}
    third = house.check(3)
    assert comparisons(third) == {
        "metric[accuracy] v champion": Status.PASSED,
        "metric[accuracy] v anchor": Status.UNDECIDED,
    }
    assert (third.verdict.decision, third.verdict.exit_code) == ("hold", 11)
    assert "than the anchor" in third.verdict.because[0]
    with pytest.raises(RefusedError, match="MG5095"):
        promote(there(house.registry), "3")
    # against the anchor alone the same numbers come out
    alone = evaluate("models/equal.onnx", champion="models/better.onnx", suite="suites/gate.yaml")
    found = {one.id: one for one in third.results}["metric[accuracy] v anchor"]
    other = {one.id: one for one in alone.results}["metric[accuracy] v champion"]
    assert found.difference_interval == other.difference_interval
    assert third.subject["anchor"]["digest"] == alone.subject["champion"]["digest"]


def test_it_is_signed_and_found_again_by_a_rerun(folder: Path) -> None:
    house = House(folder, margin=", margin: 3%")
    for number in (1, 2):
        house.promoted(number)
    report = house.check(3)
    registry = house.registry
    envelopes = [entry.envelope for entry in registry.entries()]
    history = verified_log(envelopes, there(registry).keys)
    (decision,) = [one.statement for one in history.found if one.statement.body.get("version") == 3]
    assert comparisons(rerun(registry, decision)) == comparisons(report)


def test_automatic_margins_are_those_of_the_first_look(folder: Path) -> None:
    house = House(folder)
    house.promoted(1)
    house.promoted(2)
    registry = house.registry
    with registry.database.writing() as connection:
        (found,) = connection.execute(sa.select(margins)).all()
        assert found.question == "metric[accuracy] v champion"
        assert found.margin in {0.005, 0.01, 0.02, 0.03}
        connection.execute(sa.update(margins).values(margin=0.0123))
    third = house.check(3)
    assert {one.limit["margin"] for one in third.results if one.versus} == {0.0123}


def test_a_margin_that_the_suite_writes_is_the_suites(folder: Path) -> None:
    house = House(folder, margin=", margin: 3%")
    house.promoted(1)
    house.promoted(2)
    with house.registry.database.reading() as connection:
        assert not connection.execute(sa.select(margins)).all()


def test_a_file_is_compared_with_the_champion_alone(folder: Path) -> None:
    """Looks are of versions of the registry."""
    house = House(folder, margin=", margin: 3%")
    for number in (1, 2):
        house.promoted(number)
    report = evaluate("models/equal.onnx", suite="suites/gate.yaml")
    assert set(comparisons(report)) == {"metric[accuracy] v champion"}
    assert report.verdict.decision == "promote"


def test_of_a_strict_suite_the_verdict_is_told_and_no_number(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = House(folder, policy="reuse: strict, budget: 10")
    first = house.promoted(1)
    assert first.verdict.decision == "promote"
    assert first.verdict.alpha_pass == pytest.approx(0.005)
    assert "at most 0.5 %" in str(first.provenance["looks"])
    second = house.check(2)
    for option in ("terminal", "json"):
        for report in (first, second):
            deliver(report, parse_report_option(option))
    said = capsys.readouterr().out
    assert "withholds the numbers" in said
    registry = house.registry
    held = [
        one
        for _, decision in registry.statements(name="churn", kind="decision")
        for one in decision.body["report"]["results"]
    ]
    values = [one["value"] for one in held] + [one["difference"] for one in held]
    secrets = {f"{value:.4f}"[2:] for value in values if value} | {
        f"{100 * value:.1f}" for value in values if value
    }
    assert secrets
    assert not [one for one in secrets if re.search(rf"(?<!\d){re.escape(one)}", said)]
    verified_log([entry.envelope for entry in registry.entries()], there(registry).keys)


def test_the_rows_of_a_strict_suite_share_one_chance(folder: Path) -> None:
    house = House(folder, policy="reuse: strict, budget: 20", margin=", margin: 3%")
    house.promoted(1)
    counted = House(folder, policy="budget: 20", margin=", margin: 3%")
    assert counted.check(2).verdict.decision == "promote"
    strict = House(folder, policy="reuse: strict, budget: 20", margin=", margin: 3%")
    assert strict.check(2).verdict.decision == "hold"  # p = 0.04 is too much for one look of 20
