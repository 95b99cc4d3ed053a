"""Whether as many rows lack a value in one sample as in another."""

from __future__ import annotations

import numpy as np

from modelgate.stats.homogeneity import homogeneity
from modelgate.stats.interval import Interval
from modelgate.stats.shift import Shift
from modelgate.stats.unpaired import Lot, shares_apart


def missing_rates(missing: int, rows: int, others_missing: int, others: int) -> Shift:
    """The difference of two samples' shares of rows without a value, and its test.

    Null hypothesis: a value lacks as often in both populations. Nothing is paired. Any rows from 1
    and 1 to 1e8 and more. The p-value is that of `homogeneity` for two categories: chi-square, or
    Fisher's where fewer than 5 rows are expected in a cell. The effect is the size of the
    difference, a share of rows in [0, 1]; its ends are those of `shares_apart`, folded at 0.

    Args:
        missing: rows of the first sample without a value, in [0, rows].
        rows: of the first sample, 1 or more.
        others_missing: rows of the second sample without a value, in [0, others].
        others: of the second sample, 1 or more.

    Raises:
        ValueError: more rows lack a value than there are, or there is none.
    """
    found = homogeneity(
        np.array([missing, rows - missing]), np.array([others_missing, others - others_missing])
    )
    one, other = Lot(missing / rows, 0.0, rows), Lot(others_missing / others, 0.0, others)

    def at(level: float) -> Interval:
        signed = shares_apart(one, other, level)
        low = max(0.0, signed.low, -signed.high)
        return Interval(low, min(1.0, max(-signed.low, signed.high)), level)

    return Shift(abs(one.mean - other.mean), found.p_value, at, f"missing rates, {found.method}")
