"""Row 4: how much of what any test could tell about a drop of two points the gate tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from modelgate.aggregates import Floats, Integers
from modelgate.suite import Policy
from tests.benchmarks.error_card.pool import Counts, counted
from tests.benchmarks.error_card.rate import Rate
from tests.benchmarks.error_card.tables import UNIT, Tables, around

GOAL = 0.95
DROP = 0.02
ROWS = (100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000)
APART = (0.03, 0.05, 0.10)
LEAST = 0.10
"""Where the best test finds less often than this, the ratio is told and not judged."""
FEW = 300
"""Rows up to which the best test is searched for among all."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question about a drop.

    Attributes:
        rows: in the test set.
        apart: share of rows on which the models differ.
        shows: whether a real drop is to be shown; else one is to be ruled out of an equal model.
    """

    rows: int
    apart: float
    shows: bool


def rates(*, long: bool, runs: int, processes: int = 1) -> Iterator[Rate]:
    """The gate's chance over the best one; computed, so that `runs` changes nothing."""
    del runs
    cells = [
        (f"{rows} {apart} {shows}", Case(rows, apart, shows))
        for shows in (True, False)
        for apart in (APART if long else APART[1:2])
        for rows in (ROWS if long else ROWS[::4])
    ]
    for _, case, found in counted(count, cells, runs=1, processes=processes):
        ours, best = (found / UNIT).tolist()
        told = "shown" if case.shows else "ruled out of an equal model"
        name = f"drop of 2 points {told}, n={case.rows}, {case.apart:.0%} differ"
        goal = GOAL if best >= LEAST else None
        yield Rate(
            cell=f"{name}: {ours:.1%} of at most {best:.1%}",
            exact=ours / best if best else 1.0,
            goal=goal,
            at_least=True,
        )


def count(case: Case, _rng: Generator, _runs: int) -> Counts:
    """The gate's chance and the best one."""
    policy = Policy()
    if case.shows:
        # Under a tiny tolerance, so that a shown drop is not within it.
        ours = Tables(case.rows, 0.001).chance_of_block(case.apart, DROP)
        best = best_chance(case.rows, case.apart, (0.0, DROP), policy.alpha_block)
    else:
        ours = Tables(case.rows, DROP).chance_of_promotion(case.apart, 0.0)
        best = best_chance(case.rows, case.apart, (DROP, 0.0), policy.alpha_pass)
    return np.array([round(ours * UNIT), round(best * UNIT)])


def best_chance(rows: int, apart: float, drops: tuple[float, float], alpha: float) -> float:
    """The chance of the best test of level alpha.

    Of few rows the best test that decides without a coin, keeps its level under each of many
    suppositions, and rejects whatever speaks louder than what it rejects: found among all, by
    whole-number programming. Of many rows the least, over suppositions, of what Neyman and
    Pearson's test of it finds, which no test surpasses.

    Args:
        rows: in the test set.
        apart: share of rows on which the models differ, if the alternative is true.
        drops: the candidate's, as supposed and as it is.
        alpha: level.
    """
    supposed, true = drops
    won, lost = (apart - true) / 2, (apart + true) / 2
    gains, losses = around(rows, won), around(rows, lost)
    few = rows <= FEW
    least, most = (0.2, 3.0) if few else (0.6, 1.6)
    places = np.geomspace(max(apart * least, supposed * 1.001), max(apart, supposed) * most, 30)
    alternative = np.exp(_logs(rows, gains, losses, won, lost))
    nulls = np.stack(
        [
            np.exp(_logs(rows, gains, losses, (other - supposed) / 2, (other + supposed) / 2))
            for other in places.tolist()
        ]
    )
    if few:
        return _best_of_all(nulls, alternative, alpha, upward=true > supposed)
    return min(_best_against(null.ravel(), alternative.ravel(), alpha) for null in nulls)


def _best_against(null: Floats, alternative: Floats, alpha: float) -> float:
    order = np.argsort(null / np.maximum(alternative, 1e-300))
    null, alternative = null[order], alternative[order]
    spent = np.cumsum(null)
    place = int(np.searchsorted(spent, alpha))
    if place >= len(spent):
        return 1.0
    before = float(spent[place - 1]) if place else 0.0
    part = (alpha - before) / float(null[place]) if null[place] > 0 else 0.0
    return float(alternative[:place].sum() + min(part, 1.0) * alternative[place])


def _best_of_all(nulls: Floats, alternative: Floats, alpha: float, *, upward: bool) -> float:
    """Of the tests that reject a table, or none.

    Args:
        nulls: (suppositions, gains, losses) chances of the tables.
        alternative: (gains, losses).
        alpha: level.
        upward: whether more losses speak louder; else fewer.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    each = np.arange(alternative.size).reshape(alternative.shape)
    quiet = np.concatenate([each[:, :-1].ravel(), each[1:].ravel()])
    loud = np.concatenate([each[:, 1:].ravel(), each[:-1].ravel()])
    order = _not_above(*((quiet, loud) if upward else (loud, quiet)), alternative.size)
    found = milp(
        -alternative.ravel(),
        constraints=[
            LinearConstraint(nulls.reshape(len(nulls), -1), -np.inf, alpha),
            LinearConstraint(order, -np.inf, 0),
        ],
        integrality=np.ones(alternative.size),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.002},
    )
    assert found.success, found.message
    return float(-found.mip_dual_bound)


def _not_above(lower: Integers, upper: Integers, size: int) -> Any:
    from scipy import sparse

    pairs = np.arange(len(lower))
    entries = np.repeat([1.0, -1.0], len(pairs))
    places = (np.tile(pairs, 2), np.concatenate([lower, upper]))
    return sparse.csc_array((entries, places), shape=(len(pairs), size))


def _logs(rows: int, gains: Integers, losses: Integers, won: float, lost: float) -> Floats:
    """(gains, losses) log chances of the tables."""
    from scipy.special import gammaln, xlog1py, xlogy

    rest = rows - gains[:, None] - losses[None, :]
    found = np.full(rest.shape, -np.inf)
    there = rest >= 0
    ways = gammaln(rows + 1) - gammaln(gains + 1)[:, None] - gammaln(losses + 1)[None, :]
    chances = xlogy(gains, won)[:, None] + xlogy(losses, lost)[None, :]
    found[there] = (ways + chances)[there]
    found[there] += xlog1py(rest[there], -won - lost) - gammaln(rest[there] + 1)
    return found
