"""The error card's own promises: laws that are what they say, and the real gate behind each rate.

Small and seeded; `python -m tests.benchmarks.error_rates` measures the rates themselves.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelgate.aggregates import Need
from modelgate.drift.columns import compared
from modelgate.metrics.table import METRICS, options_for
from modelgate.stats import paired
from tests.benchmarks import error_rates
from tests.benchmarks.error_card import (
    changes,
    continuity,
    coverage_of_pairs,
    false_block,
    labels_needed,
    power,
    ready_made,
    repeats,
    shifted,
    stability,
    tables,
    wrong_promotion,
)
from tests.benchmarks.error_card.columns import KINDS, Column
from tests.benchmarks.error_card.labels import THREE, TWO, Ranked, labels
from tests.benchmarks.error_card.numbers import Numbers
from tests.benchmarks.error_card.page import page
from tests.benchmarks.error_card.panel import Panel, suite_of
from tests.benchmarks.error_card.pool import counted
from tests.benchmarks.error_card.rate import Rate
from tests.benchmarks.error_card.rows import ROWS
from tests.benchmarks.error_card.scores import Scores

OF_TWO = labels(TWO, (0.7, 0.3), (0.92, 0.85), apart=0.10, drop=0.02)
OF_THREE = labels(THREE, (0.6, 0.3, 0.1), (0.92, 0.88, 0.80), apart=0.10, drop=0.02)
OF_LABELS = wrong_promotion.ALL_OF_LABELS
OF_SCORES = wrong_promotion.OF_SCORES
OF_NUMBERS = (*wrong_promotion.OF_NUMBERS, *wrong_promotion.FURTHER_OF_NUMBERS)
MANY = 100_000


@pytest.mark.parametrize(
    ("law", "metrics"),
    [
        pytest.param(OF_TWO, ("accuracy", *OF_LABELS), id="labels-of-two"),
        pytest.param(OF_THREE, ("accuracy", *OF_LABELS), id="labels-of-three"),
        pytest.param(Scores(seen_by_candidate=2.0), OF_SCORES, id="noisier-scores"),
        pytest.param(Scores(replaced=0.1), OF_SCORES, id="scores-replaced"),
        pytest.param(Numbers(wider=1.05), OF_NUMBERS, id="wider-errors"),
        pytest.param(Numbers(replaced=0.05, anew=2.0), OF_NUMBERS, id="errors-replaced"),
        pytest.param(Numbers(leans=0.3, leans_more=0.1), ("bias",), id="leaning-errors"),
        pytest.param(Ranked(), ("top_k_accuracy",), id="ranks"),
    ],
)
def test_a_law_has_the_values_that_it_says(law: Any, metrics: tuple[str, ...]) -> None:
    batch = law.draw(np.random.default_rng(3), MANY)
    for name in metrics:
        metric = METRICS[name]
        found = metric.need.make(law.facts)
        found.add(batch)
        measured = metric.measure(found, options_for(metric, law.facts, k=2))
        assert measured.at is not None
        interval = measured.at(0.9999)
        assert interval.low <= law.values(name)[0] <= interval.high, name
        assert metric.pair is not None
        difference = _difference(metric.pair, name, law, batch)
        assert difference.at is not None
        interval = difference.at(0.9999)
        one, two = law.values(name)
        assert interval.low <= one - two <= interval.high, name


def _difference(need: Need, name: str, law: Any, batch: Any) -> Any:
    found = need.make(law.facts)
    found.add(batch)
    metric = METRICS[name]
    assert metric.compare is not None
    return metric.compare(found, options_for(metric, law.facts, k=2))


def test_every_metric_that_can_be_compared_is_on_the_card() -> None:
    cases = [*wrong_promotion._cases(), *wrong_promotion._further_cases()]
    asked = {metric.split(",")[0] for case in cases for metric in case.metrics} | {"accuracy"}
    assert asked == {name for name, metric in METRICS.items() if metric.compare is not None}


def test_a_candidate_of_row_2_lacks_just_the_margin() -> None:
    case = wrong_promotion.Case("errors", Numbers(wider=1.02), 30, ("rmse",), relative=True)
    assert float(case.margin("rmse").rstrip("%")) == pytest.approx(2)
    one, two = OF_TWO.values("recall")
    margin = wrong_promotion.Case("labels", OF_TWO, 30, ("recall",)).margin("recall")
    assert float(margin) == two - one > 0


@pytest.mark.parametrize("metric", ["accuracy", "f1", "auroc", "log_loss"])
def test_a_quick_panel_promotes_as_the_whole_one_does(metric: str) -> None:
    suite = suite_of(f"checks: [{{metric: {metric}, margin: 0.03}}]")
    law, rng = Scores(), np.random.default_rng(1)
    seen = set()
    for rows in (120, 180, 250, 400) * 3:
        batch = law.draw(rng, rows)
        whole, quick = (Panel(suite, TWO, quick=quick).run(batch)[1] for quick in (False, True))
        assert (whole.decision == "promote") == (quick.decision == "promote")
        seen.add(whole.decision)
    assert len(seen) > 1, "all of them were decided alike: nothing was compared"


def test_what_was_judged_of_the_same_counts_is_not_judged_otherwise() -> None:
    suite = suite_of("checks:\n  - metric: accuracy\n  - metric: accuracy\n    by: [part]")
    batch = OF_TWO.draw(np.random.default_rng(2), 400)
    groups = {"part": np.arange(400) % 4}
    panel = Panel(suite, TWO)
    first, again = (panel.run(batch, groups)[0] for _ in range(2))
    fresh = Panel(suite, TWO).run(batch, groups)[0]
    assert first == again == fresh
    assert len(first) == 5
    assert {result.severity for result in first} == {"blocker", "major"}


def test_a_suite_of_row_1_asks_forty_questions_and_blocks_no_equal_model_here() -> None:
    every = [*false_block._cells(), *false_block._further_cells()]
    assert {case.questions for _, case in every} == {40}
    name, case = every[0]
    batch = case.law.draw(np.random.default_rng(0), case.rows)
    groups = false_block._groups(batch, case, np.random.default_rng(0))
    asked = false_block._panel(case, "auto").asked(batch, groups)
    assert len(asked) == 40
    sizes = {outcome.n for question, outcome in asked if question.part is not None}
    assert sizes == {62, 63}, "slices of one size"
    blocks = false_block.count(case, np.random.default_rng(7), 5)[::2]
    assert blocks.tolist() == [0, 0], name


def test_a_model_that_is_worse_everywhere_is_blocked_by_the_suite_of_row_1() -> None:
    _, case = next(iter(false_block._cells()))
    law, rng = Scores(seen_by_candidate=1.4), np.random.default_rng(0)
    batch = law.draw(rng, 2_000)
    groups = false_block._groups(batch, case, rng)
    _, verdict = false_block._panel(case, "0.1%").run(batch, groups)
    assert verdict.decision == "block"


def test_chances_over_tables_are_sums_over_all_tables() -> None:
    from scipy import stats

    found = tables.Tables(30, 0.05)
    apart, drop = 0.10, 0.05
    law = [(apart - drop) / 2, (apart + drop) / 2, 1 - apart]
    promoted = blocked = 0.0
    for losses in range(31):
        for gains in range(31 - losses):
            chance = float(stats.multinomial.pmf([gains, losses, 30 - gains - losses], 30, law))
            if chance > 1e-9:
                promoted += chance * found.promoted(gains, losses)
                blocked += chance * found.blocked(gains, losses)
    assert 0 < promoted < 1
    assert found.chance_of_promotion(apart, drop) == pytest.approx(promoted, abs=1e-6)
    assert found.chance_of_block(apart, drop) == pytest.approx(blocked, abs=1e-6)


@pytest.mark.parametrize(
    ("rows", "shows"),
    [
        pytest.param(100, True, id="shown-of-few"),
        pytest.param(100, False, id="ruled-out-of-few"),
        pytest.param(1_000, False, id="ruled-out-of-many"),
    ],
)
def test_no_test_is_better_than_the_best(rows: int, shows: bool) -> None:
    case = power.Case(rows, 0.05, shows)
    ours, best = power.count(case, np.random.default_rng(0), 1).tolist()
    assert 0 < ours <= best <= tables.UNIT


def test_the_best_test_of_a_coin_is_the_binomial_one() -> None:
    """Where all rows differ, a drop shows as a coin that is not fair."""
    nulls = np.array([[0.25, 0.5, 0.25]])
    alternative = np.array([0.64, 0.32, 0.04])
    assert power._best_against(nulls[0], alternative, 0.25) == pytest.approx(0.64)
    assert power._best_against(nulls[0], alternative, 0.5) == pytest.approx(0.64 + 0.16)


def test_where_methods_change_is_put_back() -> None:
    kept = paired.FEW, paired.MANY
    with continuity._switched(1, 2):
        assert (paired.FEW, paired.MANY) == (1, 2)
    assert kept == (paired.FEW, paired.MANY)


def test_only_what_goes_beyond_each_method_alone_counts_as_a_jump() -> None:
    rule, one, two = np.array([0.05, 0.01]), np.array([0.02, 0.0]), np.array([0.04, 0.03])
    assert continuity._excess(rule, one, two) == pytest.approx(0.01)


def test_no_row_more_moves_a_comparison_by_a_change_of_method() -> None:
    found = continuity.moved(continuity.Case("promoted", 150, 0.05), np.random.default_rng(0), 1)
    assert float(found) / tables.UNIT <= continuity.GOAL


def test_few_labels_give_the_verdict_of_all() -> None:
    name, case, counts = next(
        counted(labels_needed.count, [("small", labels_needed.Case(OF_THREE, 400))], runs=8)
    )
    other, labelled = counts.tolist()
    assert other == 0, name
    assert 0 < labelled < 8 * case.rows / 5


def test_misses_of_differences_are_counted_a_side() -> None:
    case = coverage_of_pairs.Case("equal", Numbers(), 100, ("mae", "rmse"))
    found = coverage_of_pairs.count(case, np.random.default_rng(1), 40)
    assert found.shape == (2, 2)
    assert (found <= 8).all()


def test_flips_as_frequent_as_the_limit_err_as_seldom_as_is_said() -> None:
    for limit in changes.LIMITS:
        passed, failed = changes.at_limit(100, limit)
        assert passed <= changes.PASSED
        assert 0 < failed <= changes.FAILED


@pytest.mark.parametrize("wrong", [0.3, None])
def test_intervals_of_robustness_hold_the_truth(wrong: float | None) -> None:
    found = changes.count(changes.Case(100, wrong, 0.02), np.random.default_rng(1), 40)
    assert found.shape == (2, 2)
    assert (found <= 8).all()


def test_the_same_question_gets_the_same_answer() -> None:
    rates = list(repeats.rates(long=False, runs=1))
    assert [rate.count for rate in rates] == [0, 0]
    assert all(rate.runs > 1 for rate in rates)


@pytest.mark.shared
def test_a_model_trained_again_on_real_data_is_promoted(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELGATE_SHARED", str(shared_data))
    monkeypatch.setattr(ready_made, "MODELS", 2)
    ready_made._models.cache_clear()
    case = ready_made.Case("penguins", "seed")
    found = ready_made.count(case, np.random.default_rng(0), 2)
    ready_made._models.cache_clear()
    assert found.tolist() == [2, 0, 0]


PROCESSES = """
from tests.benchmarks.error_card import wrong_promotion
from tests.benchmarks.error_card.pool import counted
from tests.benchmarks.error_card.scores import Scores

