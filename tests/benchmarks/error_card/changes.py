"""Row 12: how often what is asked of changed rows is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from modelgate.behaviour.degraded import Accuracy, RootMeanSquare
from modelgate.behaviour.shares import share_of_wrong
from modelgate.gate import settled
from modelgate.outcome import Status
from modelgate.question import Question, judged
from modelgate.stats.interval import LEVEL
from modelgate.stats.tails import normal_quantile
from tests.benchmarks.error_card.panel import library, suite_of
from tests.benchmarks.error_card.pool import Counts, counted
from tests.benchmarks.error_card.rate import Rate

Floats = NDArray[np.float64]
PASSED, FAILED, MISSED = 0.05, 0.01, 0.06
ROWS = (100, 300, 2_000)
LIMITS = (0.01, 0.05, 0.15)
TOGETHER = 0.8
"""Correlation of a model's answers to one row at two strengths."""
LIKE = 0.7
"""Correlation of two models' answers to one row."""
WIDER = np.array([1.0, 1.1, 1.3, 1.6, 2.0])
"""What five strengths do to the errors of a regression."""


@dataclass(frozen=True, slots=True)
class Case:
    """Two models that are asked about rows at five strengths.

    Attributes:
        rows: of the sample.
        wrong: chance that the champion is wrong at the middle one; None for a regression.
        drop: by so much likelier is the candidate wrong; or by that share are its errors wider.
    """

    rows: int
    wrong: float | None
    drop: float


def rates(*, long: bool, runs: int, processes: int = 1) -> Iterator[Rate]:
    """Flips just as frequent as is tolerated; misses of each side of the intervals."""
    for rows in ROWS:
        for limit in LIMITS:
            passed, failed = at_limit(rows, limit)
            name = f"flips as frequent as the limit of {limit:.0%}, n={rows}"
            yield Rate(cell=f"{name}: passed", exact=passed, goal=PASSED)
            yield Rate(cell=f"{name}: failed", exact=failed, goal=FAILED)
    cells = [(_name(case), case) for case in _cases() if long or case.rows == ROWS[0]]
    for name, _, counts in counted(count, cells, runs=runs, processes=processes):
        whats = ("value", "difference from the champion")
        for what, (above, below) in zip(whats, counts.tolist(), strict=True):
            yield Rate(cell=f"{name}, {what}: too high", count=above, runs=runs, goal=MISSED)
            yield Rate(cell=f"{name}, {what}: too low", count=below, runs=runs, goal=MISSED)


def at_limit(rows: int, limit: float) -> tuple[float, float]:
    """The chances that flips of just that share pass, and fail, summed over all that can be."""
    from scipy import stats

    suite = suite_of(f"checks: [{{invariance: noise, at_most: {limit}}}]")
    question = Question(library()["invariance"], suite.steps[0])
    hits = np.arange(rows + 1)
    found = dict.fromkeys(Status, 0.0)
    for count_, chance in zip(hits, stats.binom(rows, limit).pmf(hits), strict=True):
        if chance > 1e-9:
            found[_status(question, int(count_), rows)] += float(chance)
    return found[Status.PASSED], found[Status.FAILED]


def _status(question: Question, hits: int, rows: int) -> Status:
    """As the gate judges a suite of this one question."""
    (result,), _ = settled([judged(question, share_of_wrong(hits, rows))])
    return result.status


def count(case: Case, rng: Generator, runs: int) -> Counts:
    """(2, 2) intervals above the truth and below it: of the value, of the difference."""
    found = np.zeros((2, 2), dtype=np.int64)
    value, apart = _truth(case)
    for _ in range(runs):
        common = rng.normal(size=(case.rows, 1))
        candidate = _asked(case, common, rng, case.drop)
        champion = _asked(case, common, rng, 0.0)
        own = candidate.at(LEVEL)
        beside = candidate.beside(champion)[1]  # type: ignore[arg-type]
        assert beside is not None
        for place, (interval, truth) in enumerate(((own, value), (beside, apart))):
            found[place] += interval.low > truth, interval.high < truth
    return found


def _asked(case: Case, common: Floats, rng: Generator, drop: float) -> Accuracy | RootMeanSquare:
    """One model's answers to rows whose difficulty both models share."""
    of_row = sqrt(LIKE) * common + sqrt(1 - LIKE) * rng.normal(size=common.shape)
    of_strength = rng.normal(size=(len(common), len(WIDER)))
    noise = sqrt(TOGETHER) * of_row + sqrt(1 - TOGETHER) * of_strength  # (n, 5)
    if case.wrong is None:
        return RootMeanSquare(np.square((1 + drop) * WIDER * noise).mean(axis=1))
    bars = np.array([normal_quantile(chance) for chance in _chances(case.wrong, drop)])
    return Accuracy((noise < bars).mean(axis=1), len(bars))


def _chances(wrong: float, drop: float) -> Floats:
    """(5,) to be wrong, at each strength."""
    return np.array([0.2, 0.5, 1.0, 1.4, 1.9]) * wrong + drop


def _truth(case: Case) -> tuple[float, float]:
    if case.wrong is None:
        root = float(np.sqrt(np.square(WIDER).mean()))
        return (1 + case.drop) * root, case.drop * root
    return 1 - float(_chances(case.wrong, case.drop).mean()), -case.drop


def _cases() -> Iterator[Case]:
    for rows in ROWS:
        for wrong in (0.05, 0.3):
            for drop in (0.0, 0.02):
                yield Case(rows, wrong, drop)
        for wider in (0.0, 0.1):
            yield Case(rows, None, wider)


def _name(case: Case) -> str:
    if case.wrong is None:
        return f"robustness of numbers, errors {case.drop:.0%} wider, n={case.rows}"
    law = f"{case.wrong:.0%} wrong, drop {case.drop:.0%}"
    return f"robustness of labels, {law}, n={case.rows}"
