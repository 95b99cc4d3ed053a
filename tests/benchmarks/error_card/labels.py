"""Made-up answers in words: how two models answer rows of each class, as a table of chances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from modelgate.aggregates import Batch, Facts, Flags, Floats, Integers
from modelgate.stats import cell_metrics
from modelgate.stats.cells import margins

TWO = Facts("classification", ("no", "yes"), 1)
THREE = Facts("classification", ("a", "b", "c"))


@dataclass(frozen=True, slots=True)
class Labels:
    """A law of answers.

    Attributes:
        facts: the classes.
        cells: (classes, classes, classes) chances of truth, candidate's and champion's answer.
    """

    facts: Facts
    cells: Floats

    def draw(self, rng: Generator, rows: int) -> Batch:
        """So many rows."""
        counts = rng.multinomial(rows, self.cells.ravel())
        found = np.repeat(np.arange(counts.size), counts)
        truth, answer, champion = np.unravel_index(found, self.cells.shape)
        return Batch(truth, answer, champion_answer=champion)

    def values(self, metric: str) -> tuple[float, float]:
        """The candidate's and the champion's value in the population; of the positive, or macro."""
        return self._value(metric, self.cells.sum(axis=2)), self._value(
            metric, self.cells.sum(axis=1)
        )

    def _value(self, metric: str, matrix: Floats) -> float:
        found = margins(matrix)
        if metric == "accuracy":
            return float(cell_metrics.accuracy(found))
        if metric == "balanced_accuracy":
            return float(cell_metrics.recalls(found).mean())
        if metric == "mcc":
            return float(cell_metrics.matthews(found))
        of_class = {
            "precision": cell_metrics.precisions,
            "recall": cell_metrics.recalls,
            "f1": cell_metrics.f1s,
        }[metric](found)
        positive = self.facts.positive
        return float(of_class.mean() if positive is None else of_class[positive])


@dataclass(frozen=True, slots=True)
class Ranked:
    """Scores of three classes; the true one is among a model's best two, or it is not.

    Attributes:
        right: the champion's share of rows where it is.
        apart: share of rows where only one of the two models has it there.
        drop: how much less often the candidate has.
    """

    right: float = 0.9
    apart: float = 0.05
    drop: float = 0.02

    @property
    def facts(self) -> Facts:
        """Of three classes."""
        return THREE

    def draw(self, rng: Generator, rows: int) -> Batch:
        """So many rows."""
        lost, won = (self.apart + self.drop) / 2, (self.apart - self.drop) / 2
        chances = [self.right - lost, lost, won, 1 - self.right - won]
        kind = rng.choice(4, rows, p=chances)
        truth: Integers = rng.integers(0, 3, rows)
        one, two = (self._scores(rng, truth, hit) for hit in (kind % 2 == 0, kind < 2))
        return Batch(
            truth,
            one.argmax(axis=1),
            one,
            champion_answer=two.argmax(axis=1),
            champion_scores=two,
        )

    def values(self, _metric: str) -> tuple[float, float]:
        """The candidate's and the champion's share in the population."""
        return self.right - self.drop, self.right

    def _scores(self, rng: Generator, truth: Integers, hit: Flags) -> Floats:
        found = np.sort(rng.dirichlet(np.ones(3), len(truth)), axis=1)
        place = np.where(hit, rng.integers(1, 3, len(truth)), 0)  # of the truth's score
        others = (place[:, None] + rng.permuted([[1, 2]] * len(truth), axis=1)) % 3
        scores = np.empty_like(found)
        rows = np.arange(len(truth))
        scores[rows, truth] = found[rows, place]
        for step in (1, 2):
            scores[rows, (truth + step) % 3] = found[rows, others[:, step - 1]]
        return scores


def labels(
    facts: Facts,
    shares: tuple[float, ...],
    right: tuple[float, ...],
    *,
    apart: float,
    drop: float = 0.0,
) -> Labels:
    """A champion that is right with these chances, and a candidate that is right less often.

    Args:
        facts: the classes.
        shares: of each class.
        right: the champion's recall of each.
        apart: share of rows, of each class, that one of the two alone answers rightly.
        drop: how much less often the candidate is right, in each class.
    """
    kinds = len(shares)
    champion = np.array(
        [
            [right[i] if i == j else (1 - right[i]) / (kinds - 1) for j in range(kinds)]
            for i in range(kinds)
        ]
    ) * np.array(shares).reshape(-1, 1)
    cells = np.zeros((kinds, kinds, kinds))
    for truth in range(kinds):
        lost = (apart + drop) / 2 / right[truth]
        won = (apart - drop) / 2 / (1 - right[truth])
        for answer in range(kinds):
            chance = champion[truth, answer]
            if answer == truth:
                others = [other for other in range(kinds) if other != truth]
                cells[truth, truth, answer] = chance * (1 - lost)
                cells[truth, others, answer] = chance * lost / len(others)
            else:
                cells[truth, answer, answer] = chance * (1 - won)
                cells[truth, truth, answer] = chance * won
    assert cells.min() >= 0, "they cannot be apart so often"
    return Labels(facts, cells)
