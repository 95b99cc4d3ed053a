"""Metrics of labels, of two models on the same rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Floats
from modelgate.aggregates.paired_confusion import PairedConfusion
from modelgate.aggregates.topk import PairedTopK
from modelgate.metrics.cells import averaged, balanced, of_class
from modelgate.metrics.measure import (
    BOTH_NEED_SCORES,
    NO_ROWS,
    NO_WEIGHT,
    Compared,
    Options,
    different,
)
from modelgate.stats.cell_metrics import matthews
from modelgate.stats.cells import CellMetric, margins, paired_bootstrap
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.paired import paired_low, paired_method
from modelgate.stats.planning import share_error

UNWEIGHED = "weighted rows are compared where every one has a label"
TOO_MANY_CLASSES = "weighted rows of more than 16 classes are not compared"


@dataclass(frozen=True, slots=True)
class Cells:
    """What both models answered: one entry a cell that occurs.

    Attributes:
        truth, candidate, champion: (m,) classes.
        rows: (m,) in the cell.
        weight, square: (m,) sums of their weights, and of the squares.
    """

    truth: NDArray[np.int64]
    candidate: NDArray[np.int64]
    champion: NDArray[np.int64]
    rows: NDArray[np.int64]
    weight: Floats
    square: Floats

    @classmethod
    def of(cls, found: PairedConfusion) -> Cells:
        """All cells of both models' answers."""
        return cls(*found.cells, *found.weights)

    def only(self, index: int | None) -> Cells:
        """The rows of one true class; all where None."""
        if index is None:
            return self
        own = self.truth == index
        return Cells(
            self.truth[own],
            self.candidate[own],
            self.champion[own],
            self.rows[own],
            self.weight[own],
            self.square[own],
        )

    @property
    def effective(self) -> float:
        """Kish's effective number of rows; 0 where nothing weighs."""
        squares = float(self.square.sum())
        return float(self.weight.sum()) ** 2 / squares if squares > 0 else 0.0

    @property
    def discordant(self) -> int:
        """Rows that one of the two alone answers rightly."""
        one_right = (self.candidate == self.truth) != (self.champion == self.truth)
        return int(self.rows[one_right].sum())

    def matrix(self, answers: NDArray[np.int64], classes: int) -> Floats:
        """(classes, classes) weights by truth and answer."""
        found = np.zeros((classes, classes))
        np.add.at(found, (self.truth, answers), self.weight)
        return found


def compare_accuracy(found: PairedConfusion, _options: Options) -> Compared:
    """The share of right answers; rows without a label count where both answer alike."""
    return _shares(found, None)


def compare_balanced(found: PairedConfusion, _options: Options) -> Compared:
    """The mean recall of the classes that occur in truth."""
    return _resampled(found, balanced)


def compare_matthews(found: PairedConfusion, _options: Options) -> Compared:
    """Matthews' correlation coefficient."""
    return _resampled(found, lambda _: matthews)


def compare_per_class(name: str) -> Callable[[PairedConfusion, Options], Compared]:
    """Precision, recall or F1: of one class, or averaged."""

    def compare(found: PairedConfusion, options: Options) -> Compared:
        if options.average == "micro" and options.of is None:
            return compare_accuracy(found, options)
        if options.of is None:
            average = options.average or "macro"
            return _resampled(found, lambda cells: averaged(cells, name, average))
        index = options.of
        if name == "recall":
            return _shares(found, index)
        return _resampled(found, lambda _: of_class(name, index))

    return compare


def _shares(found: PairedConfusion, of: int | None) -> Compared:
    """The share of right answers among all rows, or among those of one class."""
    unlabelled = found.alike + found.apart
    if (missing := _missing(found, unlabelled if of is not None else 0)) is not None:
        return missing
    if unlabelled and found.weighted:
        return Compared(value=None, n=found.rows, reason=UNWEIGHED)
    part = Cells.of(found).only(of)
    total, effective = float(part.weight.sum()), part.effective
    rows = int(part.rows.sum()) + unlabelled
    if not rows or (total <= 0 and not unlabelled):
        label = NO_ROWS if of is None else f"{found.facts.classes[of]!r} is never in the truth"
        return Compared(value=None, n=rows, reason=f"undefined: {label}")
    right, before = part.candidate == part.truth, part.champion == part.truth
    scale = effective / total if total > 0 else 1.0
    gains = float(part.weight[right & ~before].sum()) * scale
    losses = float(part.weight[~right & before].sum()) * scale
    everything, apart = effective + unlabelled, found.apart if of is None else 0
    compared = _compared(gains, losses, everything, apart=apart, rows=rows)
    return replace(
        compared,
        value=None if unlabelled else float(part.weight[right].sum()) / total,
        champion=None if unlabelled else float(part.weight[before].sum()) / total,
        discordant=part.discordant + apart,
        reason=_want_labels(apart) if apart else None,
        details={**compared.details, "rows_without_label": unlabelled},
    )


