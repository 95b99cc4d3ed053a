"""How far the numbers of a column lie apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb.material.declared import SettingError


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


def stride(pool: NDArray[np.float64], severity: int) -> float:
    """A step in the column's unit: a tenth of its spread by severity, a whole one where it is."""
    step = severity * spread(pool) / 10
    return float(np.ceil(step)) if whole(pool) else step


def added(
    values: NDArray[np.float64],
    sign: int,
    pool: NDArray[np.float64],
    *,
    severity: int,
    amount: float | None,
    share: float | None,
) -> NDArray[np.float64]:
    """The values with an amount, a share of their size, or a stride added or taken away.

    Raises:
        SettingError: both an amount and a share are set, or one that is not larger than 0.
    """
    if amount is not None and share is not None:
        raise SettingError("write 'amount' or 'share', not both")
    for setting, value in (("amount", amount), ("share", share)):
        if value is not None and value <= 0:
            raise SettingError(f"{setting!r} is larger than 0")
    by: NDArray[np.float64] | float
    with np.errstate(over="ignore", invalid="ignore"):
        if share is not None:
            by = sign * share * np.abs(values)
        else:
            by = sign * (stride(pool, severity) if amount is None else amount)
        sums = values + by
    return np.where(np.isfinite(sums), sums, values)
