"""How images look, in 128 bits each: alike for files that were saved anew, resized or darkened."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

from modelgate.arrays import is_binary, is_tensor, is_text
from modelgate.cells import plain
from modelgate.errors import UsageError, did_you_mean
from modelgate.escape import shown
from modelgate.pictured import Grey, Pictured
from modelgate.surveys import Layout, Rows, Survey

BITS = 128
SIDE = 8


class Looks(Survey):
    """The look of each image of a column.

    Attributes:
        column: the column; None where none was seen that holds images.
        unread: rows whose image cannot be read; those without one are not counted.
    """

    def __init__(self, layout: Layout, *, column: str | None = None) -> None:
        """Know nothing yet.

        Args:
            layout: of the data set.
            column: of images; the first that holds some where None.

        Raises:
            UsageError: MG2280, there is no such column.
        """
        super().__init__(layout)
        if column is not None and column not in layout.schema.names:
            raise UsageError(
                "MG2280",
                f"there is no column {shown(column)};"
                f" {did_you_mean(column, list(layout.schema.names))}",
            )
        self.column: str | None = None
        self.unread = 0
        beside = {layout.target, layout.weight, layout.group}
        self._candidates = tuple(
            field.name
            for field in layout.schema
            if field.name not in beside
            and column in {None, field.name}
            and (is_tensor(field.type) or is_text(field.type) or is_binary(field.type))
        )
        self._pictured = Pictured(layout.folder)
        self._parts: list[tuple[NDArray[np.int64], NDArray[np.uint8]]] = []

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Survey.columns`."""
        return self._candidates

    def add(self, rows: Rows) -> None:
        """See `Survey.add`."""
        if self.column is None:
            self.column = next(filter(lambda name: self._shows(rows, name), self._candidates), None)
        if self.column is None:
            return
        column = plain(rows.block.column(self.column))
        there = np.flatnonzero(np.array(column.is_valid().to_pylist(), dtype=np.bool_))
        places, looks = [], []
        for place, grey in zip(there, self._pictured.grey(column, there), strict=True):
            if grey is not None:
                places.append(place)
                looks.append(look(grey))
        self.unread += len(there) - len(places)
        if looks:
            self._parts.append((rows.first + np.array(places, dtype=np.int64), np.stack(looks)))

    def merge(self, other: Self) -> None:
        """See `Survey.merge`."""
        self.column = self.column or other.column
        self.unread += other.unread
        self._parts += other._parts

    @property
    def found(self) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """(n,) the numbers of the rows whose image was read, from 0, and (n, 16) their looks."""
        if not self._parts:
            return np.zeros(0, dtype=np.int64), np.zeros((0, BITS // 8), dtype=np.uint8)
        places, looks = (np.concatenate(parts) for parts in zip(*self._parts, strict=True))
        order = np.argsort(places)
        return places[order], looks[order]

    def _shows(self, rows: Rows, name: str) -> bool:
        return self._pictured.shown_by(rows.block.column(name))


def look(grey: Grey) -> NDArray[np.uint8]:
    """(16,) in which direction the brightness rises, from field to field of a grid.

    Of 8 x 9 fields whether each is darker than its right neighbour, and of 9 x 8 whether than the
    one below.

    Args:
        grey: (height, width) the brightness of each pixel.

    Source: B. Hoyt (2016), "Duplicate image detection with perceptual hashing in Python"; N.
        Krawetz (2013), "Kind of like that", hackerfactor.com.
    """
    across, down = _fields(grey, SIDE, SIDE + 1), _fields(grey, SIDE + 1, SIDE)
    rises = (across[:, 1:] > across[:, :-1], down[1:] > down[:-1])
    return np.packbits(np.concatenate([one.ravel() for one in rises]))


def _fields(grey: Grey, rows: int, columns: int) -> Grey:
    """(rows, columns) the mean brightness of each field of a grid."""
    height, width = grey.shape
    tops = np.arange(rows) * height // rows
    lefts = np.arange(columns) * width // columns
    sums = np.add.reduceat(np.add.reduceat(grey, tops, axis=0), lefts, axis=1)
    counts = np.outer(np.diff([*tops, height]), np.diff([*lefts, width]))
    return np.asarray(sums / np.maximum(counts, 1))
