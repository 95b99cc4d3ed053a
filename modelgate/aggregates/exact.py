"""Sums of floats without rounding: the same bits, however the terms are ordered or split."""

from __future__ import annotations

from fractions import Fraction
from math import frexp, inf, ldexp

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Floats, Integers

DIGIT = 32
"""Bits of one digit. A digit of 2^15 terms stays below 2^53, where float sums are exact, and one of
2^30 terms below 2^63, where int64 sums are."""
_CHUNK = 1 << 15
_DENSE = 8  # groups up to which a comparison with each is cheaper than a count
_LOWEST = -34  # the digit that holds a float's lowest bit, 2^-1074


class ExactSums:
    """One exact sum a group.

    Each float is written as digits to the base 2^32, cut off and never rounded, so that its digits
    do not depend on its neighbours; the digits are summed as integers.

    Attributes:
        groups: their number.
        beyond: (groups,) terms that were infinite or NaN; such a group's sum is infinite.
    """

    def __init__(self, groups: int = 1) -> None:
        self.groups = groups
        self.beyond: Integers = np.zeros(groups, dtype=np.int64)
        self._digits: dict[int, Integers] = {}

    def add(self, values: NDArray[np.floating], group: NDArray[np.integer] | None = None) -> None:
        """Take in terms (n,), each for the group at its position; for group 0 where None."""
        for start in range(0, len(values), _CHUNK):
            part = values[start : start + _CHUNK].astype(np.float64)  # a copy, used up below
            where = None if group is None else group[start : start + _CHUNK]
            self._add_chunk(part, where)

    def merge(self, other: ExactSums) -> None:
        """Take in all terms of the other."""
        self.beyond += other.beyond
        for level, digits in other._digits.items():
            self._level(level)[:] += digits

    def exact(self, group: int = 0) -> Fraction:
        """The sum of a group, without any rounding.

        Raises:
            OverflowError: a term was infinite or NaN.
        """
        if self.beyond[group]:
            raise OverflowError("a term of the sum is too large for a float")
        whole, lowest = self._whole(group)
        scale = 1 << abs(DIGIT * lowest)
        return Fraction(whole * scale) if lowest >= 0 else Fraction(whole, scale)

    @property
    def total(self) -> Fraction:
        """The sum of all groups, without any rounding.

        Raises:
            OverflowError: a term was infinite or NaN.
        """
        everything = ExactSums()
        everything.beyond[0] = self.beyond.sum()
        everything._digits = {
            level: digits.sum(keepdims=True) for level, digits in self._digits.items()
        }
        return everything.exact()

    @property
    def value(self) -> float:
        """The sum of group 0, rounded once; infinite where a term was."""
        return self._rounded(0)

    @property
    def values(self) -> Floats:
        """(groups,) the sums, each rounded once; infinite where a term was."""
        sums = np.zeros(self.groups)
        filled = self.beyond != 0
        for digits in self._digits.values():
            filled |= digits != 0
        for group in np.flatnonzero(filled):
            sums[group] = self._rounded(int(group))
        return sums

    def _rounded(self, group: int) -> float:
        if self.beyond[group]:
            return inf
        whole, lowest = self._whole(group)
        try:
            if lowest >= 0:
                return float(whole << (DIGIT * lowest))
            return whole / (1 << (-DIGIT * lowest))
        except OverflowError:
            return inf if whole > 0 else -inf

    def _whole(self, group: int) -> tuple[int, int]:
        lowest = min(self._digits, default=0)
        total = sum(
            int(digits[group]) << (DIGIT * (level - lowest))
            for level, digits in self._digits.items()
        )
        return total, lowest

    def _level(self, level: int) -> Integers:
        if level not in self._digits:
            self._digits[level] = np.zeros(self.groups, dtype=np.int64)
        return self._digits[level]

    def _add_chunk(self, rest: Floats, group: NDArray[np.integer] | None) -> None:
        top = float(np.abs(rest).max(initial=0.0))
        if not top < inf:
            lost = ~np.isfinite(rest)
            places = np.zeros(len(rest), dtype=np.int64) if group is None else group
            np.add.at(self.beyond, places[lost], 1)
            rest[lost] = 0.0
            top = float(np.abs(rest).max(initial=0.0))
        level = (frexp(top)[1] - 1) // DIGIT
        while top > 0.0 and level >= _LOWEST:
            digit = np.trunc(_scaled(rest, -DIGIT * level))
            self._put(level, digit, group)
            rest -= _scaled(digit, DIGIT * level)
            level -= 1
            top = 1.0 if rest.any() else 0.0

    def _put(self, level: int, digit: Floats, group: NDArray[np.integer] | None) -> None:
        sums = self._level(level)
        if group is None:
            sums[0] += int(digit.sum())
        elif self.groups <= _DENSE:
            # All partial sums are whole and below 2^53, so a product of matrices is exact as well.
            mine = group == np.arange(self.groups)[:, None]  # (groups, n)
            sums += (mine @ digit).astype(np.int64)
        elif self.groups > 4 * len(digit):
            np.add.at(sums, group, digit.astype(np.int64))
        else:
            sums += np.bincount(group, weights=digit, minlength=self.groups).astype(np.int64)


def _scaled(values: Floats, power: int) -> Floats:
    """Values times 2^power, in two steps where one factor would not be a float."""
    if abs(power) <= 1000:
        return values * ldexp(1.0, power)
    half = power // 2
    return values * ldexp(1.0, half) * ldexp(1.0, power - half)
