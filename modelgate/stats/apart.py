"""How far groups' shares lie apart: differences and ratios, with honest ends for many groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.interval import Interval
from modelgate.stats.shares import share

Floats = NDArray[np.float64]
_SUREST = 1 - 1e-14  # beyond it floats do not tell levels apart


@dataclass(frozen=True, slots=True)
class Share:
    """Hits among trials, of one group.

    Attributes:
        hits: in [0, trials]; need not be whole where rows bear weights.
        trials: above 0.
    """

    hits: float
    trials: float

    @property
    def value(self) -> float:
        """Hits over trials."""
        return self.hits / self.trials


class Widest:
    """How far the highest share lies above the lowest; or the lowest as a part of the highest.

    Of equal groups the shares differ by chance, the more the more groups there are. So the end that
    speaks against the model, the lower of the difference and the upper of the ratio, holds for all
    pairs at once (Bonferroni). The other end is that of the worst pair: whichever is the worst in
    truth, its own bound holds.

    Attributes:
        value: as it is usually told; larger than it is where groups are many and small.
        pair: the places of the lowest and of the highest share.

    Source: of one pair, R. G. Newcombe (1998), "Interval estimation for the difference between
        independent proportions", Statistics in Medicine 17, 873-890, method 10; of a ratio, A.
        Donner and G. Y. Zou (2012), "Closed-form confidence intervals for functions of the normal
        mean and standard deviation", Statistical Methods in Medical Research 21, 347-359.
    """

    def __init__(self, shares: Sequence[Share], *, ratio: bool = False, families: int = 1) -> None:
        """Args: shares, two or more. families: such questions that are asked together."""
        self._shares = list(shares)
        self._ratio = ratio
        self._pairs = families * len(shares) * (len(shares) - 1)
        values = [each.value for each in shares]
        low, high = min(values), max(values)
        self.pair = (values.index(low), values.index(high))
        self.value = (low / high if high > 0 else 1.0) if ratio else high - low

    def __call__(self, level: float) -> Interval:
        """The interval at a two-sided level."""
        strict = min(1 - (1 - level) / self._pairs, _SUREST)
        if self._ratio:
            low = float(_ratio_ends(*self._ends(level))[0].min())
            high = float(_ratio_ends(*self._ends(strict))[1].min())
            return Interval(min(low, self.value), max(min(high, 1.0), self.value), level)
        low = float(_difference_ends(*self._ends(strict))[0].max())
        high = float(_difference_ends(*self._ends(level))[1].max())
        return Interval(min(max(low, 0.0), self.value), max(high, self.value), level)

    def _ends(self, level: float) -> tuple[Floats, Floats, Floats]:
        """(k,) shares; (k,) the lower ends of their intervals; (k,) the upper ones."""
        found = [share(each.hits, each.trials, level) for each in self._shares]
        return (
            np.array([each.value for each in self._shares]),
            np.array([at.low for at in found]),
            np.array([at.high for at in found]),
        )


def _difference_ends(value: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Both ends of the difference of each pair, (k, k): that of the row less that of the column."""
    apart = value[:, None] - value
    below, above = (value - low) ** 2, (high - value) ** 2
    return (
        apart - np.sqrt(below[:, None] + above),
        apart + np.sqrt(above[:, None] + below),
    )


def _ratio_ends(value: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Both ends of the ratio of each pair, (k, k): that of the row over that of the column.

    The upper one is infinite where the column's may be 0.
    """
    product = value[:, None] * value
    lows, highs = low * (2 * value - low), high * (2 * value - high)
    # The smaller root, written so that it stays one where the other end reaches beyond twice its
    # share; and the larger root.
    least = product + np.sqrt(np.maximum(product**2 - lows[:, None] * highs, 0.0))
    most = product + np.sqrt(np.maximum(product**2 - highs[:, None] * lows, 0.0))
    lower = np.divide(np.tile(lows[:, None], len(value)), least, out=_zeros(least), where=least > 0)
    upper = np.divide(
        most, np.tile(lows, (len(value), 1)), out=_zeros(most) + np.inf, where=lows > 0
    )
    np.fill_diagonal(lower, np.inf)  # a group is not compared with itself
    np.fill_diagonal(upper, np.inf)
    return lower, upper


def _zeros(like: Floats) -> Floats:
    return np.zeros(like.shape)
