"""Made-up predictions of a number by two models for the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
from numpy.random import Generator

from modelgate.aggregates import Batch, Facts, Floats

_LEAST, _MOST = 5.0, 15.0
_QUANTILES = {"median_absolute_error": 0.5, "quantile_error": 0.9}
_GRID = np.linspace(-12.0, 12.0, 4_801)


@dataclass(frozen=True)
class Numbers:
    """Two models whose errors are normal and hang together; targets lie evenly from 5 to 15.

    Attributes:
        wider: the candidate's errors, in the champion's.
        together: correlation of the two errors.
        replaced: share of rows in which the candidate's error is drawn anew, `anew` times as wide;
            then it is else the champion's own.
        anew: see there.
        leans: the champion's mean error.
        leans_more: how much larger the candidate's is.
    """

    wider: float = 1.0
    together: float = 0.95
    replaced: float = 0.0
    anew: float = 1.0
    leans: float = 0.0
    leans_more: float = 0.0

    @property
    def facts(self) -> Facts:
        """Of numbers."""
        return Facts("regression")

    def draw(self, rng: Generator, rows: int) -> Batch:
        """So many rows."""
        truth = rng.uniform(_LEAST, _MOST, rows)
        common = rng.normal(size=rows)
        champion = self._error(rng, common)
        candidate = self.wider * self._error(rng, common)
        if self.replaced:
            anew = self.anew * rng.normal(size=rows)
            candidate = np.where(rng.random(rows) < self.replaced, anew, champion)
        candidate = candidate + (self.leans + self.leans_more)
        return Batch(truth, truth + candidate, champion_answer=truth + champion + self.leans)

    def values(self, metric: str) -> tuple[float, float]:
        """The candidate's and the champion's value in the population."""
        if metric == "bias":
            return abs(self.leans + self.leans_more), abs(self.leans)
        candidate, champion = self._densities
        return _value(metric, candidate), _value(metric, champion)

    @cached_property
    def _densities(self) -> tuple[Floats, Floats]:
        champion = _normal(_GRID)
        if self.replaced:
            anew = _normal(_GRID / self.anew) / self.anew
            return (1 - self.replaced) * champion + self.replaced * anew, champion
        return _normal(_GRID / self.wider) / self.wider, champion

    def _error(self, rng: Generator, common: Floats) -> Floats:
        own: Floats = rng.normal(size=len(common))
        return sqrt(self.together) * common + sqrt(1 - self.together) * own


def _value(metric: str, density: Floats) -> float:
    """Of a density of errors around 0."""
    step, size = float(_GRID[1] - _GRID[0]), np.abs(_GRID)
    mean_square = float((density * size * size).sum()) * step
    if metric == "rmse":
        return sqrt(mean_square)
    if metric == "r2":
        return 1 - mean_square / ((_MOST - _LEAST) ** 2 / 12)
    if metric == "mae":
        return float((density * size).sum()) * step
    if metric in _QUANTILES:
        below = np.cumsum(density[len(_GRID) // 2 :]) * 2 * step - density.max() * step
        return float(np.interp(_QUANTILES[metric], below, _GRID[len(_GRID) // 2 :]))
    truth = np.linspace(_LEAST, _MOST, 2_001)[:, None]
    truth = (truth[1:] + truth[:-1]) / 2
    share = size / truth
    if metric == "smape":
        share = 2 * size / (truth + np.abs(truth + _GRID))
    return float((density * share.mean(axis=0)).sum()) * step


def _normal(at: Floats) -> Floats:
    found: Floats = np.exp(-at * at / 2) / sqrt(2 * np.pi)
    return found
