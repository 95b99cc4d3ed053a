"""Made-up probabilities of two models for the same rows, and what their metrics are in truth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
from numpy.random import Generator

from modelgate.aggregates import Batch, Facts, Floats
from tests.benchmarks.error_card.labels import TWO

_GRID = np.linspace(-12.0, 14.0, 26_001)


@dataclass(frozen=True)
class Scores:
    """Two models that see a signal each: normal, a class apart by `seen`, and hanging together.

    A model's probability is the one that its own signal bears out, so that it is calibrated.

    Attributes:
        share: of positives.
        seen: by how many deviations the champion's signal differs between the classes.
        seen_by_candidate: the same of the candidate's.
        together: correlation of the two signals within a class.
        replaced: share of rows in which the candidate's signal is the champion's of a row drawn
            blindly instead; then it is else the champion's own.
        evenly: there are as many positives as are expected, never more or fewer.
    """

    share: float = 0.3
    seen: float = 2.2
    seen_by_candidate: float = 2.2
    together: float = 0.95
    replaced: float = 0.0
    evenly: bool = False

    @property
    def facts(self) -> Facts:
        """Of two classes."""
        return TWO

    def draw(self, rng: Generator, rows: int) -> Batch:
        """So many rows."""
        places = np.arange(rows) / rows if self.evenly else rng.random(rows)
        truth = (places < self.share).astype(np.int64)
        common = rng.normal(size=rows)
        champion = self.seen * truth + self._noise(rng, common)
        candidate = self.seen_by_candidate * truth + self._noise(rng, common)
        if self.replaced:
            blind = self.seen * (rng.random(rows) < self.share) + rng.normal(size=rows)
            candidate = np.where(rng.random(rows) < self.replaced, blind, champion)
        one = self._probability(candidate, self.seen_by_candidate)
        two = self._probability(champion, self.seen)
        return Batch(
            truth,
            (one >= 0.5).astype(np.int64),
            np.column_stack([1 - one, one]),
            champion_answer=(two >= 0.5).astype(np.int64),
            champion_scores=np.column_stack([1 - two, two]),
        )

    def values(self, metric: str) -> tuple[float, float]:
        """The candidate's and the champion's value in the population."""
        return self._values[0][metric], self._values[1][metric]

    @cached_property
    def _values(self) -> tuple[dict[str, float], dict[str, float]]:
        own = _normal(_GRID - self.seen), _normal(_GRID)
        champion = self._measured(*own, self.seen)
        if not self.replaced:
            positive = _normal(_GRID - self.seen_by_candidate)
            return self._measured(positive, own[1], self.seen_by_candidate), champion
        blind = self.share * own[0] + (1 - self.share) * own[1]
        mixed = [(1 - self.replaced) * kind + self.replaced * blind for kind in own]
        return self._measured(mixed[0], mixed[1], self.seen), champion

    def _measured(self, positive: Floats, negative: Floats, seen: float) -> dict[str, float]:
        """Of densities of the signal in each class, on the grid."""
        step = _GRID[1] - _GRID[0]
        share, chance = self.share, self._probability(_GRID, seen)
        above = [
            np.cumsum(kind[::-1])[::-1] * step - kind * step / 2 for kind in (positive, negative)
        ]
        hits, alarms = share * above[0], (1 - share) * above[1]
        loss = share * positive * -np.log(chance) + (1 - share) * negative * -np.log1p(-chance)
        square = share * positive * (1 - chance) ** 2 + (1 - share) * negative * chance**2
        precision = hits / np.maximum(hits + alarms, 1e-300)
        return {
            "auroc": float((negative * above[0]).sum() * step),
            "auprc": float((positive * precision).sum() * step),
            "log_loss": float(loss.sum() * step),
            "brier": float(square.sum() * step),
        }

    def _noise(self, rng: Generator, common: Floats) -> Floats:
        own: Floats = rng.normal(size=len(common))
        return sqrt(self.together) * common + sqrt(1 - self.together) * own

    def _probability(self, signal: Floats, seen: float) -> Floats:
        odds = seen * signal - seen * seen / 2 + np.log(self.share / (1 - self.share))
        found: Floats = 1 / (1 + np.exp(-odds))
        return found


def _normal(at: Floats) -> Floats:
    found: Floats = np.exp(-at * at / 2) / sqrt(2 * np.pi)
    return found
