"""Columns that name image files or hold their bytes: what can be measured of each image."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa

from modelgate.cells import plain
from modelgate.draws import draws
from modelgate.pictured import Grey, Pictured
from modelgate.profiles.column import READABLE, ColumnProfile, ColumnState
from modelgate.profiles.halvings import Halvings

MOST_IMAGES = 1024
"""Images that are decoded of a block: some milliseconds each."""


class ImageCells(ColumnState):
    """Image files: brightness, contrast, pixels, proportions, and whether each can be read.

    Of a block with more than `MOST_IMAGES` some are looked at, drawn by their place.
    """

    def __init__(self, name: str, kind: pa.DataType, folder: Path) -> None:
        super().__init__(name, kind)
        self._pictured = Pictured(folder)
        self._measures = {name: Halvings() for name in (READABLE, *measured(np.zeros((1, 1))))}
        self._known: bool | None = None

    @property
    def holds_images(self) -> bool:
        """Whether that is what its cells are, as far as anything was seen of them."""
        return bool(self._known)

    def _add(self, array: pa.Array, first: int) -> None:
        array = plain(array)
        self.missing += array.null_count
        if self._known is None and array.null_count < len(array):
            self._known = self._pictured.shown_by(array)
        if not self._known:
            return
        there = np.flatnonzero(np.array(array.is_valid().to_pylist(), dtype=np.bool_))
        drawn = np.argsort(draws(first, len(array), 0)[there], kind="stable")[:MOST_IMAGES]
        found: dict[str, list[float]] = {name: [] for name in self._measures}
        for grey in self._pictured.grey(array, np.sort(there[drawn])):
            found[READABLE].append(float(grey is not None))
            if grey is not None:
                for name, value in measured(grey).items():
                    found[name].append(value)
        for name, values in found.items():
            self._measures[name].add(np.array(values, dtype=np.float64), first, len(array))

    def bound(self) -> None:
        """See `ColumnState.bound`."""
        for measure in self._measures.values():
            measure.bound()

    def _merge(self, other: Self) -> None:
        known = [one for one in (self._known, other._known) if one is not None]
        self._known = all(known) if known else None
        for name, measure in self._measures.items():
            measure.merge(other._measures[name])

    def profile(self) -> ColumnProfile:
        """See `ColumnState.profile`."""
        return ColumnProfile(
            name=self.name,
            kind="image" if self._known else "other",
            type=str(self.type),
            rows=self.rows,
            missing=self.missing,
            measures={name: one.counted() for name, one in self._measures.items() if one.rows},
        )


def measured(grey: Grey) -> dict[str, float]:
    """What is told of an image: how bright it is on average, how far its pixels spread, its size.

    Args:
        grey: (height, width) the brightness of each pixel.
    """
    height, width = grey.shape
    return {
        "brightness": float(grey.mean()),
        "contrast": float(grey.std()),
        "pixels": float(height * width),
        "proportions": width / height,
    }
