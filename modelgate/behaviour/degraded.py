"""How good answers to worsened rows are: of one model, and of two on the same rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate.predictions import Predictions
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.means import square_mean
from modelgate.stats.paired import paired_share
from modelgate.stats.paired_means import Part, difference, part_of, unseen_reach
from modelgate.stats.paired_roots import Squares, root_difference
from modelgate.stats.shares import clopper_pearson

Floats = NDArray[np.float64]


def losses(answers: Predictions, truth: NDArray[np.generic]) -> Floats:
    """(n,) 1 for a wrong class and 0 for a right one; of numbers, the squared error.

    A score that is not finite makes its answer wrong, a number that is not makes its error NaN.
    """
    if answers.values is not None:
        with np.errstate(over="ignore", invalid="ignore"):
            errors: Floats = answers.values.astype(np.float64) - np.asarray(truth, np.float64)
            squares = errors**2
        return np.where(np.isfinite(squares), squares, np.nan)
    assert answers.labels is not None
    wrong = np.asarray(answers.labels != truth, dtype=np.float64)
    if answers.scores is not None:
        wrong[~np.isfinite(answers.scores).all(axis=1)] = 1.0
    return wrong


@dataclass(frozen=True, slots=True, eq=False)
class Accuracy:
    """The share of right answers to rows that were asked at one strength or at several.

    Attributes:
        wrong: (n,) of each row, the share of its strengths at which it is answered wrongly.
        strengths: how many there are.
    """

    wrong: Floats
    strengths: int

    @property
    def value(self) -> float:
        """In [0, 1]; the mean over the strengths, which is the area below their curve."""
        return 1 - float(self.wrong.mean())

    @property
    def method(self) -> str:
        """How the interval is found."""
        if self._counted:
            return "Clopper-Pearson"
        return "Hall's transformed t of the rows' means"

    @property
    def _counted(self) -> bool:
        """Whether the rows are right or wrong as a whole: then it is a share as any other."""
        return self.strengths == 1 or bool(np.isin(self.wrong, (0.0, 1.0)).all())

    def at(self, level: float) -> Interval:
        """The interval, at any level."""
        if self._counted:
            found = clopper_pearson(float(self.wrong.sum()), len(self.wrong), level)
        else:
            mean = float(self.wrong.mean())
            part = part_of(self.wrong, None, expected=mean)
            found = difference(mean, [part], most=1.0, level=level)
        return Interval(1 - min(found.high, 1.0), 1 - max(found.low, 0.0), level)

    def beside(self, other: Accuracy, level: float = LEVEL) -> tuple[float, Interval]:
        """How much higher it is than another's on the same rows, and the interval of that."""
        apart = other.wrong - self.wrong
        value, rows = float(apart.mean()), len(apart)
        if np.isin(apart, (-1.0, 0.0, 1.0)).all():
            gains, losses = int((apart > 0).sum()), int((apart < 0).sum())
            return value, paired_share(gains, losses, rows, level)
        part = part_of(apart, None, expected=value)
        return value, difference(value, [part], most=1.0, level=level)


@dataclass(frozen=True, slots=True, eq=False)
class RootMeanSquare:
    """The root of the mean squared error of all rows at all strengths.

    Attributes:
        squares: (n,) of each row, the mean over its strengths.
    """

    squares: Floats

    @property
    def value(self) -> float:
        """0 or more; NaN where an answer is no number."""
        return sqrt(float(self.squares.mean())) if self._sound else float("nan")

    @property
    def method(self) -> str:
        """How the interval is found."""
        return "Student's t on the cube root of the mean square"

    @property
    def _sound(self) -> bool:
        return isfinite(float(self.squares.sum()))

    def at(self, level: float) -> Interval:
        """The interval, at any level; NaN where there is none."""
        if not self._sound:
            return Interval(float("nan"), float("nan"), level)
        rows = max(len(self.squares), 2)
        variance = float(self.squares.var(ddof=1)) if len(self.squares) > 1 else 0.0
        span = float(self.squares.max())
        found = square_mean(self.value**2, variance, rows, span=span, level=level)
        return Interval(sqrt(found.low), sqrt(found.high), level)

    def beside(self, other: RootMeanSquare, level: float = LEVEL) -> tuple[float, Interval | None]:
        """How much larger it is than another's on the same rows, and the interval of that.

        None where too little is known: of one row, or of answers that are no numbers or all right.
        """
        value, rows = self.value - other.value, len(self.squares)
        largest = sqrt(max(float(self.squares.max()), float(other.squares.max()), 0.0))
        if rows < 2 or not isfinite(value) or not largest:
            return value, None
        apart = self.squares - other.squares
        spread = float(other.squares.std(ddof=1))
        part = _reaching(part_of(apart, None, expected=float(apart.mean())), spread)
        squares = Squares(
            candidate=self.value**2,
            champion=other.value**2,
            part=part,
            scale=1.0,
            scale_variance=spread**2,
            joint=float(np.cov(apart, other.squares)[0, 1]),
            span=min(largest, sqrt(other.value**2 + 2 * spread) or largest),
        )
        return value, root_difference(squares, level=level)


def _reaching(part: Part, spread: float) -> Part:
    """What an unseen row may differ by, as long as few were seen to differ."""
    if not part.unlike:
        return part
    seen = sqrt(part.variance * part.rows / part.unlike)
    return replace(part, reach=unseen_reach(seen, 2 * spread, part.unlike))
