"""How far the numbers of a column lie apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def spread(pool: NDArray[np.float64]) -> float:
    """The standard deviation of the finite numbers; 0 where there are none, or all are one."""
    finite = pool[np.isfinite(pool)]
    largest = float(np.abs(finite).max(initial=0.0))
    if largest == 0:
        return 0.0
    width = float((finite / largest).std()) * largest  # squares of huge numbers would overflow
    return width if np.isfinite(width) else 0.0


def whole(pool: NDArray[np.float64]) -> bool:
    """Whether all finite numbers are whole, so that a column of counts or years stays one."""
    finite = pool[np.isfinite(pool)]
    return bool(np.all(finite == np.rint(finite)))


def moved(
    values: NDArray[np.float64], by: NDArray[np.float64] | float, pool: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The values with something added; rounded where the column is whole, finite where they were.

    Args:
        values: (n,), NaN and infinities stay.
        by: (n,) or one, what is added.
        pool: all values of the column.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        sums = values + by
    if whole(pool):
        sums = np.rint(sums)
    return np.where(np.isfinite(values) & np.isfinite(sums), sums, values)