if __name__ == "__main__":
    case = wrong_promotion.Case("noisier", Scores(seen_by_candidate=1.8), 60, ("auroc", "brier"))
    for processes in (1, 2):
        found = counted(wrong_promotion.count, [("cell", case)], runs=260, processes=processes)
        print(next(found)[2])
"""


def test_processes_change_no_number() -> None:
    # In a process of its own: what keeps account of shared memory outlives a pool.
    done = subprocess.run(
        [sys.executable, "-c", PROCESSES], capture_output=True, text=True, check=True
    )
    one, two = done.stdout.splitlines()
    assert one == two


@pytest.mark.parametrize(
    ("rate", "standing"),
    [
        pytest.param(Rate(cell="x", count=4, runs=100, goal=0.05), "met", id="below"),
        pytest.param(Rate(cell="x", count=7, runs=100, goal=0.05), "unclear", id="by-chance"),
        pytest.param(Rate(cell="x", count=20, runs=100, goal=0.05), "MISSED", id="shown-above"),
        pytest.param(Rate(cell="x", count=20, runs=100), "told", id="no-goal"),
        pytest.param(Rate(cell="x", exact=0.0501, goal=0.05), "MISSED", id="computed"),
        pytest.param(Rate(cell="x", exact=0.96, goal=0.95, at_least=True), "met", id="at-least"),
        pytest.param(
            Rate(cell="x", count=50, runs=100, goal=0.8, at_least=True), "MISSED", id="too-seldom"
        ),
        pytest.param(
            Rate(cell="x", count=78, runs=100, goal=0.8, at_least=True), "unclear", id="nearly"
        ),
        pytest.param(Rate(cell="x", count=1, runs=100, goal=0.0), "MISSED", id="never-means-never"),
    ],
)
def test_a_rate_beside_its_goal(rate: Rate, standing: str) -> None:
    assert rate.standing == standing
    assert standing in rate.line


def test_the_page_tells_rows_goals_and_what_was_not_measured() -> None:
    found = {
        1: [Rate(cell="a suite", count=2, runs=2_000, goal=0.01)],
        2: [Rate(cell="a metric", count=400, runs=2_000, goal=0.05)],
    }
    text = page(found)
    assert text == page(found)
    assert "| 1 | A good candidate is blocked in at most 1 % of runs | 1 | 1 | 0 | 0 |" in text
    told = found[2][0].between
    assert f"| a metric | 2,000 | 20.00% | {told} | ≤ 5.0% | MISSED |" in text
    assert all(row.meaning in text for row in ROWS if row.number in found)
    for row in ROWS:
        assert row.number in found or f"{row.number} ({row.title})" in text
    assert "Rows that belong together" in text


def test_the_command_measures_the_rows_asked_for_and_writes_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "card.md"
    told = ["error_rates", "--rows", "9", "--runs", "3", "--processes", "1"]
    told += ["--kept", str(tmp_path / "kept"), "--write"]
    monkeypatch.setattr(sys, "argv", [*told, str(written)])
    assert error_rates.main() == 0
    said = capsys.readouterr().out
    assert "none missed" in said
    assert "another verdict" in said
    text = written.read_text("utf-8")
    assert "## 9. Where both models answer alike no label is needed" in text
    monkeypatch.setattr(sys, "argv", ["error_rates", "--rows", "0", *told[-3:], str(written)])
    assert error_rates.main() == 0
    assert written.read_text("utf-8") == text, "what was kept is told again"


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_shifts_by_as_much_as_it_says(kind: Any) -> None:
    rng = np.random.default_rng(6)
    law = Column(kind, gaps=True)
    for apart in (0.0, 0.1):
        one, two = law.draw(rng, MANY, "x"), law.draw(rng, MANY, "x", apart)
        assert 0.04 < one.missing / one.rows < 0.06
        values, _ = compared({"x": one}, {"x": two}).shifts
        interval = values.shift.at(0.9999)
        assert interval.low <= apart <= interval.high


def test_what_the_battery_finds_is_found() -> None:
    case = shifted.Case(300, 300, 5, "normal")
    ours, theirs, only_ours, only = shifted.finds(case, np.random.default_rng(1), 20).tolist()
    assert 0 < theirs <= ours
    assert (only_ours, only) == (ours - theirs, 0)


def test_no_shift_raises_few_alarms() -> None:
    rng = np.random.default_rng(2)
    assert shifted.alarms(shifted.Case(50, 300, 5), rng, 40).max() <= 6
    edges: tuple[stability.Edges, ...] = ("given", "uneven", "quantiles")
    for kind in edges:
        assert stability.alarms(stability.Case(100, 200, 10, kind), rng, 40)[0] <= 7
