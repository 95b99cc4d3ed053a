"""Images that look alike: which of one data set stand in another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from modelgate.data_quality.repeated import Overlap, overlapping
from modelgate.draws import draws
from modelgate.stats.interval import Interval
from modelgate.surveys.looks import BITS, Looks

MOST_PAIRS = 1 << 32
"""Pairs of images that are compared; of larger data sets some images are drawn."""
_HERE, _THERE = 1024, 8192


def alike(here: Looks, there: Looks, distance: int) -> Overlap | None:
    """How many images of one data set look like one of another, beyond what is natural.

    Digits on black look alike by nature. How many do is told by the reference alone: an image of
    it, left out, looks like another as often as a new one would. Of an image that cannot be read
    nobody knows: the interval reaches from none of them to all.

    Args:
        here: the images in question.
        there: those that the model was trained on.
        distance: bits of 128 in which two looks may differ.

    Returns:
        None where one of them has no image that can be read.
    """
    (mine, looks), (theirs, known) = here.found, there.found
    if not len(mine) or not len(theirs):
        return None
    most = max(1, MOST_PAIRS // len(theirs))
    chosen, others = _some(len(mine), most), _some(len(theirs), most)
    nearest, apart = _nearest(looks[chosen], known, distance, own=None)
    twins, _ = _nearest(known[others], known, distance, own=others)
    share, natural = float((nearest >= 0).mean()), float((twins >= 0).mean())
    shown = np.argsort(apart, kind="stable")[: int((nearest >= 0).sum())]
    pairs = np.stack([mine[chosen[shown]], theirs[nearest[shown]]], axis=1)
    found = overlapping(share, len(chosen), natural, len(others), pairs)
    unread = here.unread / (here.unread + len(mine))
    return replace(found, at=lambda level: _either(found.at(level), unread))


def _either(read: Interval, unread: float) -> Interval:
    """Where the excess lies, whatever the images show that cannot be read."""
    return Interval(read.low * (1 - unread), read.high * (1 - unread) + unread, read.level)


def _some(count: int, most: int) -> NDArray[np.intp]:
    """All places, or some drawn by lot, ascending."""
    return np.sort(np.argsort(draws(0, count, 0), kind="stable")[:most])


def _nearest(
    looks: NDArray[np.uint8],
    known: NDArray[np.uint8],
    distance: int,
    own: NDArray[np.intp] | None,
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """(n,) the place of the nearest known look, -1 where none is near enough; (n,) how far it is.

    Args:
        looks: (n, 16).
        known: (m, 16).
        distance: bits that may differ.
        own: (n,) places that do not count; None where all do.
    """
    found = np.full(len(looks), -1, dtype=np.intp)
    far = np.full(len(looks), distance + 1, dtype=np.float32)
    for start in range(0, len(looks), _HERE):
        mine = _signs(looks[start : start + _HERE])
        best, places = far[start : start + _HERE], found[start : start + _HERE]
        for first in range(0, len(known), _THERE):
            apart = (BITS - mine @ _signs(known[first : first + _THERE]).T) / 2
            if own is not None:
                self_at = own[start : start + _HERE] - first
                inside = np.flatnonzero((self_at >= 0) & (self_at < apart.shape[1]))
                apart[inside, self_at[inside]] = BITS
            place = apart.argmin(axis=1)
            least = apart[np.arange(len(mine)), place]
            nearer = least < best
            best[nearer] = least[nearer]
            places[nearer] = first + place[nearer]
    return found, far


def _signs(looks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, 128) each bit as 1 or -1: a product of two counts the bits that agree."""
    return np.unpackbits(looks, axis=1).astype(np.float32) * 2 - 1
