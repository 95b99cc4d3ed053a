"""A hold for want of evidence that a person lifts: where the suite asks, and no other one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from modelgate.approving import approve
from modelgate.deciding import recorded
from modelgate.errors import RefusedError
from modelgate.outcome import Status
from modelgate.promote import promote
from modelgate.recomputing import recomputed
from modelgate.registries.embedded import Registry
from modelgate.suite import Policy
from modelgate.verification import verified_log
from tests.registered import READING, added, report_on, there


def held(registry: Registry, folder: Path, on_hold: str, *, budget: int = 10) -> None:
    """Two versions: both decided to hold, the second's evidence being another's."""
    for number in (1, 2):
        version = added(registry, folder, number)
        report = report_on(version, None)
        asked = replace(report.verdict, policy={**report.verdict.policy, "on_hold": on_hold})
        open_ = tuple(
            replace(one, status=Status.UNDECIDED, p_within=0.2)
            if one.id == "metric[accuracy]"
            else one
            for one in report.results
        )
        report = recomputed(replace(report, verdict=asked, results=open_))
        assert (report.verdict.decision, report.verdict.exit_code) == ("hold", 11)
        recorded(registry, version, report, reading=READING, policy=Policy(budget=budget))


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.chdir(tmp_path)
    return Registry(tmp_path / "registry")


def test_it_is_lifted_where_the_suite_asks(registry: Registry, tmp_path: Path) -> None:
    held(registry, tmp_path, "ask")
    with pytest.raises(RefusedError, match="MG5098"):
        promote(there(registry), "1")
    approve(registry, "2", "seen by two")  # of the other version
    with pytest.raises(RefusedError, match="MG5098"):
        promote(there(registry), "1")
    approve(registry, "1", "seen by two")
    promote(there(registry), "1")
    log = [entry.envelope for entry in registry.entries()]
    keys = there(registry).keys
    assert len(verified_log(log, keys).found) == 5
    with pytest.raises(RefusedError, match="MG5088"):
        verified_log(log[:3] + log[4:], keys)  # without the approval


def test_it_is_not_lifted_where_the_suite_does_not_ask(registry: Registry, tmp_path: Path) -> None:
    held(registry, tmp_path, "hold")
    with pytest.raises(RefusedError, match="MG5099"):
        approve(registry, "1", "please")
    with pytest.raises(RefusedError, match="MG5095"):
        promote(there(registry), "1")
