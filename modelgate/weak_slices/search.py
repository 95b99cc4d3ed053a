"""Slices of rows that look weak: of one column, or of two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Floats, Integers
from modelgate.aggregates.columns import Codes, Column
from modelgate.weak_slices.terms import Terms, bounds, inside, terms_of

MOST_LOOKED_AT = 200
"""Candidates of which it is found out which rows they share."""
MOST_OF_A_PAIR = 3
"""Candidates of one pair of columns: slices that overlap are one."""
LARGEST = 0.8
"""A slice of a larger share of the rows is no part, but nearly the whole."""
LEAST = 2.0
"""Standard errors above the rest from which a slice looks weak at all."""
SIMPLER = 0.85
"""A slice of one column is taken for one of two that stands out by no more than 1 / this of it."""


Edges = tuple[Integers, Integers]
"""First codes of runs, and first codes that are too high."""


@dataclass(frozen=True, slots=True)
class Half:
    """Rows among which is searched.

    Attributes:
        codes: (m, columns) code of each cell.
        loss: (m,) what each costs, in whole steps, so that sums are exact.
    """

    codes: Codes
    loss: Floats

    @property
    def total(self) -> tuple[float, float, float]:
        """Rows, sum of losses, and variance of one row's loss."""
        rows = max(len(self.loss), 1)
        costs, squares = float(self.loss.sum()), float((self.loss * self.loss).sum())
        return float(rows), costs, max(squares / rows - (costs / rows) ** 2, 0.0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A slice that looks weak.

    Attributes:
        terms: what it is.
        standing: standard errors by which its mean loss lies above that of the rest.
        rows: of the slice.
        costs: sum of their losses.
    """

    terms: Terms
    standing: float
    rows: float
    costs: float


def search(half: Half, columns: Sequence[Column], *, least: float, most: int) -> list[Terms]:
    """The slices that look weakest, the surest first; of those that share most rows, one.

    Args:
        half: the rows.
        columns: what their codes stand for.
        least: rows that a slice has to have.
        most: slices that are wanted.
    """
    total, _, variance = half.total
    if variance <= 0 or total < 2 * least:
        return []
    found = [*_of_one(half, columns, least), *_of_two(half, columns, least)]
    found.sort(key=lambda one: (-one.standing, len(one.terms), str(one.terms)))
    return _apart(half, found[:MOST_LOOKED_AT], least=least, most=most)


def standing(
    rows: Floats,
    costs: Floats,
    total: tuple[float, float, float],
    least: float,
    above: float = LEAST,
) -> Floats:
    """Standard errors above the rest; -inf for slices of too few or too many rows, or nearer to it.

    It is the root of the deviance of two Poisson means, scaled to the spread of the losses: losses
    are never negative and mostly small, and a plain mean of few rows would too often stand out.

    Args:
        rows: of each slice.
        costs: sum of their losses.
        total: rows, sum of losses and variance of a row's loss, of all rows.
        least: rows that a slice has to have.
        above: what stands out less does not matter.
    """
    everything, all_costs, variance = total
    found = np.full(rows.shape, -np.inf)
    if not (all_costs > 0 and variance > 0):
        return found
    mean, spread = all_costs / everything, variance * everything / all_costs
    apart, rest = costs - rows * mean, everything - rows
    # The squared distance over its variance is hardly ever less than the deviance, and quicker.
    far = apart * apart * everything >= above * above * variance * rows * rest
    worse = far & (apart > 0) & (rows >= least) & (rows <= LARGEST * everything)
    rows, costs, rest = rows[worse], costs[worse], rest[worse]
    theirs = all_costs - costs
    deviance = costs * np.log(costs / (rows * mean))
    some = theirs > 0
    deviance[some] += theirs[some] * np.log(theirs[some] / (rest[some] * mean))
    found[worse] = np.sqrt(np.maximum(2 * deviance / spread, 0.0))
    return found


def _of_one(half: Half, columns: Sequence[Column], least: float) -> Iterator[Candidate]:
    total = half.total
    for place, column in enumerate(columns):
        terms = terms_of(place, column, crossed=False)
        codes, kinds = half.codes[:, place].astype(np.int64), len(column.values) + 1
        low, high = bounds(terms)
        rows, costs = (
            _steps(np.bincount(codes, weights=weights, minlength=kinds))
            for weights in (None, half.loss)
        )
        rows, costs = rows[high] - rows[low], costs[high] - costs[low]
        found = standing(rows, costs, total, least)
        for at in np.argsort(-found, kind="stable")[:MOST_LOOKED_AT].tolist():
            if found[at] >= LEAST:
                yield Candidate((terms[at],), float(found[at]), float(rows[at]), float(costs[at]))


def _of_two(half: Half, columns: Sequence[Column], least: float) -> Iterator[Candidate]:
    total = half.total
    terms = [terms_of(place, column, crossed=True) for place, column in enumerate(columns)]
    edges = [bounds(some) for some in terms]
    kinds = [max((term.high for term in some), default=0) + 2 for some in terms]
    codes = [
        np.minimum(half.codes[:, place], kinds[place] - 1).astype(np.int64)
        for place in range(len(columns))
    ]
    enough = _Enough()
    for one in range(len(columns)):
        for other in range(one + 1, len(columns)):
            size = kinds[one] * kinds[other]
            cells = codes[one] * kinds[other] + codes[other]
            tables = (
                np.bincount(cells, minlength=size),
                np.bincount(cells, weights=half.loss, minlength=size),
            )
            rows, lost = (
                _rectangles(table.reshape(kinds[one], kinds[other]), edges[one], edges[other])
                for table in tables
            )
            found = standing(rows, lost, total, least, enough.above)
            for at, beside in _best(found, edges[one], edges[other], above=enough.above):
                enough.add(float(found[at, beside]))
                yield Candidate(
                    (terms[one][at], terms[other][beside]),
                    float(found[at, beside]),
                    float(rows[at, beside]),
                    float(lost[at, beside]),
                )


def _steps(values: NDArray[Any]) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])


def _rectangles(table: NDArray[Any], one: Edges, other: Edges) -> Floats:
    """Sums over every run of rows of a table crossed with every run of its columns."""
    sums = np.zeros((table.shape[0] + 1, table.shape[1] + 1))
    sums[1:, 1:] = table.cumsum(axis=0).cumsum(axis=1)
    of_rows = sums[one[1]] - sums[one[0]]
    found: Floats = of_rows[:, other[1]] - of_rows[:, other[0]]
    return found


class _Enough:
    """How far a candidate has to stand out to be among those that are looked at."""

    def __init__(self) -> None:
        self.above = LEAST
        self._best: list[float] = []

    def add(self, found: float) -> None:
        """One more candidate."""
        heappush(self._best, found)
        if len(self._best) > MOST_LOOKED_AT:
            heappop(self._best)
            self.above = self._best[0]


def _best(found: Floats, one: Edges, other: Edges, *, above: float) -> list[tuple[int, int]]:
    """Where the best crossings of a pair of columns stand that share no row."""
    best: list[tuple[int, int]] = []
    if not found.size or not found.max() >= above:
        return best
    left = found.copy()
    while len(best) < MOST_OF_A_PAIR:
        at, beside = divmod(int(left.argmax()), left.shape[1])
        if not left[at, beside] >= above:
            break
        best.append((at, beside))
        down = (one[0] < one[1][at]) & (one[1] > one[0][at])
        across = (other[0] < other[1][beside]) & (other[1] > other[0][beside])
        left[np.ix_(down, across)] = -np.inf
    return best


def _apart(half: Half, found: list[Candidate], *, least: float, most: int) -> list[Terms]:
    """Those that still look weak without the rows of the ones before them."""
    if not found:
        return []
    masks = np.stack([inside(one.terms, half.codes) for one in found])  # (candidates, m)
    own = np.array([one.rows for one in found])
    rows, costs = own.copy(), np.array([one.costs for one in found])
    everything, all_costs, variance = half.total
    left = np.ones(len(half.loss), dtype=np.bool_)
    chosen: list[Terms] = []
    for _ in range(most):
        now = standing(rows, costs, (everything, all_costs, variance), least)
        now[rows < own / 2] = -np.inf  # most of it was told already
        at = _simplest(found, now)
        if not now[at] >= LEAST:
            break
        chosen.append(found[at].terms)
        gone = np.flatnonzero(masks[at] & left)
        shared = masks[:, gone]
        everything, all_costs = everything - rows[at], all_costs - costs[at]
        rows -= shared.sum(axis=1)
        costs -= np.einsum("ij,j->i", shared, half.loss[gone])
        left[gone] = False
    return chosen


def _simplest(found: list[Candidate], now: Floats) -> int:
    """The one that stands out most; but one of its terms alone, where that does nearly as much."""
    best = int(now.argmax())
    alone = [
        at
        for at, one in enumerate(found)
        if len(one.terms) == 1 < len(found[best].terms)
        and one.terms[0] in found[best].terms
        and now[at] >= SIMPLER * now[best]
    ]
    return max(alone, key=lambda at: now[at]) if alone else best
