"""Many questions at once: p-values adjusted for their number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def holm(p_values: Floats) -> Floats:
    """P-values adjusted so that any false one is found with at most the level, whatever depends.

    Args:
        p_values: (m,) in [0, 1].

    Returns:
        (m,) in the order given: at most the level exactly where Holm's procedure rejects.

    Raises:
        ValueError: a p-value lies outside [0, 1] or is NaN.

    Source: S. Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian
        Journal of Statistics 6, 65-70.
    """
    order, ordered = _ordered(p_values)
    scaled = ordered * np.arange(len(ordered), 0, -1)
    return _in_place(order, np.minimum(np.maximum.accumulate(scaled), 1.0))


def benjamini_hochberg(p_values: Floats) -> Floats:
    """P-values adjusted so that the expected share of false ones among those found is the level.

    Args:
        p_values: (m,) in [0, 1].

    Returns:
        (m,) in the order given.

    Raises:
        ValueError: a p-value lies outside [0, 1] or is NaN.

    Source: Y. Benjamini and Y. Hochberg (1995), "Controlling the false discovery rate", Journal of
        the Royal Statistical Society B 57, 289-300.
    """
    order, ordered = _ordered(p_values)
    scaled = ordered * (len(ordered) / np.arange(1, len(ordered) + 1))
    falling = np.minimum.accumulate(scaled[::-1])[::-1]
    return _in_place(order, np.minimum(falling, 1.0))


def _ordered(p_values: Floats) -> tuple[NDArray[np.intp], Floats]:
    values = np.asarray(p_values, dtype=np.float64)
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError("a p-value lies in [0, 1]")
    order = np.argsort(values, kind="stable")
    return order, values[order]


def _in_place(order: NDArray[np.intp], values: Floats) -> Floats:
    found = np.empty_like(values)
    found[order] = values
    return found
