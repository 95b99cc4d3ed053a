"""Each look at a test set costs some of what it is worth, and the same look costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate import Report
from modelgate.deciding import recorded
from modelgate.errors import RefusedError
from modelgate.outcome import Status
from modelgate.promote import promote
from modelgate.recomputing import recomputed
from modelgate.registries import Version
from modelgate.registries.embedded import Registry
from modelgate.suite import Policy
from modelgate.wear import Wear, worn
from tests.registered import READING, added, report_on, there, trial


def test_what_the_design_says_of_the_seventh_look() -> None:
    wear = Wear(test="sha256:", look=7)
    assert wear.says == (
        "look 7 of 20; chance that some promotion on this test set was wrong: at most 35 %"
    )


@given(look=st.integers(1, 10**6), budget=st.integers(1, 10**4), alpha=st.floats(1e-6, 0.05))
def test_the_chance_never_falls_and_stays_one(look: int, budget: int, alpha: float) -> None:
    now = Wear(test="", look=look, budget=budget, alpha=alpha)
    then = replace(now, look=look + 1)
    assert alpha <= now.chance <= then.chance <= 1
    assert now.out == (look > budget)


def test_it_only_ever_holds_back_what_would_pass() -> None:
    report, _ = trial()
    out = Wear(test="", look=21)
    held = worn(report, out)
    assert (held.verdict.decision, held.verdict.exit_code) == ("hold", 11)
    assert "worn out" in held.verdict.because[0]
    blocked = replace(report, verdict=replace(report.verdict, decision="block", exit_code=1))
    assert worn(blocked, out).verdict == blocked.verdict
    assert worn(report, Wear(test="", look=20)).verdict == report.verdict


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    monkeypatch.chdir(tmp_path)
    made = Registry(tmp_path / "registry")
    yield made
    made.close()


def looked(
    registry: Registry, version: Version, *, budget: int = 3, days: float = 30, **about: object
) -> Report:
    report = report_on(version, None)
    if about.get("crashed"):
        broken = tuple(
            replace(one, status=Status.CRASHED) if one.id == "metric[accuracy]" else one
            for one in report.results
        )
        report = recomputed(replace(report, results=broken))
    policy = Policy(budget=budget)
    return recorded(registry, version, report, reading=READING, policy=policy, days=days)


def test_the_same_bytes_under_another_name_are_decided_about_and_no_other_look(
    registry: Registry, tmp_path: Path
) -> None:
    first = looked(registry, added(registry, tmp_path, 1, "churn"))
    second = looked(registry, added(registry, tmp_path, 1, "churn-eu"))
    assert second.provenance["decision"]["sequence"] == 2
    assert second.provenance["looks"] == first.provenance["looks"]
    moved = promote(there(registry, "churn-eu"), "1")
    assert (moved.version.name, moved.version.number) == ("churn-eu", 1)
    third = looked(registry, added(registry, tmp_path, 2, "churn-eu"))
    assert third.provenance["looks"].startswith("look 2 of 3")


def test_looks_are_counted_and_past_the_budget_nothing_is_promoted(
    registry: Registry, tmp_path: Path
) -> None:
    found = [looked(registry, added(registry, tmp_path, number)) for number in range(4)]
    assert [one.provenance["looks"].partition(";")[0] for one in found] == [
        f"look {look} of 3" for look in (1, 2, 3, 4)
    ]
    assert [one.verdict.decision for one in found] == ["promote"] * 3 + ["hold"]
    with pytest.raises(RefusedError, match="MG5095"):
        promote(there(registry), "4")
    promote(there(registry), "3")
    wear = [
        statement.body["wear"]["look"]
        for _, statement in registry.statements(name="churn", kind="decision")
    ]
    assert wear == [1, 2, 3, 4]


def test_the_same_look_gives_the_same_decision_and_costs_nothing(
    registry: Registry, tmp_path: Path
) -> None:
    version = added(registry, tmp_path, 1)
    first, second = looked(registry, version), looked(registry, version)
    assert first.provenance["decision"] == second.provenance["decision"]
    assert len(list(registry.entries())) == 1
    assert looked(registry, added(registry, tmp_path, 2)).provenance["looks"].startswith("look 2 ")


def test_another_verdict_of_the_same_look_does_not_count(
    registry: Registry, tmp_path: Path
) -> None:
    """No fishing by asking again: the first answer stands."""
    version = added(registry, tmp_path, 1)
    blocked = report_on(version, None, passed=False)
    recorded(registry, version, blocked, reading=READING)
    again = looked(registry, version)
    assert (again.verdict.decision, again.verdict.exit_code) == ("block", 1)
    with pytest.raises(RefusedError, match="MG5095"):
        promote(there(registry), "1")


@pytest.mark.parametrize("case", ["expired", "crashed"])
def test_what_is_expired_or_broke_off_is_decided_anew_as_the_same_look(
    registry: Registry, tmp_path: Path, case: str
) -> None:
    version = added(registry, tmp_path, 1)
    looked(registry, version, days=-1 if case == "expired" else 30, crashed=case == "crashed")
    again = looked(registry, version)
    assert again.verdict.decision == "promote"
    assert again.provenance["looks"].startswith("look 1 of 3")
    assert again.provenance["decision"]["sequence"] == 2
    promote(there(registry), "1")


def test_a_decision_by_another_seed_than_the_suites_promotes_nothing(
    registry: Registry, tmp_path: Path
) -> None:
    version = added(registry, tmp_path, 1)
    recorded(registry, version, report_on(version, None), reading=READING, otherwise=["seed"])
    with pytest.raises(RefusedError, match="another seed"):
        promote(there(registry), "1")


def test_a_registry_of_the_first_tables_is_brought_up_with_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = Registry(tmp_path / "registry")
    version = added(made, tmp_path, 1)
    looked(made, version)
    with made.database.writing() as connection:
        for table in ("looks", "margins", "anchors"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    made.close()
    again = Registry(tmp_path / "registry")
    assert len(list(again.entries())) == 1
    assert looked(again, added(again, tmp_path, 2)).provenance["looks"].startswith("look 1 ")
    again.close()
