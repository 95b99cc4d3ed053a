"""Figures of the host: of a model alone, or against the champion's taken in turn with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from modelgate.bench import Rounds
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.inversion import IntervalAt
from modelgate.stats.medians import Median
from modelgate.stats.tails import student_quantile

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""(rounds, k) -> (rounds,): what is made of the figures of a round."""
Floor = Callable[[float], float]
"""Level -> by how much a logarithm is uncertain beyond what the rounds show."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A median over rounds.

    Attributes:
        value: in its own unit; a ratio to the champion's where that was asked for.
        interval: where it lies, the noise of the machine included.
        at: the same at any level.
        noise: by how much two sessions of one model may differ, as a ratio less one; 0 where that
            was not measured.
    """

    value: float
    interval: Interval
    at: IntervalAt
    noise: float


def first(figures: Floats) -> Floats:
    """The statistic of rounds that hold one figure each."""
    return figures[:, 0]


def quantile(share: float) -> Statistic:
    """The statistic that takes a quantile of each round."""

    def of_rounds(figures: Floats) -> Floats:
        found: Floats = np.quantile(figures, share, axis=1)
        return found

    return of_rounds


def alone(rounds: Rounds, statistic: Statistic) -> Figure | None:
    """The candidate's own figure; None where one is no number above 0."""
    return _figure(_mine(rounds, statistic), _floor(rounds, statistic))


def against_champion(rounds: Rounds, statistic: Statistic) -> Figure | None:
    """The candidate's figure as a ratio to the champion's, round by round.

    What two sessions of the candidate differ by is noise, and widens the interval on both sides: a
    machine noisier than the margin passes nothing and fails nothing.

    Args:
        rounds: with a champion.
        statistic: of a round.

    Returns:
        None where there is no champion, or a figure is no number above 0.
    """
    if rounds.champion is None:
        return None
    return _figure(
        _mine(rounds, statistic) - _logs(statistic(rounds.champion)), _floor(rounds, statistic)
    )


def inverse(figure: Figure) -> Figure:
    """One over it: rows a second, of seconds a row."""

    def at(level: float) -> Interval:
        found = figure.at(level)
        return Interval(1 / found.high, 1 / found.low, level)

    return Figure(1 / figure.value, at(LEVEL), at, figure.noise)


def _mine(rounds: Rounds, statistic: Statistic) -> Floats:
    """(rounds,) logarithms of the candidate's figure, of both its sessions where there are two."""
    own = _logs(statistic(rounds.candidate))
    return own if rounds.again is None else (own + _logs(statistic(rounds.again))) / 2


def _floor(rounds: Rounds, statistic: Statistic) -> Floor | None:
    """By how much the machine alone may move a ratio, at any level; None where it cannot be told.

    Sessions that stay open carry something of their own through all rounds of a sitting, so that
    more rounds do not make it less: only the sittings tell how much, by what two sessions of one
    file differ in each (Student's t with a degree of freedom for each). Where every round has
    processes of its own, the rounds tell.
    """
    if rounds.again is None:
        return lambda _: 0.0
    apart = _logs(statistic(rounds.candidate)) - _logs(statistic(rounds.again))
    if not np.isfinite(apart).all():
        return None
    count = rounds.sittings
    if count == 1:
        median = Median(apart)
        return lambda level: max(abs(median(level).low), abs(median(level).high))
    each = np.array([np.median(part) for part in np.array_split(apart, count)])
    # Of two sessions' difference; the mean of two against a third varies three quarters as much.
    error = float(np.sqrt(0.75 * np.mean(each**2) / count))
    return lambda level: student_quantile((1 + level) / 2, count) * error


def _figure(logs: Floats, floor: Floor | None) -> Figure | None:
    if not len(logs) or not np.isfinite(logs).all() or floor is None:
        return None
    median = Median(logs)

    def at(level: float) -> Interval:
        found, wider = median(level), floor(level)
        return Interval(_exp(found.low - wider), _exp(found.high + wider), level)

    return Figure(exp(median.value), at(LEVEL), at, _exp(floor(LEVEL)) - 1)


def _logs(figures: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.log(figures)
    return found


def _exp(value: float) -> float:
    """Without an overflow far beyond anything measured."""
    return exp(min(max(value, -_MOST), _MOST))


_MOST = log(1e300)
