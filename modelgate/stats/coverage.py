"""How often a model errs when it may keep silent where it is least sure."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.interval import Interval
from modelgate.stats.operating import binomial_ends
from modelgate.stats.shares import FEW, share
from modelgate.stats.tails import beta_quantile

Floats = NDArray[np.float64]
_MANY = 1e8  # rows at which a binomial law is Poisson's


class Answered:
    """Right and wrong answers, from the surest down.

    Attributes:
        sure: (m,) distinct confidences.
        rows: (m,) rows so sure or surer; effective ones where rows bear weights.
        wrong: (m,) wrong answers among them.
    """

    def __init__(self, sure: Floats, right: Floats, wrong: Floats) -> None:
        self.sure = sure
        self.rows = np.cumsum(right + wrong)
        self.wrong = np.cumsum(wrong)

    @property
    def total(self) -> float:
        """All rows."""
        return float(self.rows[-1])

    def errors(self, rows: float) -> float:
        """Wrong answers among the surest rows; of equally sure ones as many as on average."""
        return float(np.interp(rows, np.append(0.0, self.rows), np.append(0.0, self.wrong)))

    def risks(self, fewest: float, most: float) -> Floats:
        """The shares of wrong answers among so many of the surest rows, from fewest to most."""
        first = min(max(fewest, float(self.rows[0])), self.total)
        inside = (self.rows > first) & (self.rows < most)
        ends = np.array([first, min(max(most, first), self.total)])
        return np.append(
            self.wrong[inside] / self.rows[inside], [self.errors(one) / one for one in ends]
        )


class RiskAt:
    """The share of wrong answers among the surest rows.

    Two things are uncertain: where the confidence lies above which a row is answered (the rows
    above the true one are binomial), and which share of those is wrong. The distances from the
    value are added as variances are.

    Attributes:
        value: the share.
        sure: the confidence from which on rows are answered.

    Source: R. El-Yaniv and Y. Wiener (2010), "On the foundations of noise-free selective
        classification", JMLR 11, 1605-1641.
    """

    def __init__(self, answered: Answered, coverage: float) -> None:
        self._answered, self._coverage = answered, coverage
        self._rows = coverage * answered.total
        self._wrong = answered.errors(self._rows)
        self.value = self._wrong / self._rows
        place = int(np.searchsorted(answered.rows, self._rows * (1 - 1e-12)))
        self.sure = float(answered.sure[min(place, len(answered.sure) - 1)])

    def __call__(self, level: float) -> Interval:
        """The interval at a two-sided level."""
        at = share(self._wrong, self._rows, level)
        moved = self._answered.risks(*binomial_ends(self._answered.total, self._coverage, level))
        below = max(self.value - float(moved.min()), 0.0)
        above = max(float(moved.max()) - self.value, 0.0)
        return Interval(
            max(self.value - sqrt((self.value - at.low) ** 2 + below**2), 0.0),
            min(self.value + sqrt((at.high - self.value) ** 2 + above**2), 1.0),
            level,
        )


class RiskArea:
    """The area under the curve of risk over coverage: the mean risk, if any coverage is as likely.

    It is a sum of weights: a wrong answer to the row of rank u (0 the surest, 1 the least sure)
    weighs -log(u). Its interval is that of such a sum, Fay and Feuer's, with the variance that the
    ranks leave: it holds for few errors, and for none. One error more is supposed at the upper end.

    Attributes:
        value: the area.

    Source: Y. Geifman, G. Uziel and R. El-Yaniv (2019), "Bias-reduced uncertainty estimation for
        deep neural classifiers", ICLR; M. P. Fay and E. J. Feuer (1997), "Confidence intervals for
        directly standardized rates", Statistics in Medicine 16, 791-801.
    """

    def __init__(self, answered: Answered) -> None:
        total = answered.total
        rows = np.diff(answered.rows, prepend=0.0)
        wrong = np.diff(answered.wrong, prepend=0.0)
        weights = _mean_weights(answered.rows / total, rows / total)
        self.value = float((wrong * weights).sum()) / total
        # What a row adds to the area beyond its own error: it moves the ranks of all less sure.
        after = np.append(np.cumsum((wrong / answered.rows)[::-1])[::-1], 0.0)
        moves = (after[:-1] + after[1:]) / 2
        mean = self.value - float((rows * moves).sum()) / total
        square = float((wrong * (weights - moves) ** 2).sum() + ((rows - wrong) * moves**2).sum())
        self._variance = max(square / total - mean**2, 0.0) / total
        errors = float(answered.wrong[-1])
        surest = 1 + log(total)
        seen = float(weights[wrong > 0].max()) if errors > 0 else surest
        self._more = (seen if errors >= FEW else surest) / total

    def __call__(self, level: float) -> Interval:
        """The interval at a two-sided level."""
        tail = (1 - level) / 2
        low = _gamma(tail, self.value, self._variance)
        more = self._more
        high = _gamma(1 - tail, self.value + more, self._variance + more * more)
        return Interval(min(low, self.value), min(max(high, self.value), 1.0), level)


def _mean_weights(ranks: Floats, masses: Floats) -> Floats:
    """The mean of -log(u) over the ranks of each cell, which end at `ranks`."""

    def whole(at: Floats) -> Floats:  # the integral of -log(u) from 0
        return at - at * np.log(np.maximum(at, 1e-300))

    begins = np.maximum(ranks - masses, 0.0)
    held = np.maximum(masses, 1e-300)
    return np.where(masses > 0, (whole(ranks) - whole(begins)) / held, 0.0)


def _gamma(wanted: float, mean: float, variance: float) -> float:
    """The quantile of a gamma law: that of a beta law with very many rows."""
    if mean <= 0 or variance <= 0:
        return mean
    shape = mean * mean / variance
    rows = max(_MANY, 100 * shape)
    return beta_quantile(wanted, shape, rows) * (rows + shape) / shape * mean
