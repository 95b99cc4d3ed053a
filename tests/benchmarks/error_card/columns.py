"""Made-up columns of a data set, of many kinds, as their profiles; shifted by a known distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import Generator

from modelgate.aggregates import Floats
from modelgate.profiles.column import ColumnProfile
from modelgate.stats.shift import Counted, counted
from modelgate.stats.tails import normal_quantile

Kind = Literal["normal", "skewed", "whole", "mostly 0", "yes or no", "six", "forty"]
KINDS: tuple[Kind, ...] = ("normal", "six", "whole", "skewed", "yes or no", "mostly 0", "forty")
"""Of numbers and of categories in turn, so that few columns are mixed as well."""
MISSING = 0.05
"""Share of rows without a value, in every third column."""
_DRAWN = 20_000  # rows up to which numbers are drawn one by one; else counted on a grid
_GRID = np.linspace(-5.0, 5.0, 2_001)
_SHARES: dict[Kind, Floats] = {
    "yes or no": np.array([0.7, 0.3]),
    "six": np.array([0.35, 0.25, 0.2, 0.1, 0.06, 0.04]),
    "forty": 1 / np.arange(1.0, 41.0) / (1 / np.arange(1.0, 41.0)).sum(),
}
_MEAN = 4.0  # of whole numbers
_ZERO = 0.8  # share of rows that are mostly 0


@dataclass(frozen=True, slots=True)
class Column:
    """A law of a column.

    Attributes:
        kind: of its values.
        gaps: whether some rows have none.
    """

    kind: Kind
    gaps: bool = False

    def draw(self, rng: Generator, rows: int, name: str, apart: float = 0.0) -> ColumnProfile:
        """So many rows, whose law lies as far apart from the unshifted one, in shares of rows."""
        missing = int(rng.binomial(rows, MISSING)) if self.gaps else 0
        there = max(rows - missing, 1)
        if self.kind in _SHARES:
            shares = _SHARES[self.kind].copy()
            shares[:2] += [-apart, apart]
            drawn = rng.multinomial(there, shares).tolist()
            counts = {f"c{place}": count for place, count in enumerate(drawn) if count}
            return ColumnProfile(
                name=name,
                kind="category",
                type="string",
                rows=there + missing,
                missing=missing,
                categories=counts,
            )
        return ColumnProfile(
            name=name,
            kind="number",
            type="double",
            rows=there + missing,
            missing=missing,
            numbers=self._numbers(rng, there, apart),
        )

    def _numbers(self, rng: Generator, rows: int, apart: float) -> Counted:
        if self.kind == "whole":
            return counted(_whole(rng, rows, apart))
        if self.kind == "mostly 0":
            more = int(rng.binomial(rows, 1 - _ZERO + apart))
            rest = _normals(rng, more, 0.0)
            values = np.exp(rest.values)
            return Counted(np.append(0.0, values), np.append(np.array([rows - more]), rest.counts))
        further = 2 * normal_quantile((1 + apart) / 2)
        found = _normals(rng, rows, further)
        return Counted(np.exp(found.values), found.counts) if self.kind == "skewed" else found


def columns(count: int) -> tuple[Column, ...]:
    """So many columns of all kinds."""
    return tuple(Column(KINDS[place % len(KINDS)], place % 3 == 2) for place in range(count))


def _normals(rng: Generator, rows: int, mean: float) -> Counted:
    if rows <= _DRAWN:
        return (
            counted(rng.normal(mean, size=rows)) if rows else Counted(np.zeros(1), np.ones(1, int))
        )
    density = np.exp(-np.square(_GRID - mean) / 2)
    return Counted(_GRID, rng.multinomial(rows, density / density.sum()))


def _whole(rng: Generator, rows: int, apart: float) -> Floats:
    """Poisson numbers, of which so many grow by 2 that the law lies that far apart."""
    each = np.cumprod(np.append(np.exp(-_MEAN), _MEAN / np.arange(1, 30)))
    grown = apart / float((each[1:] + each[:-1]).max())
    return (rng.poisson(_MEAN, rows) + 2 * (rng.random(rows) < grown)).astype(np.float64)
