"""The exact lower end of a difference of two shares on the same rows, where few rows differ."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, inf, log, sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.tails import beta_quantile
from modelgate.stats.tango import crossing, scores, tango_low

Floats = NDArray[np.float64]

SPENT = 0.01
"""Part of the error that goes into the range of rates tried."""
_POINTS = 24  # rates tried between the ends of that range
_ALIKE = 1e-9  # scores no further apart are one
_NOTHING = 1e-200  # powers below it are 0: sums of denormal numbers take ten times as long


@lru_cache(maxsize=4096)
def exact_low(gains: int, losses: int, rows: int, tail: float) -> float:
    """The smallest difference that an exact unconditional test does not rule out.

    Buehler's limit: tables are ordered by Tango's lower end, and a difference is ruled out where
    tables that speak as well for the first, or better, come up with chance `tail` at most, however
    often the two differ. That rate may be anything in an exact interval of its own, which costs a
    hundredth of `tail` (Berger and Boos): rates that the rows themselves rule out widen nothing.

    Args:
        gains: rows that only the first answers rightly; a few hundred discordant rows at most.
        losses: rows that only the second answers rightly.
        rows: all rows, at least 1 and gains + losses.
        tail: one-sided error, in (0, 0.5).

    Source: R. J. Buehler (1957), "Confidence intervals for the product of two binomial parameters",
        JASA 52, 482-493; R. L. Berger and D. D. Boos (1994), "P values maximized over a confidence
        set for the nuisance parameter", JASA 89, 1012-1016.
    """
    if losses >= rows:
        return -1.0
    start, found = tango_low(gains, losses, rows, tail), (gains - losses) / rows
    chance = _Chance(gains, losses, rows, tail, start)
    allowed = log(tail * (1 - SPENT))

    def spare(difference: float) -> float:
        most = chance.most(difference)
        return log(most) - allowed if most > 0 else -inf

    at_start = spare(start)
    if at_start <= 0:
        at_found = spare(found)
        return crossing(spare, start, at_start, found, at_found) if at_found > 0 else found
    high, at_high, step = start, at_start, (found - start) / 8
    while high > -1:
        low = max(high - step, -1.0)
        at_low = spare(low)
        if at_low <= 0:
            return crossing(spare, low, at_low, high, at_high)
        high, at_high, step = low, at_low, 2 * step
    return -1.0


class _Chance:
    """How often tables come up that speak at least as well for the first as the one seen.

    Sums run over the discordant rows d of such a table, binomial in all rows; given d, the gains
    are binomial in d.
    """

    def __init__(self, gains: int, losses: int, rows: int, tail: float, start: float) -> None:
        apart = gains + losses
        self.least_often, self.most_often = _rates(apart, rows, tail * SPENT * 3 / 8)
        last = min(rows, _largest(rows * self.most_often, tail * SPENT / 4))
        self.apart = np.arange(last + 1, dtype=np.float64)  # (last + 1,) discordant rows d
        self.rest = rows - self.apart
        steps = np.log(self.rest[:-1]) - np.log(self.apart[1:])
        self.ways = np.concatenate(([0.0], np.cumsum(steps)))  # log of (rows over d)
        seen = float(scores(float(gains), float(losses), rows, start)) - _ALIKE
        self.least = _least_gains(self.apart, rows, start, seen)
        self.choose = _choose(ceil((last + 1) / 64) * 64)[: last + 1, : last + 1]
        self.counts: dict[bool, Floats] = {}

    def most(self, difference: float) -> float:
        """The chance under a difference, at the rate of discordant rows that makes it largest."""
        apart = abs(difference)
        lowest = max(apart, self.least_often)
        if lowest > self.most_often:
            return 0.0
        rates = np.square(np.linspace(sqrt(lowest), sqrt(self.most_often), _POINTS))
        rates = np.clip(rates, 1e-300, 1 - 1e-16)
        odds = np.maximum(rates - apart, 0.0) / (rates + apart)
        powers = np.empty((len(self.apart), len(rates)))
        powers[0], powers[1:] = 1.0, odds
        np.multiply.accumulate(powers, out=powers)
        powers[powers < _NOTHING] = 0.0
        given = self._counts(upward=difference >= 0) @ powers  # (d, rates), over a common factor
        logs = self.ways[:, None] + self.apart[:, None] * np.log((rates + apart) / 2)
        logs += self.rest[:, None] * np.log1p(-rates)
        return float((np.exp(logs) * given).sum(axis=0).max())

    def _counts(self, *, upward: bool) -> Floats:
        """(d, k) ways to have k of the rarer kind, losses or gains, in a table that is counted.

        Of the rarer, so that no power overflows and no sum cancels.
        """
        if upward not in self.counts:
            kind = self.apart <= (self.apart - self.least)[:, None]
            if not upward:
                kind = self.apart >= self.least[:, None]
            self.counts[upward] = np.where(kind, self.choose, 0.0)
        return self.counts[upward]


@lru_cache(maxsize=4096)
def _rates(apart: int, rows: int, side: float) -> tuple[float, float]:
    """The exact interval of the rate of discordant rows, each side missing with chance `side`."""
    low = beta_quantile(side, apart, rows - apart + 1) if apart else 0.0
    return low, beta_quantile(1 - side, apart + 1, rows - apart) if apart < rows else 1.0


def _largest(mean: float, chance: float) -> int:
    """A count that binomial counts of that mean pass with less than `chance` (Bernstein)."""
    size = -log(chance)
    return ceil(mean + size / 3 + sqrt(size * size / 9 + 2 * mean * size))


def _least_gains(apart: Floats, rows: int, difference: float, seen: float) -> Floats:
    """(d,) fewest gains among d discordant rows that score `seen` or more; d + 1 if none do."""
    low, high = np.zeros_like(apart), apart + 1
    for _ in range(len(apart).bit_length() + 1):
        middle = np.floor((low + high) / 2)
        gains = np.minimum(middle, apart)
        enough = scores(gains, apart - gains, rows, difference) >= seen
        low, high = np.where(enough, low, middle + 1), np.where(enough, middle, high)
    return np.minimum(low, apart + 1)


@lru_cache(maxsize=8)
def _choose(size: int) -> Floats:
    """(size, size) binomial coefficients, row over column."""
    found = np.zeros((size, size))
    found[:, 0] = 1.0
    for row in range(1, size):
        found[row, 1:] = found[row - 1, 1:] + found[row - 1, :-1]
    return found
