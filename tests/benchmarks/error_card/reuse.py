"""Row 10: what many looks at one test set do to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from modelgate.aggregates import Batch, Flags
from tests.benchmarks.error_card.labels import TWO
from tests.benchmarks.error_card.panel import Panel, suite_of
from tests.benchmarks.error_card.pool import Counts, counted
from tests.benchmarks.error_card.rate import Rate

RIGHT = 0.9
APART = 0.05
"""Share of rows that a candidate answers otherwise than the model it was made from."""
BUDGET = 20
SUBMISSIONS = 50
GOAL = 0.05
UNIT = 1_000_000
"""Shares are summed as whole numbers."""


@dataclass(frozen=True, slots=True)
class Case:
    """Candidates that come one after the other.

    Attributes:
        rows: of the test set.
        margin: of the suite.
        drop: by how much each is truly worse than the champion that it was made from.
        reuse: "counted" or "strict".
        anchored: whether each is compared with the first champion too.
        afresh: whether each is made from the first champion, whoever stands there by then.
    """

    rows: int
    margin: float
    drop: float
    reuse: str = "counted"
    anchored: bool = False
    afresh: bool = False

    @property
    def panel(self) -> Panel:
        """The suite that asks."""
        text = (
            f"policy: {{reuse: {self.reuse}, budget: {BUDGET}}}\n"
            f"checks: [{{metric: accuracy, margin: {self.margin}}}]"
        )
        return Panel(suite_of(text), TWO, quick=True)


def rates(*, long: bool, runs: int, processes: int = 1) -> Iterator[Rate]:
    """Wrong promotions, steps down, and the luck of whoever is left."""
    runs = max(1, runs // (2 if long else 8))
    yield from _wrong(runs=runs, processes=processes)
    yield from _creep(runs=runs, processes=processes)
    yield from _luck(runs=runs, processes=processes)


def _wrong(*, runs: int, processes: int) -> Iterator[Rate]:
    cells = [
        (f"{reuse}, n={rows}: one of 20 that lack the margin", Case(rows, 0.02, 0.02, reuse))
        for reuse in ("strict", "counted")
        for rows in (500, 2_000)
    ]
    for name, case, found in counted(history, cells, runs=runs, processes=processes):
        goal = GOAL if case.reuse == "strict" else None
        yield Rate(cell=f"{name}: promoted", count=int(found[0]), runs=runs, goal=goal)


def _creep(*, runs: int, processes: int) -> Iterator[Rate]:
    cells = [
        (
            f"20 steps of 0.5 points down, margin 1, n={rows}, {'' if anchored else 'no '}anchor",
            Case(rows, 0.01, 0.005, anchored=anchored),
        )
        for anchored in (True, False)
        for rows in (2_000, 10_000)
    ]
    for name, case, found in counted(history, cells, runs=runs, processes=processes):
        goal = case.margin if case.anchored else None
        yield _mean(f"{name}: lost", found[1], found[2], runs, goal)
        yield Rate(cell=f"{name}: lost more than 1.5 points", count=int(found[3]), runs=runs)


def _luck(*, runs: int, processes: int) -> Iterator[Rate]:
    cells = [
        (
            f"{reuse}, n={rows}, margin {100 * margin:g}: 50 equal submissions",
            Case(rows, margin, 0.0, reuse, afresh=True),
        )
        for reuse in ("strict", "counted")
        for rows, margin in ((500, 0.03), (2_000, 0.02), (10_000, 0.02))
    ]
    for name, _, found in counted(history, cells, runs=runs, processes=processes):
        yield _mean(f"{name}: last champion's luck", found[4], found[5], runs, None)


def _mean(cell: str, total: int, squares: int, runs: int, goal: float | None) -> Rate:
    """A mean share, with the 99 % interval of its simulation."""
    mean = total / runs / UNIT
    spread = np.sqrt(max(0.0, squares / runs / UNIT - mean**2) / runs)
    around = (mean - 2.576 * spread, mean + 2.576 * spread)
    return Rate(cell=cell, exact=mean, around=around, goal=goal)


def history(case: Case, rng: Generator, runs: int) -> Counts:
    """Runs with a promotion; sums of what was lost, its squares; runs that lost much; of luck."""
    panel = case.panel
    found = np.zeros(6, dtype=np.int64)
    for _ in range(runs):
        first = rng.random(case.rows) < RIGHT
        champion, true, promoted = first, RIGHT, 0
        looks = SUBMISSIONS if case.afresh else BUDGET
        for look in range(1, looks + 1):
            parent, own = (first, RIGHT) if case.afresh else (champion, true)
            candidate = _made(parent, own, case.drop, rng)
            if look > BUDGET and case.reuse == "strict":
                break
            if _passes(panel, candidate, champion) and (
                not case.anchored or _passes(panel, candidate, first)
            ):
                promoted += 1
                champion, true = candidate, own - case.drop
                if case.drop == case.margin:
                    break  # one is wrong enough
        lost, luck = RIGHT - true, champion.mean() - true
        found += np.array(
            [
                promoted > 0,
                round(UNIT * lost),
                round(UNIT * lost**2),
                lost > 1.5 * case.margin,
                round(UNIT * luck),
                round(UNIT * luck**2),
            ]
        )
    return found


def _made(parent: Flags, right: float, drop: float, rng: Generator) -> Flags:
    """Which rows a candidate answers rightly that was made from another model."""
    chance = rng.random(len(parent))
    lost, won = (APART + drop) / 2 / right, (APART - drop) / 2 / (1 - right)
    return np.where(parent, chance >= lost, chance < won)


def _passes(panel: Panel, candidate: Flags, champion: Flags) -> bool:
    truth = np.ones(len(candidate), dtype=np.int64)
    batch = Batch(truth, candidate.astype(np.int64), champion_answer=champion.astype(np.int64))
    return panel.run(batch)[1].decision == "promote"
