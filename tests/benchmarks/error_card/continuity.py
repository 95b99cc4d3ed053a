"""Row 7: whether a row more, where methods change, moves a verdict by more than it may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.random import Generator

from modelgate.aggregates import Batch, Floats
from modelgate.aggregates.confusion import Confusion
from modelgate.outcome import Status
from modelgate.question import Question, judged
from modelgate.stats import paired, shares
from tests.benchmarks.error_card.labels import TWO
from tests.benchmarks.error_card.panel import library, suite_of
from tests.benchmarks.error_card.pool import Counts, counted
from tests.benchmarks.error_card.rate import Rate
from tests.benchmarks.error_card.tables import UNIT, Tables

GOAL = 0.02
ENDLESS = 10**9
PAIRED = ((60, 0.05), (150, 0.05), (400, 0.05), (800, 0.05), (1_400, 0.05), (2_000, 0.05))
STEPS = 10
LIMITS = (0.80, 0.90, 0.95)
MOST_ROWS = 1_200
"""Of a share held to a limit; 20 misses are most likely at 100 to 400 rows."""


@dataclass(frozen=True, slots=True)
class Case:
    """A walk from some rows on, row by row.

    Attributes:
        kind: promotion or block of a comparison.
        first: rows at its start.
        apart: share of rows that differ.
    """

    kind: str
    first: int
    apart: float


def rates(*, long: bool, runs: int, processes: int = 1) -> Iterator[Rate]:
    """How much further a verdict's chance moves, from n to n + 1, than under either method alone.

    What a single method moves it by is the discreteness of counts; all is computed.
    """
    del runs
    cells = [
        (f"{kind} {first}", Case(kind, first, apart))
        for kind in ("promoted", "blocked")
        for first, apart in (PAIRED if long else PAIRED[1::3])
    ]
    for _, case, found in counted(moved, cells, runs=1, processes=processes):
        last = case.first + STEPS
        name = f"accuracy v champion, {case.kind}, n={case.first} to {last}"
        yield Rate(cell=f"{name}, {case.apart:.0%} differ", exact=float(found) / UNIT, goal=GOAL)
    for limit in LIMITS:
        name = f"accuracy at_least {limit:.0%}, n=30 to {MOST_ROWS}"
        yield Rate(cell=name, exact=_of_limit(limit), goal=GOAL)


def moved(case: Case, _rng: Generator, _runs: int) -> Counts:
    """The largest excess."""

    def chance(rows: int) -> float:
        if case.kind == "promoted":
            return Tables(rows, 0.02).chance_of_promotion(case.apart, 0.0)
        return Tables(rows, 0.001).chance_of_block(case.apart, 0.02)

    places = range(case.first, case.first + STEPS + 1)
    walks = []
    for few, many in ((paired.FEW, paired.MANY), (ENDLESS, 2 * ENDLESS), (-2, -1)):
        with _switched(few, many):
            walks.append(np.abs(np.diff([chance(rows) for rows in places])))
    return np.array(round(_excess(*walks) * UNIT))


def _excess(rule: Floats, *alone: Floats) -> float:
    return float(np.maximum(rule - np.max(alone, axis=0), 0.0).max())


@contextmanager
def _switched(few: int, many: int) -> Iterator[None]:
    """Comparisons whose method changes elsewhere."""
    kept = paired.FEW, paired.MANY
    paired.FEW, paired.MANY = few, many
    try:
        yield
    finally:
        paired.FEW, paired.MANY = kept


def _of_limit(limit: float) -> float:
    """The same of a share of right answers and models around the limit."""
    from scipy import stats

    kept = shares.FEW
    rows = np.arange(30, MOST_ROWS + 1)
    least = []
    for few in (kept, ENDLESS, 0):
        shares.FEW = few
        try:
            least.append(np.array([_least_hits(int(each), limit) for each in rows]))
        finally:
            shares.FEW = kept
    worst = 0.0
    for better in (0.0, 0.01, 0.02, 0.03, 0.04):
        chances = [stats.binom(rows, min(limit + better, 0.995)).sf(each - 1) for each in least]
        walks = [np.abs(np.diff(each)) for each in chances]
        worst = max(worst, _excess(*walks))
    return worst


def _least_hits(rows: int, limit: float) -> int:
    """Right answers that pass a limit."""
    low, high = int(rows * limit) - 1, rows + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _passes(middle, rows, limit) else (middle, high)
    return high


def _passes(hits: int, rows: int, limit: float) -> bool:
    question = _question(limit)
    found = Confusion(TWO)
    truth = np.ones(rows, dtype=np.int64)
    found.add(Batch(truth, (np.arange(rows) < hits).astype(np.int64)))
    outcome = replace(question.ask({"found": found}), at=None)  # a pass hangs on one level alone
    return judged(question, outcome).status is Status.PASSED


@cache
def _question(limit: float) -> Question:
    (step,) = suite_of(f"checks: [{{metric: accuracy, at_least: {limit}}}]").steps
    return Question(library()[step.check], step)
