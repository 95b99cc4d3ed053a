"""The same look gives the same decision, but only where the same was asked and the key is the same.

A decision that could not open the gate must not stand in the way of the one that can.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from modelgate import Report
from modelgate.approving import approve
from modelgate.deciding import recorded
from modelgate.decisions.keys import new_key
from modelgate.errors import RefusedError
from modelgate.outcome import Status
from modelgate.promote import promote, rollback
from modelgate.recomputing import recomputed
from modelgate.registries import Version
from modelgate.registries.embedded import Registry
from modelgate.suite import Policy
from tests.registered import READING, added, line, report_on, there


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    monkeypatch.chdir(tmp_path)
    made = Registry(tmp_path / "registry")
    yield made
    made.close()


def sequence(report: Report) -> int:
    """The entry that a report says it was recorded as."""
    return int(report.provenance["decision"]["sequence"])


def decide(registry: Registry, version: Version, report: Report, **about: object) -> Report:
    policy = Policy(budget=50)
    return recorded(registry, version, report, reading=READING, policy=policy, **about)  # type: ignore[arg-type]


def test_another_key_decides_anew_and_it_is_no_other_look(tmp_path: Path) -> None:
    with_own = Registry(tmp_path / "registry")
    version = added(with_own, tmp_path, 1)
    report = report_on(version, None)
    first = decide(with_own, version, report)
    with_own.close()
    new_key(tmp_path / "keys", "ci")
    key = tmp_path / "keys" / "ci.pem"
    with_ci = Registry(tmp_path / "registry", signing_key=key)
    second = decide(with_ci, version, report)
    assert (sequence(first), sequence(second)) == (1, 2)
    assert second.provenance["looks"] == first.provenance["looks"]
    assert sequence(decide(with_ci, version, report)) == 2
    with_ci.close()


@pytest.mark.parametrize("otherwise", ["seed", "quick", "test", "target"])
def test_what_was_asked_otherwise_neither_promotes_nor_stands_in_the_way(
    registry: Registry, tmp_path: Path, otherwise: str
) -> None:
    version = added(registry, tmp_path, 1)
    report = report_on(version, None)
    decide(registry, version, report, otherwise=[otherwise])
    if otherwise in {"seed", "quick"}:
        with pytest.raises(RefusedError, match=r"MG5094.*than its suite says"):
            promote(there(registry), "1")
    assert sequence(decide(registry, version, report)) == 2
    promote(there(registry), "1")


@pytest.mark.parametrize("part", ["files", "checks"])
def test_cases_and_checks_that_changed_are_another_question(
    registry: Registry, tmp_path: Path, part: str
) -> None:
    version = added(registry, tmp_path, 1)
    passed = report_on(version, None)
    assert decide(registry, version, passed).verdict.decision == "promote"
    blocked = report_on(version, None, passed=False)
    suite = {**blocked.subject["suite"], part: {"cases.yaml": f"sha256:{'1' * 64}"}}
    changed = replace(blocked, subject={**blocked.subject, "suite": suite})
    told = decide(registry, version, changed)
    assert (told.verdict.decision, sequence(told)) == ("block", 2)
    with pytest.raises(RefusedError, match="MG5095"):
        promote(there(registry), "1")


def test_a_champion_that_went_and_came_back_leaves_a_way(tmp_path: Path) -> None:
    made = line(tmp_path, 2)
    promote(made.place, "1")
    third = added(made.registry, tmp_path, 9)
    against_first = report_on(third, made.versions[0])
    decide(made.registry, third, against_first)
    promote(made.place, "2")
    decide(made.registry, third, report_on(third, made.versions[1], passed=False))
    rollback(made.place, "2 is slow")
    before = len(list(made.registry.entries()))
    assert sequence(decide(made.registry, third, against_first)) == before + 1
    promote(made.place, "3")
    made.registry.close()


def test_a_decision_ends_with_the_waiver_that_it_rests_on(
    registry: Registry, tmp_path: Path
) -> None:
    version = added(registry, tmp_path, 1)
    report = report_on(version, None)
    last = (datetime.now(UTC) + timedelta(days=3)).date()
    waiver = {"owner": "ana", "reason": "new labels", "expires": last.isoformat(), "live": True}
    results = tuple(
        replace(one, waiver=waiver) if one.id == "metric[accuracy]" else one
        for one in report.results
    )
    told = decide(registry, version, recomputed(replace(report, results=results)), days=30.0)
    day = (last + timedelta(days=1)).isoformat()
    assert told.provenance["decision"]["expires"] == f"{day}T00:00:00+00:00"


def test_no_approval_lifts_a_hold_on_rows_that_are_worn_out(
    registry: Registry, tmp_path: Path
) -> None:
    for number in (1, 2):
        version = added(registry, tmp_path, number)
        report = report_on(version, None)
        asked = {**report.verdict.policy, "on_hold": "ask"}
        open_ = tuple(
            replace(one, status=Status.UNDECIDED, p_within=0.2)
            if one.id == "metric[accuracy]"
            else one
            for one in report.results
        )
        report = replace(report, verdict=replace(report.verdict, policy=asked), results=open_)
        told = recorded(
            registry, version, recomputed(report), reading=READING, policy=Policy(budget=1)
        )
        assert told.verdict.decision == "hold"
    assert "worn out" in told.verdict.because[0]
    approve(registry, "1", "seen")
    with pytest.raises(RefusedError, match="MG5099"):
        approve(registry, "2", "seen")
