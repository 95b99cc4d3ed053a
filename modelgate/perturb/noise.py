"""Numbers that were measured a little differently."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import SettingError, perturbation
from modelgate.perturb.material.dice import normal
from modelgate.perturb.material.spread import moved, spread, whole

AMOUNTS = (0.01, 0.05, 0.1, 0.2, 0.5)


@perturbation(of="number")
def noise(
    values: NDArray[np.float64],
    *,
    seed: int,
    pool: NDArray[np.float64],
    severity: int = 1,
    amount: float | None = None,
) -> NDArray[np.float64]:
    """Each number is moved a little, up or down, by a share of the column's spread.

    The noise is normal. A good model hardly moves: no measurement is exact. A column of whole
    numbers stays whole, so that little noise leaves many of its numbers as they are. Missing
    numbers stay missing; a column of one value or of two, such as yes and no, stays as it is.

    Severity: a standard deviation of 0.01, 0.05, 0.1, 0.2 or 0.5 of that of the column; at least
        0.75 in a column of whole numbers, which moves every other one of them.
    Settings: amount, the standard deviation in the column's own unit, in place of the severity's.
    """
    if amount is not None and amount <= 0:
        raise SettingError("'amount' is larger than 0")
    if len(set(pool[np.isfinite(pool)].tolist())) <= 2:
        return values.copy()
    width = amount
    if width is None:
        width = max(AMOUNTS[severity - 1] * spread(pool), 0.75 * whole(pool))
    return moved(values, width * normal(seed, len(values)), pool)
