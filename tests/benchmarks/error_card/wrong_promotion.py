"""Row 2: how often a candidate is promoted that is worse by just the margin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.random import Generator

from modelgate.aggregates import Batch, Facts
from modelgate.metrics.table import METRICS
from tests.benchmarks.error_card.labels import THREE, TWO, Ranked, labels
from tests.benchmarks.error_card.numbers import Numbers
from tests.benchmarks.error_card.panel import Panel, suite_of
from tests.benchmarks.error_card.pool import Counts, counted, fewer
from tests.benchmarks.error_card.rate import Rate
from tests.benchmarks.error_card.scores import Scores
from tests.benchmarks.error_card.tables import UNIT, Tables

GOAL = 0.05
MARGINS = (0.005, 0.01, 0.02, 0.03)
APART = (0.10, 0.05, 0.03)
OF_TWO = ((0.7, 0.3), (0.92, 0.85))
OF_THREE = ((0.6, 0.3, 0.1), (0.92, 0.88, 0.80))
"""Shares of the classes, and the champion's recall of each."""
ROWS = (30, 50, 100, 300, 1_000, 10_000)
OF_LABELS = ("f1",)
ALL_OF_LABELS = ("recall", "precision", "f1", "balanced_accuracy", "mcc")
OF_SCORES = ("auroc", "auprc", "log_loss", "brier")
OF_NUMBERS = ("mae", "rmse", "mape", "smape")
FURTHER_OF_NUMBERS = ("r2", "median_absolute_error", "quantile_error")


class Law(Protocol):
    """A champion, and a candidate that is worse."""

    @property
    def facts(self) -> Facts: ...

    def draw(self, rng: Generator, rows: int) -> Batch: ...

    def values(self, metric: str) -> tuple[float, float]:
        """The candidate's and the champion's value in the population."""
        ...


@dataclass(frozen=True)
class Case:
    """Metrics of one law, each held to a margin that is just what the candidate lacks.

    Attributes:
        name: of the law.
        law: of the answers.
        rows: in the test set.
        metrics: each a suite of its own.
        relative: the margin is written as a share of the champion's value.
    """

    name: str
    law: Law
    rows: int
    metrics: tuple[str, ...]
    relative: bool = False

    def margin(self, metric: str) -> str:
        """As a suite writes it."""
        one, two = self.law.values(metric)
        better = METRICS[metric.split(",", maxsplit=1)[0]].better
        lack = float(two - one if better == "higher" else one - two)
        assert lack > 0, f"by {metric} the candidate is no worse"
        return f"{float(100 * lack / two)!r}%" if self.relative else repr(lack)


def rates(*, long: bool, runs: int, processes: int = 1) -> Iterator[Rate]:
    """Wrong promotions; of accuracy they are computed."""
    yield from _of_accuracy(long=long, processes=processes)
    yield from _drawn(_cases(), runs=runs, processes=processes)
    if long:
        yield from _drawn(_further_cases(), runs=fewer(runs), processes=processes)


def _drawn(cases: Iterator[Case], *, runs: int, processes: int) -> Iterator[Rate]:
    cells = [(f"{case.name} n={case.rows}", case) for case in cases]
    for _, case, counts in counted(count, cells, runs=runs, processes=processes):
        for metric, promoted in zip(case.metrics, counts.tolist(), strict=True):
            name = f"{metric}, {case.name}, n={case.rows}"
            yield Rate(cell=name, count=promoted, runs=runs, goal=GOAL)


def _of_accuracy(*, long: bool, processes: int) -> Iterator[Rate]:
    cells = [
        (f"{margin} {apart} {rows}", (margin, apart, rows))
        for margin in (MARGINS if long else MARGINS[1:3])
        for apart in ((1.5 * margin, 0.05, 0.10) if long else (1.5 * margin, 0.10))
        for rows in ROWS
        if apart >= 1.5 * margin
    ]
    for _, (margin, apart, rows), found in counted(chance, cells, runs=1, processes=processes):
        name = f"accuracy, margin {100 * margin:g} points, agree on {1 - apart:.2%}, n={rows}"
        yield Rate(cell=name, exact=float(found) / UNIT, goal=GOAL)


def chance(case: tuple[float, float, int], _rng: Generator, _runs: int) -> Counts:
    """Of a promotion by accuracy: (margin, share of rows that differ, rows)."""
    margin, apart, rows = case
    found = Tables(rows, margin).chance_of_promotion(apart, margin)
    return np.array(round(found * UNIT))


