"""Numbers a cent apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.perturb import perturbation
from modelgate.perturb.material.dice import uniform
from modelgate.perturb.material.spread import moved, spread

MOST_DIGITS = 6
"""Behind the point; a column that writes more was measured, not written by a person."""
FINE = 0.01
"""Of the column's spread: a larger step is no small thing, such as one room more."""
MEASURED = 0.001


@perturbation(of="number")
def last_digit(
    values: NDArray[np.float64], *, seed: int, pool: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Each number moves by one in the last digit that its column writes: a cent, a gram, a day.

    A good model answers as before, except for the few rows that lie just beside its boundary.
    Numbers with more than six digits behind the point move by a thousandth of the column's spread.
    A column in which one step is more than a hundredth of the spread, such as one of rooms, of
    codes or of yes and no, stays as it is; so do missing numbers.
    """
    width = spread(pool)
    digits = _digits(pool, 1e-6 * min(width, 1.0))
    step = MEASURED * width if digits is None else 10.0**-digits
    if not width or step > FINE * width:
        return values.copy()
    signs = np.where(uniform(seed, len(values)) < 0.5, -1.0, 1.0)
    after = moved(values, step * signs, pool)
    if digits is None:
        return after
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = np.round(after, digits + 2)  # 0.1 + 0.2 is 0.3
    return np.where(np.isfinite(rounded), rounded, after)


def _digits(pool: NDArray[np.float64], near: float) -> int | None:
    """How many the numbers write behind the point; None where they are too many."""
    finite = pool[np.isfinite(pool)]
    with np.errstate(over="ignore", invalid="ignore"):
        for digits in range(MOST_DIGITS + 1):
            shifted = finite * 10.0**digits
            # Numbers of single precision write 0.1 as 0.10000000149.
            if np.allclose(shifted, np.rint(shifted), rtol=1e-7, atol=near):
                return digits
    return None
