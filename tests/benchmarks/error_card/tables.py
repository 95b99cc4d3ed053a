"""Verdicts of one accuracy question over all tables of gains and losses, and their exact chances.

Nothing is drawn: the gate is asked about tables, and the chances of these are known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from modelgate.aggregates import Batch, Floats, Integers
from tests.benchmarks.error_card.labels import TWO
from tests.benchmarks.error_card.panel import Panel, suite_of

UNIT = 10**9
"""Computed chances travel between processes as whole numbers."""
FURTHEST = 7.5
"""Standard deviations beyond which tables count for nothing: less than 1e-12 in sum."""


@dataclass(slots=True)
class Tables:
    """One accuracy question with a margin, about so many rows.

    Attributes:
        rows: in the test set.
        margin: as a share.
    """

    rows: int
    margin: float
    _quick: Panel = field(init=False)
    _whole: Panel = field(init=False)

    def __post_init__(self) -> None:
        suite = suite_of(f"checks: [{{metric: accuracy, margin: {self.margin!r}}}]")
        self._quick = Panel(suite, TWO, quick=True)
        self._whole = Panel(suite, TWO)

    def promoted(self, gains: int, losses: int) -> bool:
        """Whether the candidate goes through."""
        return self._quick.run(self._batch(gains, losses))[1].decision == "promote"

    def blocked(self, gains: int, losses: int) -> bool:
        """Whether it is shown to be worse."""
        return self._whole.run(self._batch(gains, losses))[1].decision == "block"

    def chance_of_promotion(self, apart: float, drop: float) -> float:
        """Where the models differ on a share of rows and the candidate is right less often."""
        lost, won = (apart + drop) / 2, (apart - drop) / 2
        losses = around(self.rows, lost)
        least = _walk(
            lambda at, gains: self.promoted(gains, int(losses[at])),
            len(losses),
            first=max(0, int(losses[0] - self.margin * self.rows)),
            most=self.rows - losses,
        )
        return _above(self.rows, losses, least, lost, won)

    def chance_of_block(self, apart: float, drop: float) -> float:
        """The same of being shown to be worse."""
        lost, won = (apart + drop) / 2, (apart - drop) / 2
        gains = around(self.rows, won)
        least = _walk(
            lambda at, losses: self.blocked(int(gains[at]), losses),
            len(gains),
            first=int(gains[0]),
            most=self.rows - gains,
        )
        return _above(self.rows, gains, least, won, lost)

    def _batch(self, gains: int, losses: int) -> Batch:
        truth = np.ones(self.rows, dtype=np.int64)
        answer, champion = truth.copy(), truth.copy()
        champion[:gains] = 0
        answer[gains : gains + losses] = 0
        return Batch(truth, answer, champion_answer=champion)


def around(rows: int, chance: float) -> Integers:
    """The counts that come up."""
    mean = rows * chance
    apart = FURTHEST * sqrt(mean) + FURTHEST**2 / 2
    return np.arange(max(0, int(mean - apart)), min(rows, int(mean + apart)) + 1)


def _walk(
    holds: Callable[[int, int], bool], places: int, *, first: int, most: Integers
) -> Integers:
    """(places,) the least count that holds, which rises from place to place; most + 1 if none."""
    found = np.empty(places, dtype=np.int64)
    least = _least(lambda count: holds(0, count), first, int(most[0]))
    for place in range(places):
        limit = int(most[place])
        while least <= limit and not holds(place, least):
            least += 1
        least = min(least, limit + 1)
        found[place] = least
    return found


def _least(holds: Callable[[int], bool], start: int, most: int) -> int:
    """The least count that holds, found by steps that double from `start`."""
    low, high, step = -1, start, 1
    while high <= most and not holds(high):
        low, high, step = high, high + step, 2 * step
    high = min(high, most + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _above(rows: int, fixed: Integers, least: Integers, of_fixed: float, of_other: float) -> float:
    """The chance that the other count is `least` or more beside each fixed one."""
    from scipy import stats

    weights: Floats = stats.binom(rows, of_fixed).pmf(fixed)
    rest = stats.binom(rows - fixed, of_other / (1 - of_fixed))
    return float((weights * rest.sf(least - 1)).sum())
