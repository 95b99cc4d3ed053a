"""Columns of arrays of one shape, such as images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import tensor
from modelgate.cells import tensors_of
from modelgate.properties.domains import SMALL, Domain, Reach, chosen
from modelgate.thumbnails import thumbnail

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Cell = NDArray[Any]
MOST_KEPT = 4_096
"""Numbers of an array that is written down."""
SIDE = 4
"""Rows and columns of numbers from which on they are an image."""
KINDS = 6
"""Ways in which an array is drawn."""


class Tensors(Domain):
    """Arrays between the least and the largest number seen: noise, blends, plain ones, parts."""

    typical: Cell

    def __init__(
        self, column: pa.Array, kind: pa.DataType, reach: Reach, most: tuple[float, float]
    ) -> None:
        """Find out the bounds.

        Args:
            column: (n,) of the sample, 1 row or more, none missing.
            kind: its type.
            reach: how far numbers go.
            most: what the model's inputs can hold at all.
        """
        super().__init__(column, kind)
        self._seen = tensor(column)
        self._dtype = self._seen.dtype
        finite = self._seen[np.isfinite(self._seen)] if self._dtype.kind == "f" else self._seen
        self.low = float(finite.min()) if finite.size else 0.0
        self.high = float(finite.max()) if finite.size else 0.0
        values, counts = np.unique(finite.ravel()[:1_000_000], return_counts=True)
        middle = values[counts.argmax()] if values.size else 0
        if reach != "seen" and self._dtype == np.uint8:
            self.low, self.high = 0.0, 255.0
        elif reach == "extreme" and self._dtype.kind != "b":
            info = np.iinfo(self._dtype) if self._dtype.kind in "iu" else np.finfo(self._dtype)
            self.low = max(float(info.min), most[0])
            self.high = min(float(info.max), most[1])
        self._shape = self._seen.shape[1:]
        self.typical = np.full(self._shape, middle, dtype=self._dtype)

    def drawn(self, dice: np.random.Generator, count: int) -> pa.Array:
        """See `Domain`."""
        made = np.empty((count, *self._shape), dtype=self._dtype)
        for row in range(count):
            made[row] = self._one(int(dice.integers(KINDS)), dice)
        return self.of(made)

    def _one(self, kind: int, dice: np.random.Generator) -> Cell:
        first, other = (self._seen[at] for at in dice.integers(len(self._seen), size=2))
        if kind == 0:
            return self._fitted(self._scaled(dice.random(self._shape)))
        if kind == 1:
            level = dice.choice([0.0, 1.0, dice.random()])
            return self._fitted(np.full(self._shape, self._scaled(level)))
        if kind == 2:
            share = dice.random()
            return self._fitted(first * share + other * (1 - share))
        if kind == 3:
            noise = (dice.random(self._shape) - 0.5) * min(self.high - self.low, 1e30) / 2
            return self._fitted(first + noise)
        if kind == 4:
            return dice.permutation(first.ravel()).reshape(self._shape)
        keep = dice.random(self._shape) < dice.random()
        return np.where(keep, first, self.typical).astype(self._dtype)

    def _scaled(self, share: Any) -> Any:
        return self.low * (1 - share) + self.high * share

    def _fitted(self, values: NDArray[Any]) -> Cell:
        inside = np.clip(np.nan_to_num(values.astype(np.float64)), self.low, self.high)
        if self._dtype.kind in "iub":
            inside = np.rint(inside)
        return np.asarray(inside, dtype=self._dtype)

    def strategy(self) -> SearchStrategy[Cell]:
        """See `Domain`: the kind and its seed."""
        from hypothesis import strategies

        steps = strategies.integers(0, SMALL)
        kinds = chosen(list(range(KINDS)))
        return strategies.tuples(kinds, steps, steps).map(
            lambda drawn: self._one(drawn[0], np.random.default_rng(drawn[1:]))
        )

    def of(self, cells: Sequence[Any] | NDArray[Any]) -> pa.Array:
        """See `Domain`."""
        whole = np.asarray(cells, dtype=self._dtype).reshape(len(cells), *self._shape)
        return tensors_of(whole, self.column.type)

    def cell(self, column: pa.Array, row: int) -> Cell:
        """See `Domain`."""
        return np.asarray(tensor(column.slice(row, 1))[0])

    def read(self, written: Any) -> Cell:
        """See `Domain`."""
        try:
            found = np.asarray(written, dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            raise ValueError("no array of numbers") from None
        inside = found.shape == self._shape and ((found >= self.low) & (found <= self.high)).all()
        if not inside:
            raise ValueError("no array of this shape and range")
        return found.astype(self._dtype)

    def written(self, cell: Cell) -> Any:
        """See `Domain`."""
        if cell.size > MOST_KEPT or not np.isfinite(cell).all():
            raise ValueError("the array is too large, or JSON knows no such number")
        return cell.tolist()

    def simpler(self, cell: Cell) -> list[Cell]:
        """Nothing but background, one half or quarter of it made background, one level, two."""
        tried = [self.typical]
        tried += [np.full_like(cell, level) for level in np.unique(cell)[[0, -1]]]
        for axis, length in enumerate(self._shape):
            for parts in (2, 4, 8, length):
                step = max(1, length // parts)
                for start in range(0, length, step)[: 2 * parts]:
                    without = cell.copy()
                    where = (slice(None),) * axis + (slice(start, start + step),)
                    without[where] = self.typical[where]
                    tried.append(without)
                if parts >= length or parts >= 32:
                    break
        middle = self._scaled(0.5)
        tried.append(self._fitted(np.where(cell > middle, self.high, self.low)))
        bar = self.cost(cell)
        return sorted((one for one in tried if self.cost(one) < bar), key=self.cost)

    def cost(self, cell: Cell) -> float:
        """By how many numbers differ from the background, and how many different ones."""
        differ = cell != self.typical
        if not differ.any():
            return 0.0
        levels = len(np.unique(cell)) / cell.size
        return 1.0 + float(differ.mean()) + 0.5 * levels

    def said(self, cell: Cell) -> Any:
        """See `Domain`: an image as a small one; anything else is too long to be told in full."""
        if self._is_image:
            return thumbnail(cell)
        shape = "x".join(map(str, self._shape))
        flat = [f"{number:g}" for number in cell.ravel()[:6].astype(np.float64)]
        differ = int((cell != self.typical).sum())
        return f"{shape} [{', '.join(flat)} ...], {differ} of {cell.size} not {self._background}"

    @property
    def _is_image(self) -> bool:
        if len(self._shape) == 3:
            return bool({self._shape[0], self._shape[2]} & {1, 3, 4})
        return len(self._shape) == 2 and min(self._shape) >= SIDE

    @property
    def _background(self) -> str:
        return f"{float(self.typical.ravel()[0]):g}" if self.typical.size else ""
