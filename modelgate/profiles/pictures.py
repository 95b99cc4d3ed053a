"""Columns of images: what can be measured of their pixels."""

from __future__ import annotations

from typing import Self

import numpy as np
import pyarrow as pa

from modelgate.arrays import tensor, tensor_shape
from modelgate.cells import index_of
from modelgate.draws import draws
from modelgate.profiles.column import ColumnProfile, ColumnState
from modelgate.profiles.halvings import Halvings

MOST_PIXELS = 1 << 23
"""Pixels that are looked at in a block; of larger images fewer."""
LEAST_IMAGES = 64
"""Images that are looked at in a block, however large they are."""


class Pictures(ColumnState):
    """Arrays of pixels: how bright each is on average, and how far its pixels spread.

    Of images whose block has more than `MOST_PIXELS` some are looked at, drawn by their place.
    """

    def __init__(self, name: str, kind: pa.DataType) -> None:
        super().__init__(name, kind)
        self._pixels = int(np.prod(tensor_shape(kind)))
        self._measures = {"brightness": Halvings(), "contrast": Halvings()}

    def _add(self, array: pa.Array, first: int) -> None:
        self.missing += array.null_count
        rows = len(array)
        chosen = np.sort(np.argsort(draws(first, rows, 0))[: self._most])
        some = array.take(index_of(chosen)).drop_null()
        pixels = tensor(some).reshape(len(some), self._pixels).astype(np.float64)
        for name, values in (("brightness", pixels.mean(axis=1)), ("contrast", pixels.std(axis=1))):
            self._measures[name].add(values[~np.isnan(values)], first, rows)

    @property
    def _most(self) -> int:
        return max(LEAST_IMAGES, MOST_PIXELS // max(1, self._pixels))

    def bound(self) -> None:
        """See `ColumnState.bound`."""
        for measure in self._measures.values():
            measure.bound()

    def _merge(self, other: Self) -> None:
        for name, measure in self._measures.items():
            measure.merge(other._measures[name])

    def profile(self) -> ColumnProfile:
        """See `ColumnState.profile`."""
        measures = {name: one.counted() for name, one in self._measures.items() if one.rows}
        return self._holding("image", measures=measures)
