"""Numbers that are larger."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import perturbation
from modelgate.perturb.material.spread import added


@perturbation(of="number")
def increase(
    values: NDArray[np.float64],
    *,
    pool: NDArray[np.float64],
    severity: int = 1,
    amount: float | None = None,
    share: float | None = None,
) -> NDArray[np.float64]:
    """Each number rises by the same amount, or by a share of itself.

    A good model's answer moves the way that anybody would expect: a larger income does not make a
    loan riskier. Missing and infinite numbers stay as they are.

    Severity: a tenth of the column's standard deviation, two tenths, up to five; at least 1 in a
        column of whole numbers.
    Settings: amount, in the column's own unit, in place of the severity's. share, of the number's
        own size: 0.1 or 10%.
    """
    return added(values, 1, pool, severity=severity, amount=amount, share=share)
