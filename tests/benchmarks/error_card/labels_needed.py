"""Row 9: whether labels where the two models differ are enough for the same verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from tests.benchmarks.error_card.labels import THREE, TWO, Labels, labels
from tests.benchmarks.error_card.panel import Panel, suite_of
from tests.benchmarks.error_card.pool import Counts, counted, fewer
from tests.benchmarks.error_card.rate import Rate

MOST = 0.10
SUITE = "checks: [{metric: accuracy, margin: 0.02}]"


@dataclass(frozen=True)
class Case:
    """A law and a size."""

    law: Labels
    rows: int


def rates(*, long: bool, runs: int, processes: int = 1) -> Iterator[Rate]:
    """Labels that are needed, of those of a design that labels all rows; and other verdicts."""
    runs = fewer(runs)
    cells = [
        (f"{kinds} classes, {apart:.0%} differ, drop {drop:.0%}, n={rows}", Case(law, rows))
        for kinds, facts, shares, right in (
            (2, TWO, (0.7, 0.3), (0.92, 0.85)),
            (3, THREE, (0.6, 0.3, 0.1), (0.92, 0.88, 0.80)),
        )
        for apart, drop in ((0.05, 0.0), (0.05, 0.02), (0.03, 0.03))
        for rows in ((500, 2_000, 10_000) if long else (2_000,))
        for law in (labels(facts, shares, right, apart=apart, drop=drop),)
    ]
    for name, case, counts in counted(count, cells, runs=runs, processes=processes):
        other, labelled = counts.tolist()
        yield Rate(cell=f"{name}: another verdict", count=other, runs=runs, goal=0.0)
        share = labelled / (runs * case.rows)
        yield Rate(cell=f"{name}: labels needed", exact=share, goal=MOST)


def count(case: Case, rng: Generator, runs: int) -> Counts:
    """Verdicts that differ, and labels that were needed."""
    panel = Panel(suite_of(SUITE), case.law.facts)
    found = np.zeros(2, dtype=np.int64)
    for _ in range(runs):
        batch = case.law.draw(rng, case.rows)
        labelled = batch.answer != batch.champion_answer
        few = replace(batch, truth=np.where(labelled, batch.truth, -1), labelled=labelled)
        verdicts = [panel.run(each)[1].decision for each in (batch, few)]
        found += verdicts[0] != verdicts[1], int(labelled.sum())
    return found
