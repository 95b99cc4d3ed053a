"""Row 1: how often a suite blocks a candidate that is as good as the champion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
from numpy.random import Generator

from modelgate.aggregates import Batch, Facts
from tests.benchmarks.error_card.numbers import Numbers
from tests.benchmarks.error_card.panel import Groups, Panel, suite_of
from tests.benchmarks.error_card.pool import Counts, counted, fewer
from tests.benchmarks.error_card.rate import Rate
from tests.benchmarks.error_card.scores import Scores

GOAL = 0.01
ROWS = (500, 2_000, 10_000)
VALUES = 8
"""Slices a column; all of one size, so that none falls below 30 rows by chance."""
COLUMNS = ("by_score", "by_answer", "by_chance", "by_day")
TOLERANCES = ("auto", "0.1%")
OF_CLASSES = (
    "accuracy",
    "recall, of: yes",
    "recall, of: no",
    "precision",
    "f1",
    "auroc",
    "log_loss",
    "brier",
)
ALIKE = Scores(together=0.95, evenly=True)
"""As many rows of each class in each run: then the same small tables come up again, and what was
judged of them is known."""
OF_NUMBERS = ("mae", "rmse", "mape", "smape")


class Law(Protocol):
    """Two models whose answers have the same law."""

    @property
    def facts(self) -> Facts: ...

    def draw(self, rng: Generator, rows: int) -> Batch: ...


@dataclass(frozen=True, slots=True)
class Case:
    """A suite and a law.

    Attributes:
        law: of the answers.
        rows: in the test set.
        metrics: asked of all rows, as blockers.
        sliced: asked of each value of each column, as majors.
        columns: a subset of `COLUMNS`.
        values: slices a column.
    """

    law: Law
    rows: int
    metrics: tuple[str, ...] = OF_CLASSES
    sliced: str = "accuracy"
    columns: tuple[str, ...] = COLUMNS
    values: int = VALUES

    @property
    def questions(self) -> int:
        """How many comparisons the suite has."""
        return len(self.metrics) + len(self.columns) * self.values


def rates(*, long: bool, runs: int, processes: int = 1) -> Iterator[Rate]:
    """Wrong blocks, with automatic tolerances and with tiny ones, under which nothing passes."""
    yield from _drawn(_cells(), runs=runs, processes=processes)
    if long:
        yield from _drawn(_further_cells(), runs=fewer(runs), processes=processes)


def _drawn(cells: Iterator[tuple[str, Case]], *, runs: int, processes: int) -> Iterator[Rate]:
    for name, case, counts in counted(count, list(cells), runs=runs, processes=processes):
        for tolerance, blocks, promotions in zip(
            TOLERANCES, counts[::2].tolist(), counts[1::2].tolist(), strict=True
        ):
            cell = f"{name}, {case.questions} questions, margin {tolerance}"
            yield Rate(cell=f"{cell}: blocked", count=blocks, runs=runs, goal=GOAL)
            if tolerance == "auto":
                yield Rate(cell=f"{cell}: promoted", count=promotions, runs=runs)


def _cells() -> Iterator[tuple[str, Case]]:
    for rows in ROWS:
        yield f"classes n={rows}", Case(ALIKE, rows)


def _further_cells() -> Iterator[tuple[str, Case]]:
    for rows in ROWS:
        yield f"numbers n={rows}", Case(Numbers(), rows, OF_NUMBERS, "mae", values=9)
        rare = Scores(share=0.05, seen=2.6, seen_by_candidate=2.6)
        yield f"classes, 5 % positives n={rows}", Case(rare, rows)
        far = Scores(together=0.7)
        yield f"classes, far apart n={rows}", Case(far, rows)
    for rows in ROWS[1:]:
        apart = Case(ALIKE, rows, ("accuracy",), columns=("by_chance",), values=39)
        yield f"39 slices that share no row n={rows}", apart
        yield f"f1 of slices n={rows}", Case(ALIKE, rows, ("f1",), "f1", COLUMNS[:3], 13)


def count(case: Case, rng: Generator, runs: int) -> Counts:
    """For each tolerance, wrong blocks and right promotions."""
    panels = [_panel(case, tolerance) for tolerance in TOLERANCES]
    found = np.zeros((len(TOLERANCES), 2), dtype=np.int64)
    for _ in range(runs):
        batch = case.law.draw(rng, case.rows)
        asked = panels[0].asked(batch, _groups(batch, case, rng))
        for place, panel in enumerate(panels):
            _, verdict = panel.decided(asked)
            found[place] += verdict.decision == "block", verdict.decision == "promote"
    return found.ravel()


@cache
def _panel(case: Case, tolerance: str) -> Panel:
    told = f"margin: {tolerance}}}"
    lines = ["checks:", *(f"  - {{metric: {metric}, {told}" for metric in case.metrics)]
    lines += [f"  - {{metric: {case.sliced}, by: [{column}], {told}" for column in case.columns]
    return Panel(suite_of("\n".join(lines)), case.law.facts)


def _groups(batch: Batch, case: Case, rng: Generator) -> Groups:
    """Slices as in life: hard and easy rows, and any; all of one size."""
    chance = rng.random(len(batch))
    hard = batch.truth if batch.champion_scores is None else batch.champion_scores[:, 1]
    orders = {
        "by_score": hard + 2 * chance,
        "by_answer": batch.truth + chance,
        "by_chance": chance,
        "by_day": rng.random(len(batch)),
    }
    places = np.arange(len(batch)) * case.values // len(batch)
    found = {}
    for column in case.columns:
        codes = np.empty(len(batch), dtype=np.int64)
        codes[np.argsort(orders[column])] = places
        found[column] = codes
    return found
