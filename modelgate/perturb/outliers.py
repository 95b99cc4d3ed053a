"""Numbers far from all others."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import perturbation
from modelgate.perturb.material.dice import uniform
from modelgate.perturb.material.spread import moved, spread

SPREADS = (3.0, 5.0, 10.0, 30.0, 100.0)


@perturbation(of="number")
def outliers(
    values: NDArray[np.float64],
    *,
    seed: int,
    pool: NDArray[np.float64],
    severity: int = 1,
    side: Literal["both", "above", "below"] = "both",
) -> NDArray[np.float64]:
    """Each number is moved far out of its column, up or down.

    A slipped decimal point, a broken sensor, a default like 999999. A good model still answers
    with something finite and likely; how far it is carried away is what one wants to know. A column
    of one value stays as it is.

    Severity: 3, 5, 10, 30 or 100 standard deviations of the column.
    Settings: side, to which the numbers are moved; drawn for each where both.
    """
    far = SPREADS[severity - 1] * spread(pool)
    if not np.isfinite(far):
        return values.copy()
    if side == "both":
        return moved(values, far * np.where(uniform(seed, len(values)) < 0.5, -1, 1), pool)
    return moved(values, far if side == "above" else -far, pool)
