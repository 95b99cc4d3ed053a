"""Points on the curve of a score: what a threshold buys, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.shares import share
from modelgate.stats.tails import beta_below

Floats = NDArray[np.float64]
_NEAR = 1e-9  # of a row: weights are floats
_SPLITS = 10
_SEED = 20_190_313


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows answered positive at each threshold, from the highest down.

    Attributes:
        thresholds: (m,) answers from here on are positive.
        hits: (m,) rows of the class among them; effective ones where rows bear weights.
        alarms: (m,) other rows among them.
    """

    thresholds: Floats
    hits: Floats
    alarms: Floats

    @property
    def own(self) -> float:
        """Rows of the class."""
        return float(self.hits[-1])

    @property
    def others(self) -> float:
        """All other rows."""
        return float(self.alarms[-1])


class PrecisionAtRecall:
    """Precision at the highest threshold whose recall is as asked.

    Two things are uncertain: where the threshold lies (the rows of the class above the true one are
    binomial), and of what is answered there, which share is right. Each has its own bounds; the
    distances from the value are added as variances are, or, where many rows tie at the threshold so
    that it jumps, as they are.

    Attributes:
        value: the precision.
        place: the threshold's position in `Counts`.

    Source: G. Y. Zou and A. Donner (2008), "Construction of confidence limits about effect
        measures: a general approach", Statistics in Medicine 27, 1693-1702.
    """

    def __init__(self, counts: Counts, recall: float) -> None:
        self._counts, self._recall = counts, recall
        self.place = _first(counts.hits, recall * counts.own)
        self._hits = float(counts.hits[self.place])
        self._alarms = float(counts.alarms[self.place])
        self.value = self._hits / (self._hits + self._alarms)
        self._tied = _tied(counts.hits, *binomial_ends(counts.own, recall, LEVEL))

    def __call__(self, level: float) -> Interval:
        """The interval at a two-sided level."""
        at = share(self._hits, self._hits + self._alarms, level)
        counts, wanted = self._counts, self._recall * self._counts.own
        fewest, most = binomial_ends(counts.own, self._recall, level)
        # The true threshold may be as high as where `fewest` hits lie above it, and surely lies
        # above where more than `most` do; there its recall is as asked, or more where scores tie.
        high = _first(counts.hits, fewest)
        low = _first(counts.hits, most + 1) if most < counts.own else len(counts.hits) - 1
        hits, alarms = counts.hits[high : low + 1], counts.alarms[high : low + 1]
        lower, upper = np.minimum(hits, wanted), np.maximum(hits, wanted)
        return _around(
            self.value,
            at,
            float((lower / (lower + alarms)).min()),
            float((upper / (upper + alarms)).max()),
            tied=self._tied,
        )


class RecallAtAlarms:
    """Recall at the lowest threshold with at most such a share of false alarms.

    Uncertain as `PrecisionAtRecall` is: the threshold hangs on the other rows, the recall there on
    those of the class.

    Attributes:
        value: the recall.
        place: the threshold's position in `Counts`; -1 where it lies above all scores.
    """

    def __init__(self, counts: Counts, rate: float) -> None:
        self._counts, self._rate = counts, rate
        self.place = _last(counts.alarms, rate * counts.others)
        self.value = self._at(rate * counts.others)
        self._tied = _tied(counts.alarms, *binomial_ends(counts.others, rate, LEVEL))

    def __call__(self, level: float) -> Interval:
        """The interval at a two-sided level."""
        counts = self._counts
        at = share(self.value * counts.own, counts.own, level)
        fewest, most = binomial_ends(counts.others, self._rate, level)
        lower, upper = self._at(fewest - 1), self._at(most)
        return _around(self.value, at, lower, upper, tied=self._tied)

    def _at(self, alarms: float) -> float:
        """The recall at the lowest threshold with so many false alarms at most."""
        place = _last(self._counts.alarms, alarms)
        return 0.0 if place < 0 else float(self._counts.hits[place]) / self._counts.own


