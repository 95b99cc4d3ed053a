"""Columns of numbers and truth values."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isfinite, isnan, log10
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import numbers
from modelgate.cells import numbers_of
from modelgate.properties.domains import EDGE, SMALL, Domain, Reach, chosen

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Cell = float | int | bool | None
FEW = 32
"""Whole numbers of so few values are codes: there is nothing between or beyond them."""
MISSING = 1.5
"""What a missing cell costs: less than any number but the typical one and round ones."""


class Numbers(Domain):
    """Numbers between two bounds, codes, or truth values; missing where the sample has missing."""

    typical: Cell

    def __init__(
        self, column: pa.Array, kind: pa.DataType, reach: Reach, most: tuple[float, float]
    ) -> None:
        """Find out the bounds.

        Args:
            column: (n,) of the sample, 1 row or more.
            kind: its type.
            reach: how far numbers go.
            most: what the model's inputs can hold at all.
        """
        super().__init__(column, kind)
        values, absent = numbers(column)
        held = values if absent is None else values[~absent]
        real = held.astype(np.float64)
        self._floats = values.dtype.kind == "f"
        finite = np.sort(real[np.isfinite(real)]).clip(*self._limits((-np.inf, np.inf)))
        self._values, counts = np.unique(finite, return_counts=True)
        self.whole = bool((finite == np.floor(finite)).all())
        self.codes = len(self._values) <= FEW and self.whole and reach != "extreme"
        self.low, self.high = self._bounds(finite, reach, most)
        self._missing: list[Cell] = [None] if absent is not None else []
        if self._floats and (
            np.isnan(real).any() or (reach == "extreme" and not self._missing and not self.whole)
        ):
            self._missing.append(float("nan"))
        self._infinite = sorted({float(one) for one in real[np.isinf(real)]})
        if not len(finite):
            self.typical = self._missing[0] if self._missing else self._infinite[0]
        elif self.codes:
            self.typical = self._plain(self._values[counts.argmax()])
        else:
            self.typical = self._plain(finite[(len(finite) - 1) // 2])
        self._edges = self._special(reach)

    def _bounds(
        self, finite: NDArray[np.float64], reach: Reach, most: tuple[float, float]
    ) -> tuple[float, float]:
        """The least and the largest number.

        A little beyond what was seen, numbers keep their sign, numbers above 0 stay above it, and
        shares stay shares: a logarithm or a root in the model is no fault.
        """
        if not len(finite):
            return 0.0, 0.0
        low, high = float(finite[0]), float(finite[-1])
        least, largest = self._limits(most)
        if reach == "extreme":
            return least, largest
        if reach == "seen" or self.codes or (low >= 0 and high <= 1):
            return low, high
        width = high - low
        below, above = low - width, high + width
        if low >= 0:
            below = max(below, low / 10)
        if high <= 0:
            above = min(above, high / 10)
        if self.whole:
            below, above = np.ceil(below), np.floor(above)
        return max(below, least), min(above, largest)

    def _limits(self, most: tuple[float, float]) -> tuple[float, float]:
        """What the column's type and the model's inputs can hold."""
        dtype = numbers(self.column)[0].dtype
        if dtype.kind == "b":
            return 0.0, 1.0
        info = np.finfo(dtype) if self._floats else np.iinfo(dtype)
        # Floats between whole numbers that large are few: the next one inward fits the type.
        low, high = float(info.min), float(info.max)
        if not self._floats:
            low, high = min(0.0, np.nextafter(low, 0)), np.nextafter(high, 0)
        return max(low, most[0]), min(high, most[1])

    def _special(self, reach: Reach) -> list[Cell]:
        """Missing ones, both ends, zero."""
        found: list[Cell] = [*self._missing, *self._infinite, self.typical]
        if len(self._values):
            ends = {self.low, self.high, self._values[0], self._values[-1]}
            found += [self._plain(one) for one in sorted(ends)]
            if reach != "seen" and self.low <= 0 <= self.high and not self.codes:
                found.append(self._plain(0.0))
        if reach == "extreme" and self._floats and not self.whole:
            found += [np.finfo(np.float32).tiny.item(), -0.0]
        return list(dict.fromkeys(found))

    def _plain(self, number: float) -> Cell:
        if self._floats:
            return float(number)
        if pa.types.is_boolean(self.kind):
            return bool(number)
        return int(number)

    def drawn(self, dice: np.random.Generator, count: int) -> pa.Array:
        """See `Domain`. One in four is special; where values are codes, all are ones seen."""
        if not len(self._values):
            return self.of([self._edges[at] for at in dice.integers(len(self._edges), size=count)])
        if self.codes:
            numbers_drawn = self._values[dice.integers(len(self._values), size=count)]
        else:
            numbers_drawn = self._between(dice.random(count))
        special = self.of(self._edges)
        at, absent = numbers(special)
        where = np.flatnonzero(dice.integers(EDGE, size=count) == 0)
        which = dice.integers(len(self._edges), size=len(where))
        gone = np.zeros(count, dtype=np.bool_)
        if absent is not None:
            gone[where] = absent[which]
        made = numbers_drawn.astype(at.dtype)
        made[where] = at[which]
        return numbers_of(made, gone, self.column.type)

    def _between(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) so far between the bounds, which may lie further apart than a float is long."""
        found = self.low * (1 - share) + self.high * share
        if self.whole and (self.high - self.low) < 2**53:
            found = np.floor(self.low + share * (self.high - self.low + 1))
        elif not self._floats:
            found = np.floor(found)
        return np.clip(found, self.low, self.high)

    def strategy(self) -> SearchStrategy[Cell]:
        """See `Domain`."""
        from hypothesis import strategies

        edges = chosen(self._edges)
        if not len(self._values):
            return edges
        if self.codes:
            return edges | chosen([self._plain(one) for one in self._values])
        steps = strategies.integers(0, SMALL)
        inner = strategies.tuples(steps, steps).map(self._at)
        return edges | inner | inner

    def _at(self, steps: tuple[int, int]) -> Cell:
        share = np.array([(steps[0] + steps[1] / (SMALL + 1)) / (SMALL + 1)])
        return self._plain(self._between(share)[0])

    def of(self, cells: Sequence[Any]) -> pa.Array:
        """See `Domain`."""
        absent = np.array([cell is None for cell in cells], dtype=np.bool_)
        dtype = numbers(self.column)[0].dtype
        values = np.array([0 if cell is None else cell for cell in cells], dtype=dtype)
        return numbers_of(values, absent, self.column.type)

    def cell(self, column: pa.Array, row: int) -> Cell:
        """See `Domain`."""
        found: Cell = column[row].as_py()
        return found

    def read(self, written: Any) -> Cell:
        """See `Domain`; what lies beyond the bounds now is none."""
        for one in (*self._missing, *self._infinite):
            if self.written(one) == written:
                return one
        kind = type(self._plain(0.0))
        told = kind is float and type(written) is int
        if not (told or type(written) is kind) or not self.low <= written <= self.high:
            raise ValueError("no number of this column")
        number = float(written)
        known = number in self._values if self.codes else len(self._values) > 0
        if not known or (self.whole and number != floor(number)):
            raise ValueError("no number of this column")
        return self._plain(number) if kind is not int else int(written)

    def written(self, cell: Cell) -> Any:
        """See `Domain`; JSON knows no NaN."""
        return str(cell) if isinstance(cell, float) and not isfinite(cell) else cell

    def simpler(self, cell: Cell) -> list[Cell]:
        """The typical one, the ends that were seen, halfway, and rounder ones."""
        tried: list[Cell] = [self.typical, *self._missing]
        if cell is None or not isfinite(cell):
            return self._less(tried, cell)
        if self.codes:
            tried += [self._plain(one) for one in self._values]
            return self._less(tried, cell)
        if len(self._values):
            tried += [self._plain(self._values[0]), self._plain(self._values[-1])]
        middle = 0.0 if self.typical is None or not isfinite(self.typical) else float(self.typical)
        parts = (0.5, 0.25, 0.75, 0.9, 0.99)
        nearer = [middle + (float(cell) - middle) * part for part in parts]
        rounder = [_rounded(float(cell), digits) for digits in (1, 2, 3)]
        rounder += [float(round(one)) for one in (cell, *nearer) if abs(one) < 2**53]
        rounder += [_rounded(one, 2) for one in nearer]
        if not self.whole:
            tried += [self._plain(one) for one in nearer if self.low <= one <= self.high]
        tried += [self._plain(one) for one in rounder if self.low <= one <= self.high]
        return self._less(tried, cell)

    def _less(self, tried: list[Cell], cell: Cell) -> list[Cell]:
        bar = self.cost(cell)
        return sorted((one for one in dict.fromkeys(tried) if self.cost(one) < bar), key=self.cost)

    def cost(self, cell: Cell) -> float:
        """The distance from the typical one in ranges, and the digits it takes to write it."""
        if cell == self.typical and cell is not None:
            return 0.0
        if cell is None or isnan(cell):
            return 0.0 if self.typical is None else MISSING
        if not isfinite(cell):
            return 4.0
        digits = len(f"{float(cell):.17g}".split("e")[0].strip("-").replace(".", "").strip("0"))
        middle = 0.0 if self.typical is None or not isfinite(self.typical) else float(self.typical)
        width = float(self._values[-1] - self._values[0]) if len(self._values) else 1.0
        away = abs(float(cell) - middle) / (width or 1.0)
        return 1.0 + 0.02 * digits + 0.5 * away / (1 + away)

    def said(self, cell: Cell) -> Any:
        """See `Domain`."""
        return self.written(cell)


def _rounded(number: float, digits: int) -> float:
    if not number:
        return 0.0
    return round(number, digits - 1 - floor(log10(abs(number))))
