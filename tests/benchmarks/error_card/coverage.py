"""Row 8: how often an interval misses the truth, a side.

Two-sided 90 % intervals are meant to miss at most 5 % of the time on each side. Every cell draws
samples from a law whose true value is known, and counts; of accuracy it is computed. The figures
are of the metrics as the gate asks them: aggregate, value and interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import erf, sqrt

import numpy as np
from numpy.random import Generator

from modelgate.aggregates import Batch, Facts
from modelgate.metrics.table import METRICS, options_for
from modelgate.stats.shares import share
from tests.benchmarks.error_card.pool import SEED, Counts, counted, fewer
from tests.benchmarks.error_card.rate import Rate

GOAL = 0.06
BINARY = Facts("classification", ("no", "yes"), 1)
THREE = Facts("classification", ("a", "b", "c"))
NUMBERS = Facts("regression")


@dataclass(frozen=True, slots=True)
class Cell:
    """One law, one size, one metric.

    Attributes:
        name: for the table.
        metric: whose interval is judged.
        facts: the question.
        truth: the value in the population.
        draw: a sample.
        heavy: whether no method is known to be honest here, so that a miss is told, not judged.
    """

    name: str
    metric: str
    facts: Facts
    truth: float
    draw: Callable[[Generator], Batch]
    heavy: bool = False


def rates(*, long: bool, runs: int, processes: int = 1) -> Iterator[Rate]:
    """Misses of each side; where no interval can be taken, none is missed."""
    runs = fewer(runs)
    for name, low, high in accuracy():
        yield Rate(cell=f"{name}: too high", exact=low, goal=GOAL)
        yield Rate(cell=f"{name}: too low", exact=high, goal=GOAL)
    given = [(cell.name, cell) for cell in cells()]
    for name, cell, counts in counted(
        count, given if long else given[::5], runs=runs, processes=processes
    ):
        goal = None if cell.heavy else GOAL
        above, below = counts.tolist()
        yield Rate(cell=f"{name}: too high", count=above, runs=runs, goal=goal)
        yield Rate(cell=f"{name}: too low", count=below, runs=runs, goal=goal)


def count(cell: Cell, rng: Generator, runs: int) -> Counts:
    """Intervals above the truth, and below it."""
    metric = METRICS[cell.metric]
    options = options_for(metric, cell.facts)
    above = below = 0
    for _ in range(runs):
        found = metric.need.make(cell.facts)
        found.add(cell.draw(rng))
        interval = metric.measure(found, options).interval
        if interval is not None:
            above += interval.low > cell.truth
            below += interval.high < cell.truth
    return np.array([above, below])


def accuracy() -> Iterator[tuple[str, float, float]]:
    """Misses of the interval of a share, summed over all outcomes."""
    from scipy import stats

    for rows in (30, 100, 500, 2_000, 10_000):
        for chance in (0.5, 0.8, 0.9, 0.95, 0.99):
            hits = np.arange(rows + 1)
            weights = stats.binom(rows, chance).pmf(hits)
            seen = [(int(k), w) for k, w in zip(hits, weights, strict=True) if w > 1e-12]
            ends = [(share(k, rows), w) for k, w in seen]
            low = sum(w for interval, w in ends if interval.low > chance)
            high = sum(w for interval, w in ends if interval.high < chance)
            yield f"accuracy {chance:.0%} n={rows}", low, high


def cells() -> Iterator[Cell]:
    yield from _f1()
    yield from _areas()
    yield from _numbers()
    yield from _of_three()
    yield from _losses()


def _f1() -> Iterator[Cell]:
    for rows in (50, 100, 300, 1_000):
        for hit, alarm in ((0.7, 0.1), (0.9, 0.02), (0.99, 0.005)):
            truth = 2 * 0.2 * hit / (0.2 + 0.2 * hit + 0.8 * alarm)
            draw = partial(_flags, rows=rows, prevalence=0.2, hit=hit, alarm=alarm)
            yield Cell(f"f1 {truth:.3f} n={rows}", "f1", BINARY, truth, draw)
            if rows in {100, 1_000}:
                mean = (hit + 1 - alarm) / 2
                name = f"balanced_accuracy {mean:.3f} n={rows}"
                yield Cell(name, "balanced_accuracy", BINARY, mean, draw)
                yield Cell(f"mcc n={rows} {hit}", "mcc", BINARY, _mcc(0.2, hit, alarm), draw)


def _mcc(prevalence: float, hit: float, alarm: float) -> float:
    tp, fn = prevalence * hit, prevalence * (1 - hit)
    fp, tn = (1 - prevalence) * alarm, (1 - prevalence) * (1 - alarm)
    return (tp * tn - fp * fn) / sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))


def _flags(rng: Generator, *, rows: int, prevalence: float, hit: float, alarm: float) -> Batch:
    truth = rng.random(rows) < prevalence
    answer = rng.random(rows) < np.where(truth, hit, alarm)
    return Batch(truth.astype(int), answer.astype(int))


def _areas() -> Iterator[Cell]:
    for positives, negatives in ((10, 90), (50, 50), (50, 950), (500, 500)):
        for apart in (0.5, 1.2, 2.3):
            area = (1 + erf(apart / 2)) / 2
            draw = partial(_binormal, positives=positives, negatives=negatives, apart=apart)
            name = f"auroc {area:.3f} normal {positives}+{negatives}"
            yield Cell(name, "auroc", BINARY, area, draw)
        for ratio in (2.0, 9.0):
            # Exponential scores, the positives' mean `ratio` times the negatives'.
            area = ratio / (1 + ratio)
            draw = partial(_exponential, positives=positives, negatives=negatives, ratio=ratio)
            name = f"auroc {area:.3f} exponential {positives}+{negatives}"
            yield Cell(name, "auroc", BINARY, area, draw)
            turned = partial(
                _exponential, positives=positives, negatives=negatives, ratio=ratio, turned=True
            )
            name = f"auroc {area:.3f} exponential, turned {positives}+{negatives}"
            yield Cell(name, "auroc", BINARY, area, turned)


def _scored(positive: np.ndarray, negative: np.ndarray) -> Batch:
    truth = np.repeat([1, 0], [len(positive), len(negative)])
    both = np.concatenate([positive, negative])
    score = 1 / (1 + np.exp(-both))
    return Batch(truth, (score >= 0.5).astype(int), np.column_stack([1 - score, score]))


def _binormal(rng: Generator, *, positives: int, negatives: int, apart: float) -> Batch:
    return _scored(rng.normal(apart, 1, positives), rng.normal(0, 1, negatives))


def _exponential(
    rng: Generator, *, positives: int, negatives: int, ratio: float, turned: bool = False
) -> Batch:
    if turned:  # low scores are spread out: the mirror image
        return _scored(-rng.exponential(1, positives), -rng.exponential(ratio, negatives))
    return _scored(rng.exponential(ratio, positives), rng.exponential(1, negatives))


def _numbers() -> Iterator[Cell]:
    for rows in (30, 100, 1_000):
        small = rows < 100
        normal, heavy = partial(_errors, rows=rows), partial(_errors, rows=rows, freedom=5)
        root = sqrt(2 / np.pi)
        yield Cell(f"rmse normal n={rows}", "rmse", NUMBERS, 1.0, normal, heavy=small)
        yield Cell(f"mae normal n={rows}", "mae", NUMBERS, root, normal, heavy=small)
        yield Cell(f"bias normal n={rows}", "bias", NUMBERS, 0.0, normal)
        yield Cell(f"r2 normal n={rows}", "r2", NUMBERS, 0.75, normal, heavy=small)
        yield Cell(
            f"median_absolute_error normal n={rows}",
            "median_absolute_error",
            NUMBERS,
            0.6744897501960817,
            normal,
        )
        yield Cell(f"rmse t5 n={rows}", "rmse", NUMBERS, sqrt(5 / 3), heavy, heavy=True)


def _errors(rng: Generator, *, rows: int, freedom: int | None = None) -> Batch:
    truth = rng.normal(0, 2, rows)
    error = rng.normal(size=rows) if freedom is None else rng.standard_t(freedom, rows)
    return Batch(truth, truth + error)


def _of_three() -> Iterator[Cell]:
    shares = np.array([0.6, 0.3, 0.1])
    for rows in (100, 1_000):
        for right in (0.8, 0.97, 0.999):
            confused = np.full((3, 3), (1 - right) / 2)
            np.fill_diagonal(confused, right)
            cells = shares[:, None] * confused
            answered = cells.sum(axis=0)
            hits = np.diag(cells)
            truths = {
                "f1": float((2 * hits / (shares + answered)).mean()),
                "precision": float((hits / answered).mean()),
                "balanced_accuracy": right,
            }
            draw = partial(_confused, rows=rows, cells=cells)
            for metric, truth in truths.items():
                name = f"{metric} macro of three {truth:.4f} n={rows}"
                yield Cell(name, metric, THREE, truth, draw)


def _confused(rng: Generator, *, rows: int, cells: np.ndarray) -> Batch:
    drawn = rng.choice(9, rows, p=cells.ravel())
    return Batch(drawn // 3, drawn % 3)


def _losses() -> Iterator[Cell]:
    rng = np.random.default_rng(SEED)
    for sharpness in (1.0, 3.0):
        chance = 1 / (1 + np.exp(-sharpness * rng.normal(size=4_000_000)))
        entropy = -(chance * np.log(chance) + (1 - chance) * np.log1p(-chance))
        log_loss, brier = float(entropy.mean()), float((chance * (1 - chance)).mean())
        for rows in (100, 1_000):
            draw = partial(_calibrated, rows=rows, sharpness=sharpness)
            yield Cell(f"log_loss {log_loss:.3f} n={rows}", "log_loss", BINARY, log_loss, draw)
            yield Cell(f"brier {brier:.3f} n={rows}", "brier", BINARY, brier, draw)


def _calibrated(rng: Generator, *, rows: int, sharpness: float) -> Batch:
    score = 1 / (1 + np.exp(-sharpness * rng.normal(size=rows)))
    truth = rng.random(rows) < score
    return Batch(truth.astype(int), (score >= 0.5).astype(int), np.column_stack([1 - score, score]))