class LeastCost:
    """Mean cost of a row at the threshold that costs least.

    The cheapest threshold of some rows looks cheaper on them than it is. So it is chosen on a half
    of the rows and its cost counted on the other, both ways, for ten divisions. The lower end of
    the interval starts from what it seems to cost, so that it is not too high because half the rows
    choose less well.

    Attributes:
        value: the cost of a row.
        place: the position in `Counts` of the threshold that all rows choose; -1 where nothing
            should be answered positive.
    """

    def __init__(self, own: Floats, others: Floats, alarm: float, miss: float) -> None:
        self._costs = (alarm, miss)
        self._rows = float(own.sum() + others.sum())
        self.place = _cheapest(own, others, alarm, miss)
        rng = np.random.default_rng(_SEED)
        alarms, misses = [], []
        for _ in range(_SPLITS):
            first = _thinned(own, rng), _thinned(others, rng)
            second = own - first[0], others - first[1]
            for chosen, tried in ((first, second), (second, first)):
                place = _cheapest(chosen[0], chosen[1], alarm, miss) + 1
                alarms.append(float(tried[1][:place].sum()))
                misses.append(float(tried[0][place:].sum()))
        # Each row was tried once in each division.
        self._alarms = sum(alarms) / _SPLITS
        self._misses = sum(misses) / _SPLITS
        self.value = (alarm * self._alarms + miss * self._misses) / self._rows
        above = self.place + 1
        self._seeming = (float(others[:above].sum()), float(own[above:].sum()))

    def __call__(self, level: float) -> Interval:
        """The interval at a two-sided level."""
        tried = self._around((self._alarms, self._misses), level)
        seeming = self._around(self._seeming, level)
        return Interval(min(seeming.low, self.value), tried.high, level)

    def _around(self, counts: tuple[float, float], level: float) -> Interval:
        middle, low, high = 0.0, [], []
        for cost, count in zip(self._costs, counts, strict=True):
            found, at = share(count, self._rows, level), count / self._rows
            middle += cost * at
            low.append(cost * (at - found.low))
            high.append(cost * (found.high - at))
        return Interval(middle - _length(low), middle + _length(high), level)


def binomial_ends(rows: float, chance: float, level: float) -> tuple[float, float]:
    """Counts below and above which a binomial variable lies with (1 - level) / 2 each, at most.

    Args:
        rows: above 0; need not be whole.
        chance: in (0, 1).
        level: two-sided, in (0, 1).
    """
    tail = (1 - level) / 2
    return _quantile(tail, rows, chance), _quantile(1 - tail, rows, chance)


def _quantile(wanted: float, rows: float, chance: float) -> float:
    low, high = -1, int(rows)  # the smallest count with P(X <= count) >= wanted
    while high - low > 1:
        middle = (low + high) // 2
        at_most = 1.0 if middle >= rows else beta_below(1 - chance, rows - middle, middle + 1)
        low, high = (low, middle) if at_most >= wanted else (middle, high)
    return float(high)


def _first(counts: Floats, wanted: float) -> int:
    """The first place where a rising count has reached what is wanted."""
    place = int(np.searchsorted(counts, wanted * (1 - _NEAR) - _NEAR, side="left"))
    return min(place, len(counts) - 1)


def _last(counts: Floats, allowed: float) -> int:
    """The last place where a rising count is not above what is allowed; -1 where there is none."""
    return int(np.searchsorted(counts, allowed * (1 + _NEAR) + _NEAR, side="right")) - 1


def _tied(counts: Floats, fewest: float, most: float) -> bool:
    """Whether one threshold holds a good part of the rows between which the true one may lie."""
    low, high = _first(counts, fewest), _first(counts, most + 1)
    steps = np.diff(counts[max(low - 1, 0) : high + 1])
    return bool(len(steps) and steps.max() > (most - fewest) / 4)


def _around(value: float, at: Interval, lower: float, upper: float, *, tied: bool) -> Interval:
    """The interval of a value with the bounds of two independent uncertainties."""
    below = [max(value - at.low, 0.0), max(value - lower, 0.0)]
    above = [max(at.high - value, 0.0), max(upper - value, 0.0)]
    joined = sum if tied else _length
    return Interval(max(value - joined(below), 0.0), min(value + joined(above), 1.0), at.level)


def _length(distances: list[float]) -> float:
    return sqrt(sum(each**2 for each in distances))


def _cheapest(own: Floats, others: Floats, alarm: float, miss: float) -> int:
    costs = np.cumsum(alarm * others - miss * own)
    best = int(np.argmin(costs))
    return best if costs[best] < 0 else -1


def _thinned(values: Floats, rng: np.random.Generator) -> Floats:
    """About half of the rows of each count; of weights, each as a whole to one side."""
    whole = np.round(values)
    if np.array_equal(whole, values):
        return rng.binomial(whole.astype(np.int64), 0.5).astype(np.float64)
    return values * rng.integers(0, 2, len(values))
