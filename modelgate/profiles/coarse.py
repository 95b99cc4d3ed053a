"""A sample of numbers in a few thousand of them."""

from __future__ import annotations

import numpy as np

from modelgate.stats.shift import Counted

FEW_VALUES = 4096
"""Distinct numbers up to which each is counted, however many rows there are."""


def coarsened(sample: Counted, points: int) -> Counted:
    """The sample itself where its distinct values are few, else as quantiles.

    Taken are the lowest, the highest, and values evenly apart in rank. Each is given the rows that
    keep the share of rows up to any value as close as can be to what it was; the largest difference
    that is left, about half a point in all, is added to the error.

    Args:
        sample: of any size.
        points: about how many values may stand for it.
    """
    if len(sample.values) <= max(FEW_VALUES, points):
        return sample
    upto = np.cumsum(sample.counts)
    rows = int(upto[-1])
    ranks = (np.arange(points) + 0.5) * (rows / points)
    marked = np.zeros(len(upto), dtype=np.bool_)
    marked[np.searchsorted(upto, ranks)] = True
    marked[[0, -1]] = True
    chosen = np.flatnonzero(marked)
    # From a chosen value up to the next one, the rows rise from `least` to `most`.
    least, most = upto[chosen], upto[np.append(chosen[1:] - 1, len(upto) - 1)]
    told = (least + most) // 2
    off = int(np.maximum(told - least, most - told).max())
    counts = np.diff(told, prepend=0)
    return Counted(sample.values[chosen], counts, sample.error + off / rows)