def compare_top_k(found: PairedTopK, options: Options) -> Compared:
    """The share of rows whose true class is among the k best scores."""
    ranks, steps = found.ranks, found.steps
    rows = int(ranks.rows.sum())
    if found.labels_only:
        return Compared(value=None, n=rows, reason=BOTH_NEED_SCORES)
    if options.k >= steps:
        return Compared(value=None, n=rows, reason=f"two models are compared up to k = {steps - 1}")
    if not rows:
        return Compared(value=None, reason=NO_ROWS)
    weights = ranks.weights.reshape(steps, steps)
    total, effective = float(weights.sum()), ranks.effective
    if total <= 0:
        return Compared(value=None, n=rows, reason=NO_WEIGHT)
    k = options.k
    gains, losses = float(weights[:k, k:].sum()), float(weights[k:, :k].sum())
    counts = ranks.rows.reshape(steps, steps)
    compared = _compared(
        gains * effective / total, losses * effective / total, effective, apart=0, rows=rows
    )
    return replace(
        compared,
        value=float(weights[:k].sum()) / total,
        champion=float(weights[:, :k].sum()) / total,
        discordant=int(counts[:k, k:].sum() + counts[k:, :k].sum()),
        details={**compared.details, "k": k},
    )


def _compared(gains: float, losses: float, everything: float, *, apart: int, rows: int) -> Compared:
    """The difference of two shares; of `apart` rows nobody knows whom they speak for."""
    at = _ShareApart(gains, losses, everything, apart)
    return Compared(
        value=None,
        difference=(gains - losses) / everything,
        interval=at(LEVEL),
        at=at,
        usual_error=share_error(everything),
        method=paired_method(gains + losses + apart),
        n=rows,
        n_effective=different(everything, rows),
        details={"gains": gains, "losses": losses},
    )


@dataclass(frozen=True, slots=True)
class _ShareApart:
    """The interval of (gains - losses) / everything, at any level, one end or both."""

    gains: float
    losses: float
    everything: float
    apart: int

    def __call__(self, level: float) -> Interval:
        return Interval(self.low_at(level), self.high_at(level), level)

    def low_at(self, level: float) -> float:
        return paired_low(self.gains, self.losses + self.apart, self.everything, (1 - level) / 2)

    def high_at(self, level: float) -> float:
        return -paired_low(self.losses, self.gains + self.apart, self.everything, (1 - level) / 2)


def _resampled(found: PairedConfusion, metric_of: Callable[[Floats], CellMetric]) -> Compared:
    """A metric of the confusion matrix without a law of its own."""
    unlabelled = found.alike + found.apart
    if (missing := _missing(found, unlabelled)) is not None:
        return missing
    cells, classes = Cells.of(found), len(found.facts.classes)
    both = cells.matrix(cells.candidate, classes) + cells.matrix(cells.champion, classes)
    metric = metric_of(both)
    drawn = paired_bootstrap(
        metric,
        cells.truth,
        (cells.candidate, cells.champion),
        weight=cells.weight,
        square=cells.square,
        classes=classes,
    )
    one, two = (
        float(metric(margins(cells.matrix(answers, classes))))
        for answers in (cells.candidate, cells.champion)
    )
    return Compared(
        value=one,
        champion=two,
        interval=drawn(LEVEL),
        at=drawn,
        usual_error=share_error(_fewest(both, cells)),
        discordant=cells.discordant,
        method="Bayesian bootstrap of the joint answers",
        n=found.rows,
        n_effective=different(cells.effective, found.rows),
    )


def _fewest(both: Floats, cells: Cells) -> float:
    """Rows that a mean over classes rests on: as many as its rarest class has, a class."""
    present = np.flatnonzero(both.sum(axis=1))
    truth = both.sum(axis=1)[present] / 2
    share = cells.effective / float(cells.weight.sum())
    return max(1.0, share * len(present) ** 2 / float((1 / truth).sum()))


def _missing(found: PairedConfusion, unlabelled: int) -> Compared | None:
    """Why there can be no comparison, if so."""
    if unlabelled:
        return Compared(value=None, n=found.rows, reason=_want_labels(unlabelled))
    if not found.rows + found.alike + found.apart:
        return Compared(value=None, reason=NO_ROWS)
    if not found.weighable:
        return Compared(value=None, n=found.rows, reason=TOO_MANY_CLASSES)
    if found.rows and not float(found.weights[0].sum()) > 0:
        return Compared(value=None, n=found.rows, reason=NO_WEIGHT)
    return None


def _want_labels(rows: int) -> str:
    return f"{rows:,} row{'s' * (rows != 1)} without a label could speak for either model"
