"""Numbers in the wrong unit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import SettingError, perturbation


@perturbation(of="number")
def unit_error(
    values: NDArray[np.float64], *, severity: int = 1, factor: float | None = None
) -> NDArray[np.float64]:
    """Each number is multiplied: grams for kilograms, cents for euros, metres for kilometres.

    A good model notices, or is at least not sure of itself: where such a column does not move the
    answer at all, the model may not read it. Zero and missing numbers stay as they are.

    Severity: a factor of 10, 100, 1,000, 10,000 or 100,000.
    Settings: factor, in place of the severity's; below 1 it divides: 0.001.
    """
    if factor is not None and (factor <= 0 or factor == 1):
        raise SettingError("'factor' is larger than 0, and not 1")
    with np.errstate(over="ignore", invalid="ignore"):
        changed = values * (10.0**severity if factor is None else factor)
    return np.where(np.isfinite(changed), changed, values)
