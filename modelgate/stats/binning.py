"""Numbers into bins that hold about as many rows of the reference each."""

from __future__ import annotations

import numpy as np

from modelgate.stats.shift import Counted, Integers

BINS = 10
"""Deciles, as is usual for the population stability index."""


def quantile_bins(
    reference: Counted, current: Counted, bins: int = BINS
) -> tuple[Integers, Integers]:
    """Count two samples in bins on quantiles of the reference.

    Equal values share a bin, so that with few distinct ones there are fewer bins. What lies outside
    the reference's range falls into the first bin or the last; but where the reference's lowest
    value fills a bin, what lies below it has a bin of its own.

    Args:
        reference: gives the edges.
        current: the other.
        bins: 2 or more.

    Returns:
        (k,) rows of the reference and of the current sample in each bin, k at most `bins` + 1.
    """
    up_to = np.cumsum(reference.counts)
    wanted = np.ceil(up_to[-1] * np.arange(1, bins) / bins)
    edges = reference.values[np.searchsorted(up_to, wanted)]
    edges = edges[np.append(True, edges[1:] != edges[:-1])]  # `np.unique` loads masked arrays
    lowest = reference.values[reference.counts > 0][0]
    if edges[0] == lowest and current.values[current.counts > 0][0] < lowest:
        edges = np.append(np.nextafter(lowest, -np.inf), edges)
    sides = []
    for sample in (reference, current):
        place = np.searchsorted(edges, sample.values)  # a bin ends with its edge
        sides.append(np.bincount(place, weights=sample.counts, minlength=len(edges) + 1))
    ones, others = (np.rint(side).astype(np.int64) for side in sides)
    return ones, others
