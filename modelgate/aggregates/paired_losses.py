"""What each row costs two models, and how far apart that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Aggregate, Batch, Facts, Floats
from modelgate.aggregates.losses import brier_losses, log_losses
from modelgate.aggregates.moments import Moments
from modelgate.aggregates.residuals import Reach

ALIKE = 1e-3
"""Losses of a row that differ by less than this share of the larger one are alike: two builds of
one model round differently."""
SUMS = ("candidate", "champion", "champion_squared", "apart_squared", "apart_cubed")

Loss = Callable[[Facts, Batch, NDArray[Any], Floats | None], Floats]


class PairedLosses(Aggregate):
    """Moments of the losses of two models, and of their difference, row by row.

    Attributes:
        labels_only: whether some rows came without the scores of either model.
        sums: of the candidate's loss, the champion's, its square; the difference's square and cube.
        unlike: rows whose losses differ.
        largest: the largest loss of either model.
        reach: how far targets and answers of either model lie apart at most; of numbers only.
        zeros: rows whose target is 0.
    """

    paired: ClassVar[bool] = True

    def __init__(self, facts: Facts, loss: str) -> None:
        super().__init__(facts)
        self.loss = loss
        self.labels_only = False
        self.sums = Moments(SUMS)
        self.unlike = 0
        self.largest = 0.0
        self.reach = Reach()
        self.zeros = 0

    def add(self, batch: Batch) -> None:
        """Sum the losses of some rows."""
        needs_scores = self.facts.task == "classification"
        if needs_scores and (batch.scores is None or batch.champion_scores is None):
            self.labels_only = True
            return
        if not len(batch):
            return
        assert batch.champion_answer is not None
        loss = LOSSES[self.loss]
        with np.errstate(over="ignore", invalid="ignore"):
            candidate = loss(self.facts, batch, batch.answer, batch.scores)
            champion = loss(self.facts, batch, batch.champion_answer, batch.champion_scores)
            apart = candidate - champion
            square = apart * apart
            values = dict(
                zip(
                    SUMS,
                    (candidate, champion, champion * champion, square, square * apart),
                    strict=True,
                )
            )
            self.sums.add(values, batch.weight)
        size, other = np.abs(candidate), np.abs(champion)
        larger = np.maximum(size, other)
        self.unlike += int(np.count_nonzero(np.abs(apart) > ALIKE * larger))
        self.largest = max(self.largest, float(larger.max()))
        if not needs_scores:
            truth, one, two = errors_of(batch)
            self.reach = self.reach.with_rows(truth, one).with_rows(truth, two)
            self.zeros += int(len(batch) - np.count_nonzero(batch.truth))

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.labels_only |= other.labels_only
        self.sums.merge(other.sums)
        self.unlike += other.unlike
        self.largest = max(self.largest, other.largest)
        self.reach = self.reach.with_other(other.reach)
        self.zeros += other.zeros


class PairedSquares(Aggregate):
    """Squared errors of two models, and how far apart they are, row by row.

    The difference of the squares is taken as (a - b)(a + b): nothing cancels.

    Attributes:
        sums: of the candidate's squared error, the champion's and its square; of the difference's
            square, cube and fourth power; of the difference times the champion's square.
        unlike: rows whose squared errors differ.
        reach: how far targets and answers of either model lie apart at most.
    """

    paired: ClassVar[bool] = True

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.sums = Moments((*SUMS, "apart_fourth", "apart_champion"))
        self.unlike = 0
        self.reach = Reach()

    def add(self, batch: Batch) -> None:
        """Take in some rows."""
        truth, one, two = errors_of(batch)
        with np.errstate(over="ignore", invalid="ignore"):
            candidate, champion = one * one, two * two
            apart = (one - two) * (one + two)
            square = apart * apart
            values = {
                "candidate": candidate,
                "champion": champion,
                "champion_squared": champion * champion,
                "apart_squared": square,
                "apart_cubed": square * apart,
                "apart_fourth": square * square,
                "apart_champion": apart * champion,
            }
            self.sums.add(values, batch.weight)
            larger = np.maximum(candidate, champion)
            self.unlike += int(np.count_nonzero(np.abs(apart) > ALIKE * larger))
        self.reach = self.reach.with_rows(truth, one).with_rows(truth, two)

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.sums.merge(other.sums)
        self.unlike += other.unlike
        self.reach = self.reach.with_other(other.reach)


def errors_of(batch: Batch) -> tuple[Floats, Floats, Floats]:
    """Targets, and the errors of the candidate and of the champion."""
    assert batch.champion_answer is not None
    truth = batch.truth.astype(np.float64)
    one = batch.answer.astype(np.float64) - truth
    return truth, one, batch.champion_answer.astype(np.float64) - truth


def _log(_facts: Facts, batch: Batch, _answer: NDArray[Any], scores: Floats | None) -> Floats:
    assert scores is not None
    return log_losses(batch.truth, scores)


def _brier(facts: Facts, batch: Batch, _answer: NDArray[Any], scores: Floats | None) -> Floats:
    assert scores is not None
    return brier_losses(facts, batch.truth, scores)


def _size(_facts: Facts, batch: Batch, answer: NDArray[Any], _scores: Floats | None) -> Floats:
    found: Floats = np.abs(answer.astype(np.float64) - batch.truth)
    return found


def _share(facts: Facts, batch: Batch, answer: NDArray[Any], scores: Floats | None) -> Floats:
    size, true_size = _size(facts, batch, answer, scores), np.abs(batch.truth.astype(np.float64))
    found: Floats = np.divide(size, true_size, out=np.zeros_like(size), where=true_size > 0)
    return found


def _symmetric(facts: Facts, batch: Batch, answer: NDArray[Any], scores: Floats | None) -> Floats:
    size = _size(facts, batch, answer, scores)
    both = np.abs(batch.truth.astype(np.float64)) + np.abs(answer.astype(np.float64))
    found: Floats = np.divide(2 * size, both, out=np.zeros_like(size), where=both > 0)
    return found


LOSSES: Mapping[str, Loss] = MappingProxyType(
    {"log": _log, "brier": _brier, "size": _size, "share": _share, "symmetric": _symmetric}
)
"""What a row may cost, by name."""
