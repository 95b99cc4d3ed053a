"""Figures of the host: in turn with the champion's, and never surer than the machine is quiet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from modelgate.artifact import ratio, told
from modelgate.bench import Rounds
from modelgate.errors import MistakesError
from modelgate.gate import weigh
from modelgate.suite import Limit
from modelgate.testing import run_check
from tests.checks.artifact.toys import ToyBench, artifact, rounds_of

RECORDED = Path(__file__).with_name("itself.csv")
QUIET, LOUD = 0.01, 0.4
CHECKS = [
    pytest.param("latency", "p50", id="latency"),
    pytest.param("latency", "p95", id="latency-p95"),
    pytest.param("throughput", "rows", id="throughput"),
    pytest.param("cold_start", "ratio", id="cold_start"),
    pytest.param("memory_peak", "ratio", id="memory_peak"),
]


def three(slower: float, noise: float, *, sittings: int = 3, count: int = 36) -> Rounds:
    """Candidate, its second session and the champion; `slower` is the true ratio."""
    rng = np.random.default_rng(7)
    found = np.exp(rng.normal(0, noise, (3, count))) * 1e-3
    found[:2] *= slower
    return rounds_of(found[0], found[2], found[1], sittings=sittings)


def judge(check: str, subject: str, rounds: Rounds | None, **more: Any) -> Any:
    higher = check == "throughput"
    limit: dict[str, Any] = {"at_least": 1 / 1.2} if higher else {"at_most": 1.2}
    bench = more.pop("bench", ToyBench(rounds))
    return run_check(check, subject=subject, bench=bench, severity="blocker", **limit, **more)


@pytest.mark.parametrize(("check", "subject"), CHECKS)
@pytest.mark.parametrize(
    ("slower", "noise", "expected"),
    [
        pytest.param(1.0, QUIET, "passed", id="as-good"),
        pytest.param(1.4, QUIET, "failed", id="worse"),
        pytest.param(1.0, LOUD, "undecided", id="as-good-on-a-noisy-machine"),
        pytest.param(1.4, LOUD, "undecided", id="worse-on-a-noisy-machine"),
        pytest.param(1.2, QUIET, "undecided", id="at-the-limit"),
    ],
)
def test_against_the_champion(
    check: str, subject: str, slower: float, noise: float, expected: str
) -> None:
    result = judge(check, subject, three(slower, noise))
    assert (result.status, result.kind, result.unit) == (expected, "measured", "times")
    better = 1 / slower if check == "throughput" else slower
    assert result.value == pytest.approx(better, rel=3 * noise)
    if noise == LOUD:
        assert "the machine is noisy" in str(result.reason)


@pytest.mark.parametrize(
    ("check", "subject", "settings", "unit", "limit", "expected"),
    [
        ("latency", "p50", {"unit": "seconds"}, "second", {"at_most": 2e-3}, "passed"),
        ("latency", "p50", {"unit": "seconds"}, "second", {"at_most": 0.5e-3}, "failed"),
        (
            "throughput",
            "rows",
            {"unit": "rows_a_second"},
            "rows a second",
            {"at_least": 2e5},
            "passed",
        ),
        (
            "throughput",
            "rows",
            {"unit": "rows_a_second"},
            "rows a second",
            {"at_least": 3e5},
            "failed",
        ),
        ("cold_start", "seconds", {}, "second", {"at_most": 2e-3}, "passed"),
        ("memory_peak", "bytes", {}, "byte", {"at_most": 1e-4}, "failed"),
    ],
)
def test_without_a_champion_in_its_own_unit(
    check: str, subject: str, settings: Any, unit: str, limit: Any, expected: str
) -> None:
    found = three(1.0, QUIET)
    bench = ToyBench(Rounds(candidate=found.candidate, again=found.again, sittings=3))
    result = run_check(
        check, subject=subject, bench=bench, settings=settings, severity="blocker", **limit
    )
    assert (result.status, result.unit) == (expected, unit)


@pytest.mark.parametrize(("check", "subject"), CHECKS)
def test_a_ratio_needs_a_champion(check: str, subject: str) -> None:
    result = judge(check, subject, None, bench=ToyBench())
    assert result.status == "undecided"
    assert "no champion is there whose file could be opened" in str(result.reason)
    assert "or write `" in str(result.reason)


@pytest.mark.parametrize(("check", "subject"), CHECKS)
def test_without_a_file_it_is_skipped(check: str, subject: str) -> None:
    result = run_check(check, subject=subject, severity="blocker", at_most=2)
    assert result.status == "skipped"
    assert "no file of the model" in str(result.reason)


@pytest.mark.parametrize("figure", [0.0, -1.0, np.nan, np.inf])
@pytest.mark.parametrize("session", range(3))
def test_a_figure_that_is_none_decides_nothing(figure: float, session: int) -> None:
    parts = [np.full(9, 1.0) for _ in range(3)]
    parts[session][4] = figure
    result = judge("cold_start", "ratio", rounds_of(parts[0], parts[1], parts[2]))
    assert (result.status, result.value) == ("undecided", None)
    assert result.reason == "the figures are too small to be measured"


def test_a_model_too_slow_for_the_time_decides_nothing() -> None:
    result = judge("latency", "p50", None, bench=ToyBench(champion=artifact()))
    assert result.status == "undecided"
    assert "give it more with `seconds:`" in str(result.reason)


def test_what_was_measured_is_told() -> None:
    details = judge("latency", "p50", three(1.1, QUIET)).details
    assert details["rounds"] == 36
    assert (details["sittings"], details["calls_a_round"]) == (3, 1)
    assert details["candidate"] == pytest.approx(1.1 * details["champion"], rel=0.02)
    assert 0 < details["noise"] < 0.02


def test_what_is_asked_of_the_bench() -> None:
    bench = ToyBench(three(1.0, QUIET))
    judge("latency", "p50", None, bench=bench)
    judge("latency", "p95", None, bench=bench, settings={"rows": 8, "seconds": 1})
    judge("throughput", "rows", None, bench=bench)
    judge("cold_start", "ratio", None, bench=bench, settings={"rounds": 5})
    judge("memory_peak", "ratio", None, bench=bench)
    assert bench.asked == [(1, 1, 5.0), (8, 20, 1.0), (256, 1, 5.0), (5,), (256, 5)]


@pytest.mark.parametrize(
    ("check", "subject", "setting", "value"),
    [
        ("latency", "p50", "rows", 0),
        ("latency", "p50", "rows", 65_537),
        ("latency", "p50", "seconds", 0.01),
        ("throughput", "rows", "seconds", 601),
        ("cold_start", "ratio", "rounds", 4),
        ("memory_peak", "ratio", "rounds", 100),
        ("memory_peak", "ratio", "rows", -1),
    ],
)
def test_settings_that_measure_nothing_are_told_before_anything_runs(
    check: str, subject: str, setting: str, value: float
) -> None:
    with pytest.raises(MistakesError, match=f"'{setting}' takes a.* number from .* to ") as caught:
        judge(check, subject, None, settings={setting: value})
    (mistake,) = caught.value.mistakes
    assert mistake.code == "MG2109"
    assert mistake.where is not None
    assert mistake.where.line == 1


def sittings() -> NDArray[np.float64]:
    """(sittings, 3 sessions, 12 rounds) microseconds of one file, on a machine at work."""
    lines = np.loadtxt(RECORDED, delimiter=",")
    return lines.reshape(-1, 3, 12)


def of_itself(dice: np.random.Generator, recorded: NDArray[np.float64]) -> Rounds:
    """Three of the sittings, and in each any session in any part."""
    chosen = dice.choice(len(recorded), 3, replace=False)
    parts = [recorded[one][dice.permutation(3)] for one in chosen]
    mine, again, champion = np.concatenate(parts, axis=1)
    return rounds_of(mine, champion, again, sittings=3)


def judged_by_itself(limit: float, slower: float = 1.0) -> Sequence[str]:
    """What 100 runs on a machine at work make of a model against itself."""
    dice, recorded = np.random.default_rng(0), sittings()
    found = []
    for _ in range(100):
        rounds = of_itself(dice, recorded)
        assert rounds.again is not None
        slowed = Rounds(
            candidate=rounds.candidate * slower,
            again=rounds.again * slower,
            champion=rounds.champion,
            sittings=3,
        )
        outcome = told.timed(slowed, ratio.first, unit="second", versus=True)
        weighed = weigh(outcome, Limit(at_most=limit))
        assert weighed.p_worse is not None
        # As the suite's only blocker it fails at 1 %; beside others, later.
        failed = weighed.status != "passed" and weighed.p_worse <= 0.01
        found.append("failed" if failed else str(weighed.status))
    return found


def test_in_100_runs_on_a_machine_at_work_no_model_is_slower_than_itself() -> None:
    for limit in (1.0, 1.02, 1.1):
        assert "failed" not in judged_by_itself(limit)


def test_there_a_slower_model_does_not_pass_and_a_much_slower_one_is_blocked() -> None:
    assert judged_by_itself(1.1, slower=1.1).count("passed") <= 5
    assert judged_by_itself(1.1, slower=1.5).count("failed") >= 95
