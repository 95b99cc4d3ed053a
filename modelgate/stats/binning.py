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
    the reference's range falls into the first bin or the last.

    Args:
        reference: gives the edges.
        current: the other.
        bins: 2 or more.

    Returns:
        (k,) rows of the reference and of the current sample in each bin, k at most `bins`.
    """
    up_to = np.cumsum(reference.counts)
    wanted = np.ceil(up_to[-1] * np.arange(1, bins) / bins)
    edges = reference.values[np.searchsorted(up_to, wanted)]
    edges = edges[np.diff(edges, prepend=np.nan) != 0]  # `np.unique` would load masked arrays
    sides = []
    for sample in (reference, current):
        place = np.searchsorted(edges, sample.values)  # a bin ends with its edge
        sides.append(np.bincount(place, weights=sample.counts, minlength=len(edges) + 1))
    ones, others = (np.rint(side).astype(np.int64) for side in sides)
    return ones, others
