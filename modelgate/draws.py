"""Numbers that rows draw by their place: a seeded sample that no batching changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def draws(first: int, rows: int, seed: int) -> NDArray[np.uint64]:
    """The number that each row draws from its position: those with the smallest make the sample.

    Args:
        first: position of the first row in its data set, from 0.
        rows: how many draw.
        seed: 0 or more.

    Returns:
        (rows,) numbers of splitmix64 (Steele et al. 2014, "Fast splittable PRNGs", OOPSLA).
    """
    start = np.uint64((seed * 0x2545F491) & 0xFFFFFFFFFFFFFFFF)
    z = np.arange(first, first + rows, dtype=np.uint64) + start
    z = (z + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
