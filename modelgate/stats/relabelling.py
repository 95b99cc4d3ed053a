"""The law of a distance when which sample a row belongs to is drawn by lot."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Distance = Callable[[Integers, Integers], Floats]
"""(b, k) counts of the first and of the second sample -> (b,) distances; larger is further."""

SEED = 20_260_101
MOST_ROWS = 900_000_000
"""Of both samples together: numpy draws no more by lot."""
_FEW, _MANY = 1_999, 19_999
_CLEAR = 0.10  # where so many of the few draws lie as far, no more are taken
_AT_ONCE = 1_000_000  # numbers drawn at a time
_ALIKE = 1e-9  # relative; distances no further apart are one


def drawn_chance(distance: Distance, ones: Integers, others: Integers) -> float:
    """The share of drawings by lot in which the samples lie as far apart as they do, or further.

    The smaller sample is drawn from all rows without putting any back, 1,999 times, and 19,999
    times where few of those lie as far. The same counts give the same chance, and so do the two
    samples swapped. It holds its level for any distance and any number of rows.

    Args:
        distance: symmetric in the samples, 0 or more.
        ones: (k,) rows of the first sample in each category or bin.
        others: (k,) of the second; together `MOST_ROWS` rows at most.

    Returns:
        In [1 / 20,000, 1].

    Source: E. J. G. Pitman (1937), "Significance tests which may be applied to samples from any
        populations", Supplement to the Journal of the Royal Statistical Society 4, 119-130; the
        one added to hits and draws: B. Phipson and G. K. Smyth (2010), "Permutation p-values should
        never be zero", Statistical Applications in Genetics and Molecular Biology 9(1), 39.
    """
    every = ones + others
    rows = min(int(ones.sum()), int(others.sum()))
    seen = float(distance(ones[None, :], others[None, :])[0])
    least = seen * (1 - _ALIKE)
    rng = np.random.default_rng(SEED)
    hits = taken = 0
    while taken < _MANY and (taken < _FEW or hits <= _CLEAR * _FEW):
        left = (_FEW if taken < _FEW else _MANY) - taken
        size = min(left, max(1, _AT_ONCE // len(every)))
        drawn = rng.multivariate_hypergeometric(every, rows, size=size, method="marginals")
        hits += int((distance(drawn, every - drawn) >= least).sum())
        taken += size
    return (hits + 1) / (taken + 1)
