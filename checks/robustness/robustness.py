from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate import Champion, Change, Interval, Model, Outcome, Sample, check
from modelgate.behaviour.changing import changed, columns_for
from modelgate.behaviour.pictures import with_pictures
from modelgate.errors import UsageError
from modelgate.predictions import Predictions
from modelgate.stats.interval import LEVEL
from modelgate.stats.means import square_mean
from modelgate.stats.shares import share, share_method
from modelgate.stats.tails import student_quantile

Floats = NDArray[np.float64]
STRENGTHS = (1, 2, 3, 4, 5)


@check(
    family="robustness",
    subject="perturbation",
    severity="major",
    example=("robustness: typos", "column: review", "strength: 3", "at_least: 0.8"),
)
def robustness(
    model: Model,
    sample: Sample,
    change: Change,
    champion: Champion | None,
    *,
    perturbation: str,
    column: str | list[str] | None = None,
) -> Outcome:
    """The model stays good while its inputs get worse.

    At most 2,000 labelled rows of the data are perturbed at five strengths, from hardly to be
    noticed to as bad as it gets, and judged by their labels as ever. With `strength: 1` to 5 the
    value is that of one strength, else the mean over all five, which is the area below the curve.
    All sampled rows count, also those that a perturbation leaves as they are. The champion is asked
    about the same changed rows, and its curve stands beside the model's in the report.

    Measures: the accuracy; for regression, the root mean squared error.
    Settings: perturbation, what is done (`modelgate list perturbations`), with its own settings
        beside it. column, the ones to change, where several could be meant.
    Source: D. Hendrycks and T. Dietterich (2019), "Benchmarking neural network robustness to common
        corruptions and perturbations", ICLR, for strengths and their mean.
    """
    del perturbation
    if not change.perturbation.graded:
        raise UsageError(
            "MG2187",
            f"{change.name!r} has no strengths",
            hint="ask about it with `invariance`",
        )
    strengths = (int(change.settings["severity"]),) if "strength" in change.written else STRENGTHS
    sample = with_pictures(model, sample, change)
    columns = columns_for(change, sample.rows.select(list(model.columns)).schema, column)
    mine, theirs = [], []
    for strength in strengths:
        rows = changed(change.at(strength), sample.rows, columns, seed=sample.seed).after
        mine.append(_losses(model, sample, model.predict(rows)))
        if champion is not None:
            theirs.append(_losses(model, sample, champion.predict(rows)))
    regression = model.facts.task == "regression"
    per_row = np.mean(mine, axis=0)  # (n,) of each row, over the strengths
    found = _rmse(per_row) if regression else _accuracy(per_row, len(strengths))
    untouched = _losses(model, sample, sample.answers)
    return Outcome(
        value=found.value,
        interval=found.at(LEVEL),
        at=found.at,
        better="lower" if regression else "higher",
        unit="target" if regression else "share",
        n=len(sample),
        lowest=0.0,
        highest=None if regression else 1.0,
        method=found.method,
        details={
            "strengths": list(strengths),
            "unchanged": _value(untouched, regression=regression),
            "curve": [_value(one, regression=regression) for one in mine],
            "champion": [_value(one, regression=regression) for one in theirs] or None,
        },
    )


def _losses(model: Model, sample: Sample, answers: Predictions) -> Floats:
    """(n,) 1 for a wrong answer; for regression, the squared error. NaN is as wrong as can be."""
    if model.facts.task == "regression":
        assert answers.values is not None
        squares: Floats = (answers.values - sample.truth) ** 2
        return squares
    assert answers.labels is not None
    wrong = np.asarray(answers.labels != sample.truth, dtype=np.float64)
    if answers.scores is not None:
        wrong[~np.isfinite(answers.scores).all(axis=1)] = 1.0
    return wrong


@dataclass(frozen=True, slots=True)
class _Accuracy:
    """The share of right answers: of one strength, or the mean of several for each row."""

    right: Floats
    strengths: int

    @property
    def value(self) -> float:
        return float(self.right.mean())

    @property
    def method(self) -> str:
        hits, rows = float(self.right.sum()), len(self.right)
        return share_method(hits, rows) if self.strengths == 1 else "Student's t of the rows' means"

    def at(self, level: float) -> Interval:
        rows, value = len(self.right), self.value
        if self.strengths == 1:
            return share(float(self.right.sum()), rows, level)
        # Rows that all are alike say nothing of those that are not there: never narrower than if
        # the five answers to a row were one.
        least = share(value * rows, rows, level) if value in {0.0, 1.0} else Interval(value, value)
        if rows < 2:
            return share(value * rows, rows, level)
        spread = float(self.right.std(ddof=1)) / sqrt(rows)
        reach = student_quantile((1 + level) / 2, rows - 1) * spread
        low, high = min(value - reach, least.low), max(value + reach, least.high)
        return Interval(max(0.0, low), min(1.0, high), level)


@dataclass(frozen=True, slots=True)
class _Rmse:
    """The root of the mean squared error over rows and strengths."""

    squares: Floats
    strengths: int = 1
    method: str = "Student's t on the cube root of the mean square"

    @property
    def value(self) -> float:
        return sqrt(float(self.squares.mean()))

    def at(self, level: float) -> Interval:
        rows = len(self.squares)
        mean, variance = (
            float(self.squares.mean()),
            float(self.squares.var(ddof=1)) if rows > 1 else 0.0,
        )
        found = square_mean(
            mean, variance, max(rows, 2), span=float(self.squares.max()), level=level
        )
        return Interval(sqrt(found.low), sqrt(found.high), level)


def _accuracy(wrong: Floats, strengths: int) -> _Accuracy:
    return _Accuracy(1 - wrong, strengths)


def _rmse(squares: Floats) -> _Rmse:
    return _Rmse(squares)


def _value(losses: Floats, *, regression: bool) -> float | None:
    found = sqrt(float(losses.mean())) if regression else 1 - float(losses.mean())
    return found if np.isfinite(found) else None
