"""Metrics of a confusion matrix, and the interval of any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.interval import Interval
from modelgate.stats.tails import normal_quantile

Floats = NDArray[np.float64]
DRAWS = 2_000
"""Draws of most matrices; small ones get up to five times as many, which cost nothing, and very
large ones fewer, 200 at least."""
FINER = 10
"""Times the draws, where so many leave a verdict open to chance."""
_SEED = 20_060_817
_CHEAP, _DEAR = 500_000, 20_000_000  # draws times cells
_CHUNK = 1 << 21
_TOLD = 20  # draws beyond a quantile, below which it is not told any more


@dataclass(frozen=True, slots=True)
class Margins:
    """What the metrics need of confusion matrices: one matrix, or a stack of them.

    Attributes:
        hits: (..., classes) weight of rows of the class that were answered so.
        truth: (..., classes) weight of rows of the class.
        answer: (..., classes) weight of rows that were answered so.
        total: (...) weight of all rows.
    """

    hits: Floats
    truth: Floats
    answer: Floats
    total: Floats


CellMetric = Callable[[Margins], Floats]


@dataclass(frozen=True, slots=True)
class Draws:
    """Intervals at any level, from the draws of a bootstrap.

    Beyond what so many draws can tell, each side grows as a normal law's would.

    Attributes:
        value: the middle.
        low: (draws,) sorted, for the lower end.
        high: (draws,) sorted, for the upper end.
        least, most: what the value cannot go beyond.
        more: the same from ten times as many draws; None where that was done.
    """

    value: float
    low: Floats
    high: Floats
    least: float = -np.inf
    most: float = np.inf
    more: Callable[[], Draws] | None = None

    def __call__(self, level: float) -> Interval:
        """The two-sided interval at a level."""
        tail = (1 - level) / 2
        furthest = max(tail, _TOLD / len(self.low))
        low = quantile_of_sorted(self.low, furthest)
        high = quantile_of_sorted(self.high, 1 - furthest)
        if tail < furthest:
            further = normal_quantile(tail) / normal_quantile(furthest)
            low = self.value - (self.value - low) * further
            high = self.value + (high - self.value) * further
        low, high = min(low, self.value), max(high, self.value)
        return Interval(max(low, self.least), min(high, self.most), level)


def quantile_of_sorted(values: Floats, share: float) -> float:
    """What `numpy.quantile` answers, without its search: p-values ask a dozen times.

    Args:
        values: (n,) sorted; 1 or more.
        share: in [0, 1].
    """
    place = share * (len(values) - 1)
    under = min(int(place), len(values) - 1)
    low, high = float(values[under]), float(values[min(under + 1, len(values) - 1)])
    part = place - under
    return high - (high - low) * (1 - part) if part >= 0.5 else low + (high - low) * part


def margins(cells: Floats) -> Margins:
    """The margins of a confusion matrix (classes, classes), truth down and answer across."""
    return Margins(np.diag(cells).copy(), cells.sum(axis=1), cells.sum(axis=0), cells.sum())


def bootstrap(metric: CellMetric, cells: Floats, squares: Floats, *, times: int = 1) -> Draws:
    """The intervals of a metric of a confusion matrix, by a Bayesian bootstrap of its cells.

    Each draw gives every cell a Gamma variable with the cell's weight as mean and the variance that
    the rows' weights give it. The lower side adds an error of weight Gamma(1) where it hurts most,
    the upper a hit where it helps most: of accuracy this is Clopper and Pearson's interval, and a
    model without an observed error is never sure. Seeded: the same cells give the same interval.

    Args:
        metric: a function of margins, stacked in their first axis; never above 1.
        cells: (classes, classes) weights; at least one above 0.
        squares: (classes, classes) sums of squared weights.
        times: so many times the usual number of draws.

    Source: D. B. Rubin (1981), "The Bayesian bootstrap", Annals of Statistics 9, 130-134.
    """
    truth, answer = np.nonzero(cells)  # in the order of truth
    weight, square = cells[truth, answer], squares[truth, answer]
    usual = float(square.sum() / weight.sum())  # what a row weighs; 1 where none bears a weight
    base = margins(cells)
    worst, best = _worst(metric, base, usual), _best(metric, base, usual)
    draws = times * draws_for(len(weight))
    rng = np.random.default_rng(_SEED)
    low, high = [], []
    step = max(1, _CHUNK // (len(weight) + 3 * len(cells)))
    for start in range(0, draws, step):
        count = min(step, draws - start)
        drawn = rng.standard_gamma(weight * weight / square, (count, len(weight)))
        drawn *= square / weight
        extra = usual * rng.standard_exponential((2, count))
        stack = _stacked(drawn, truth, answer, len(cells))
        low.append(metric(_with_error(stack, extra[0], *worst)))
        high.append(metric(_with_hit(stack, extra[1], best)))
    value = float(metric(base))
    return Draws(
        value,
        np.sort(np.concatenate(low)),
        np.sort(np.concatenate(high)),
        most=1.0,
        more=partial(bootstrap, metric, cells, squares, times=FINER) if times == 1 else None,
    )


def paired_bootstrap(
    metric: CellMetric,
    truth: NDArray[np.intp],
    answers: tuple[NDArray[np.intp], NDArray[np.intp]],
    *,
    weight: Floats,
    square: Floats,
    classes: int,
    times: int = 1,
) -> Draws:
    """The intervals of the difference of a metric between two models on the same rows.

    As `bootstrap`, with cells by truth and both answers, so that what the models have in common
    weighs nothing. The lower side adds a row that the first model alone gets wrong where that hurts
    most, the upper one that the second alone gets wrong: no observed difference is never surely
    none.

    Args:
        metric: a function of margins, stacked in their first axis.
        truth: (m,) of each cell, sorted.
        answers: (m,) of the first model; (m,) of the second.
        weight: (m,) of the rows in the cell, above 0.
        square: (m,) sums of squared weights.
        classes: their number.
        times: so many times the usual number of draws.
    """
    usual = float(square.sum() / weight.sum())
    first, second = (_stacked(weight[None, :], truth, answer, classes) for answer in answers)
    base = [Margins(*(part[0] for part in _parts(one))) for one in (first, second)]
    hurts = [_worst(metric, one, usual) for one in base]
    draws = times * draws_for(len(weight))
    rng = np.random.default_rng(_SEED)
    low, high = [], []
    step = max(1, _CHUNK // (len(weight) + 6 * classes))
    for start in range(0, draws, step):
        count = min(step, draws - start)
        drawn = rng.standard_gamma(weight * weight / square, (count, len(weight)))
        drawn *= square / weight
        extra = usual * rng.standard_exponential((2, count))
        one, two = (_stacked(drawn, truth, answer, classes) for answer in answers)
        low.append(
            metric(_with_error(one, extra[0], *hurts[0]))
            - metric(_with_hit(two, extra[0], hurts[0][0]))
        )
        high.append(
            metric(_with_hit(one, extra[1], hurts[1][0]))
            - metric(_with_error(two, extra[1], *hurts[1]))
        )
    value = float(metric(base[0]) - metric(base[1]))
    finer = partial(
        paired_bootstrap,
        metric,
        truth,
        answers,
        weight=weight,
        square=square,
        classes=classes,
        times=FINER,
    )
    return Draws(
        value,
        np.sort(np.concatenate(low)),
        np.sort(np.concatenate(high)),
        more=finer if times == 1 else None,
    )


def draws_for(cells: int) -> int:
    """How often so many cells are drawn."""
    draws = min(max(DRAWS, _CHEAP // cells), 5 * DRAWS)
    return max(200, min(draws, _DEAR // cells))


def _parts(base: Margins) -> tuple[Floats, Floats, Floats, Floats]:
    return base.hits, base.truth, base.answer, base.total


def _stacked(
    drawn: Floats, truth: NDArray[np.intp], answer: NDArray[np.intp], classes: int
) -> Margins:
    own = truth == answer
    order = np.argsort(answer, kind="stable")
    return Margins(
        _summed(drawn[:, own], truth[own], classes),
        _summed(drawn, truth, classes),
        _summed(drawn[:, order], answer[order], classes),
        drawn.sum(axis=1),
    )


def _summed(drawn: Floats, group: NDArray[np.intp], classes: int) -> Floats:
    """Sums over the columns of each group; `group` is sorted."""
    sums = np.zeros((len(drawn), classes))
    if not len(group):
        return sums
    starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    sums[:, group[starts]] = np.add.reduceat(drawn, starts, axis=1)
    return sums


def _with_error(base: Margins, weight: Floats, truth: int, answer: int) -> Margins:
    more_truth, more_answer = base.truth.copy(), base.answer.copy()
    more_truth[..., truth] += weight
    more_answer[..., answer] += weight
    return Margins(base.hits, more_truth, more_answer, base.total + weight)


def _with_hit(base: Margins, weight: Floats, place: int) -> Margins:
    hits, truth, answer = base.hits.copy(), base.truth.copy(), base.answer.copy()
    for part in (hits, truth, answer):
        part[..., place] += weight
    return Margins(hits, truth, answer, base.total + weight)


def _worst(metric: CellMetric, base: Margins, weight: float) -> tuple[int, int]:
    """Truth and answer of the one further error that lowers the metric most.

    Its two ends are tried apart, then the worst few of each together.
    """
    one = np.asarray(weight)
    places = _present(base.truth)
    by_truth = sorted(places, key=lambda k: float(metric(_with_truth(base, one, k))))[:3]
    others = range(base.truth.shape[-1])
    by_answer = sorted(others, key=lambda k: float(metric(_with_answer(base, one, k))))[:4]
    pairs = [(i, j) for i in by_truth for j in by_answer if i != j]
    return min(pairs, key=lambda pair: float(metric(_with_error(base, one, *pair))))


def _best(metric: CellMetric, base: Margins, weight: float) -> int:
    one = np.asarray(weight)
    return max(_present(base.truth), key=lambda k: float(metric(_with_hit(base, one, k))))


def _present(truth: Floats) -> list[int]:
    return [int(place) for place in np.flatnonzero(truth)]


def _with_truth(base: Margins, weight: Floats, place: int) -> Margins:
    truth = base.truth.copy()
    truth[..., place] += weight
    return Margins(base.hits, truth, base.answer, base.total + weight)


def _with_answer(base: Margins, weight: Floats, place: int) -> Margins:
    answer = base.answer.copy()
    answer[..., place] += weight
    return Margins(base.hits, base.truth, answer, base.total + weight)
