"""Draws that depend on a seed and a text alone, or on a seed and a place in a column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Thing = TypeVar("Thing")
_MASK = (1 << 64) - 1


class Dice:
    """Draws for one text: the same text gets the same ones, wherever it stands.

    Seeding Python's own generator would cost more than most changes do.

    Source: D. E. Knuth, the linear congruential generator of MMIX; only high bits are used.
    """

    __slots__ = ("_state",)

    def __init__(self, seed: int, text: str) -> None:
        mixed = crc32(text.encode("utf-8", "surrogatepass")) + (seed << 32)
        self._state = (mixed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) & _MASK
        self.below(1)

    def below(self, bound: int) -> int:
        """A whole number from 0 to bound - 1, for a bound from 1 to 2 ** 31."""
        self._state = state = (self._state * 6364136223846793005 + 1442695040888963407) & _MASK
        return ((state >> 33) * bound) >> 31

    def one(self, things: Sequence[Thing]) -> Thing:
        """One of them."""
        return things[self.below(len(things))]

    def other(self, things: Sequence[Thing], than: Thing) -> Thing:
        """One of them that is not `than`; `than` itself where there is no other."""
        left = [thing for thing in things if thing != than]
        return self.one(left) if left else than

    def some(self, things: Sequence[Thing], count: int) -> list[Thing]:
        """So many different ones of them, all of them where there are fewer."""
        left = list(things)
        count = min(count, len(left))
        for place in range(count):
            drawn = place + self.below(len(left) - place)
            left[place], left[drawn] = left[drawn], left[place]
        return left[:count]


def uniform(seed: int, rows: int, stream: int = 0) -> NDArray[np.float64]:
    """(rows,) numbers in the open interval (0, 1); each depends on the seed and its place alone.

    Args:
        seed: 0 or more.
        rows: how many.
        stream: another one gives other numbers for the same seed.

    Source: splitmix64 of G. L. Steele, D. Lea, C. H. Flood (2014), "Fast splittable pseudorandom
        number generators", OOPSLA.
    """
    start = np.uint64((seed * 0x2545F4914F6CDD1D + stream * 0xD1B54A32D192ED03) & _MASK)
    z = (np.arange(rows, dtype=np.uint64) + start) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return ((z >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def normal(seed: int, rows: int) -> NDArray[np.float64]:
    """(rows,) standard normal numbers, as `uniform`.

    Source: G. E. P. Box and M. E. Muller (1958), Annals of Mathematical Statistics 29, 610-611.
    """
    angle = 2 * np.pi * uniform(seed, rows, 1)
    return np.asarray(np.sqrt(-2 * np.log(uniform(seed, rows, 2))) * np.cos(angle))


def edits(places: int, severity: int) -> int:
    """How many of so many places in a text are changed: one for each hundred begun, by severity."""
    return severity * (1 + places // 100)