def _cases() -> Iterator[Case]:
    for place, rows in enumerate(ROWS):
        apart = APART[place % len(APART)]
        law = labels(TWO, *OF_TWO, apart=apart, drop=0.02)
        yield Case(f"answers agree on {1 - apart:.0%}", law, rows, OF_LABELS)
        few = Scores(replaced=0.03)
        noisier = Scores(seen_by_candidate=2.0)
        if rows <= 1_000:
            yield Case("other scores for 3 % of rows", few, rows, OF_SCORES)
        yield Case("noisier scores", noisier, rows, OF_SCORES)
        anew = Numbers(replaced=0.05, anew=2.0)
        wider = Numbers(wider=1.02)
        yield Case("other errors in 5 % of rows", anew, rows, OF_NUMBERS)
        yield Case("errors 2 % wider", wider, rows, OF_NUMBERS)
        further = Numbers(wider=1.05)
        yield Case("errors 5 % wider", further, rows, FURTHER_OF_NUMBERS)
        leaning = Numbers(leans=0.3, leans_more=0.1)
        yield Case("errors that lean further", leaning, rows, ("bias",))
        yield Case("best two of three agree on 95 %", Ranked(), rows, ("top_k_accuracy, k: 2",))


def _further_cases() -> Iterator[Case]:
    for rows in ROWS:
        for apart in APART:
            law = labels(TWO, *OF_TWO, apart=apart, drop=0.02)
            yield Case(f"answers of two agree on {1 - apart:.0%}", law, rows, ALL_OF_LABELS)
        for apart in APART[::2]:
            law = labels(THREE, *OF_THREE, apart=apart, drop=0.02)
            name = f"answers of three agree on {1 - apart:.0%}"
            yield Case(name, law, rows, ("precision", "f1", "balanced_accuracy", "mcc"))
        rare = labels(TWO, (0.95, 0.05), (0.97, 0.80), apart=0.05, drop=0.02)
        yield Case("5 % positives agree on 95 %", rare, rows, ALL_OF_LABELS)
        yield from _further_scores(rows)
        yield from _further_numbers(rows)


def _further_scores(rows: int) -> Iterator[Case]:
    scarce = Scores(share=0.05, seen=2.6, seen_by_candidate=2.4)
    yield Case("noisier scores, 5 % positives", scarce, rows, OF_SCORES)
    loose = Scores(seen_by_candidate=2.0, together=0.7)
    yield Case("noisier scores, far apart", loose, rows, OF_SCORES)
    close = Scores(seen_by_candidate=2.0, together=0.999)
    yield Case("noisier scores, close", close, rows, OF_SCORES)
    for share in (0.01, 0.03, 0.10) if rows > 1_000 else (0.01, 0.10):
        name = f"other scores for {share:.0%} of rows"
        yield Case(name, Scores(replaced=share), rows, OF_SCORES)


def _further_numbers(rows: int) -> Iterator[Case]:
    wider = Numbers(wider=1.02)
    yield Case("errors 2 % wider, margin in percent", wider, rows, OF_NUMBERS, relative=True)
    yield Case("errors 2 % wider, far apart", Numbers(wider=1.02, together=0.7), rows, OF_NUMBERS)
    few = (*OF_NUMBERS, "r2")
    yield Case("wild errors in 2 % of rows", Numbers(replaced=0.02, anew=3.0), rows, few)


def count(case: Case, rng: Generator, runs: int) -> Counts:
    """Promotions by each metric."""
    panels = _panels(case)
    found = np.zeros(len(panels), dtype=np.int64)
    for _ in range(runs):
        batch = case.law.draw(rng, case.rows)
        for place, panel in enumerate(panels):
            _, verdict = panel.run(batch)
            found[place] += verdict.decision == "promote"
    return found


_KEPT: dict[str, list[Panel]] = {}


def _panels(case: Case) -> list[Panel]:
    name = f"{case.name} {case.rows} {case.metrics}"
    if name not in _KEPT:
        _KEPT[name] = [_panel(case, metric) for metric in case.metrics]
    return _KEPT[name]


def _panel(case: Case, metric: str) -> Panel:
    text = f"checks: [{{metric: {metric}, margin: {case.margin(metric)}}}]"
    return Panel(suite_of(text), case.law.facts, quick=True)
