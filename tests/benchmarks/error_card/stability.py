"""Row 6: how often the population stability index raises an alarm where nothing shifted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import Generator

from modelgate.stats.divergences import psi
from tests.benchmarks.error_card.pool import Counts, counted
from tests.benchmarks.error_card.rate import Rate

ALARMS = 0.06
BINS = (5, 10, 30)
ROWS = (100, 1_000, 100_000)
FURTHER_ROWS = (200, 300, 500, 2_000, 10_000, 1_000_000)
UNEQUAL = ((100, 1_000_000), (300, 2_000), (5_000, 100_000))
Edges = Literal["given", "uneven", "quantiles"]


@dataclass(frozen=True, slots=True)
class Case:
    """Two samples of one population in bins.

    Attributes:
        rows: of the reference.
        others: of the current one.
        bins: how many.
        edges: given, so that bins are equally likely, or unevenly; or on the reference's quantiles.
    """

    rows: int
    others: int
    bins: int
    edges: Edges


def rates(*, long: bool, runs: int, processes: int = 1) -> Iterator[Rate]:
    """P-values of 5 % or less; a long run has so many cells that half the runs do for each."""
    runs = runs // 2 if long else runs
    cells = [
        (f"{case.bins} bins, {case.edges}, n={case.rows} and {case.others}", case)
        for case in _cases(long=long)
    ]
    for name, _, found in counted(alarms, cells, runs=runs, processes=processes):
        yield Rate(cell=name, count=int(found[0]), runs=runs, goal=ALARMS)


def _cases(*, long: bool) -> Iterator[Case]:
    kinds: tuple[Edges, ...] = ("given", "uneven", "quantiles") if long else ("given", "quantiles")
    for edges in kinds:
        every = long and edges == "given"
        for bins in BINS if long else BINS[1:]:
            for rows in sorted((*ROWS, *FURTHER_ROWS)) if every else ROWS:
                yield Case(rows, rows, bins, edges)
            for rows, others in UNEQUAL if every else UNEQUAL[1:2]:
                yield Case(rows, others, bins, edges)


def alarms(case: Case, rng: Generator, runs: int) -> Counts:
    """Runs with a small p-value."""
    found = 0
    shares = np.full(case.bins, 1 / case.bins)
    if case.edges == "uneven":
        shares = np.linspace(1, 9, case.bins) / np.linspace(1, 9, case.bins).sum()
    for _ in range(runs):
        if case.edges == "quantiles":
            # As many rows in each bin; what the bins hold of the population is Dirichlet's.
            one = np.diff(np.arange(case.bins + 1) * case.rows // case.bins)
            held = rng.dirichlet(one + (np.arange(case.bins) == case.bins - 1))
            other = rng.multinomial(case.others, held)
        else:
            one, other = rng.multinomial(case.rows, shares), rng.multinomial(case.others, shares)
        found += psi(one, other).p_value <= 0.05
    return np.array([found])
