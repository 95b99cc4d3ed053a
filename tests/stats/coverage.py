"""How often intervals miss what they are meant to hold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from modelgate.stats.interval import Interval


def missed(drawn: Callable[[Generator], Interval], true: float, *, runs: int, seed: int) -> float:
    """The share of runs in which an end misses the truth, of the end that misses more often.

    Args:
        drawn: the interval of a fresh sample.
        true: what it is meant to hold.
        runs: samples drawn.
        seed: of the samples.
    """
    rng = np.random.default_rng(seed)
    low = high = 0
    for _ in range(runs):
        found = drawn(rng)
        low += found.low > true + 1e-12
        high += found.high < true - 1e-12
    return max(low, high) / runs
