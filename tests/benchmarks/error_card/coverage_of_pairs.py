"""Row 8: how often an interval of a difference of two models misses the truth, a side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.random import Generator

from tests.benchmarks.error_card.labels import TWO, labels
from tests.benchmarks.error_card.numbers import Numbers
from tests.benchmarks.error_card.panel import Panel, suite_of
from tests.benchmarks.error_card.pool import Counts, counted, fewer
from tests.benchmarks.error_card.rate import Rate
from tests.benchmarks.error_card.scores import Scores

GOAL = 0.06
ROWS = (100, 300, 1_000)
OF_LABELS = ("accuracy", "recall", "precision", "f1", "balanced_accuracy", "mcc")
OF_SCORES = ("auroc", "auprc", "log_loss", "brier")
OF_NUMBERS = ("mae", "rmse", "mape", "smape")


@dataclass(frozen=True)
class Case:
    """A law, a size, and the metrics whose differences are judged."""

    name: str
    law: Any
    rows: int
    metrics: tuple[str, ...]


def rates(*, long: bool, runs: int, processes: int = 1) -> Iterator[Rate]:
    """Misses of each side; where no interval can be taken, none is missed."""
    runs = fewer(runs)
    cells = [(f"pairs: {case.name} n={case.rows}", case) for case in _cases(long=long)]
    for _, case, counts in counted(count, cells, runs=runs, processes=processes):
        for metric, (above, below) in zip(case.metrics, counts.tolist(), strict=True):
            name = f"difference of {metric}, {case.name}, n={case.rows}"
            yield Rate(cell=f"{name}: too high", count=above, runs=runs, goal=GOAL)
            yield Rate(cell=f"{name}: too low", count=below, runs=runs, goal=GOAL)


def _cases(*, long: bool) -> Iterator[Case]:
    for rows in ROWS if long else ROWS[1:2]:
        for apart, drop in ((0.10, 0.0), (0.05, 0.02)):
            law = labels(TWO, (0.7, 0.3), (0.92, 0.85), apart=apart, drop=drop)
            name = f"agree on {1 - apart:.0%}, drop {drop:.0%}"
            yield Case(name, law, rows, OF_LABELS)
        yield Case("equal scores", Scores(), rows, OF_SCORES)
        yield Case("noisier scores", Scores(seen_by_candidate=2.0), rows, OF_SCORES)
        yield Case("other scores for 10 % of rows", Scores(replaced=0.1), rows, OF_SCORES)
        yield Case("equal errors", Numbers(), rows, OF_NUMBERS)
        yield Case("errors 5 % wider", Numbers(wider=1.05), rows, OF_NUMBERS)
        yield Case("errors 5 % wider, far apart", Numbers(1.05, 0.7), rows, OF_NUMBERS)


def count(case: Case, rng: Generator, runs: int) -> Counts:
    """(metrics, 2) intervals above the truth, and below it."""
    panel = _panel(case.metrics, case.law.facts)
    truths = [one - two for one, two in map(case.law.values, case.metrics)]
    found = np.zeros((len(truths), 2), dtype=np.int64)
    for _ in range(runs):
        asked = panel.asked(case.law.draw(rng, case.rows))
        for place, ((_, outcome), truth) in enumerate(zip(asked, truths, strict=True)):
            interval = outcome.difference and outcome.difference.interval
            if interval:
                found[place] += interval.low > truth, interval.high < truth
    return found


@cache
def _panel(metrics: tuple[str, ...], facts: Any) -> Panel:
    steps = "\n".join(f"  - metric: {metric}" for metric in metrics)
    return Panel(suite_of(f"checks:\n{steps}"), facts, quick=True)
