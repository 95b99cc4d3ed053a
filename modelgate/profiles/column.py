"""What one column holds, and the state that gathers it block after block."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import pyarrow as pa

from modelgate.stats.shift import Counted

Kind = Literal["number", "category", "text", "time", "image", "other"]

READABLE = "readable"
"""The measure of image files: 1 where one can be read, 0 where not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """What a column holds.

    Attributes:
        name: of the column.
        kind: how it is compared.
        type: Arrow's name of its type.
        rows: of the data set.
        missing: rows without a value; NaN is none.
        numbers: the values in order, times as seconds since 1970; None for other kinds, or without
            a value.
        lowest, highest: of all numbers; None where `numbers` is.
        categories: value -> rows, in the order of the values' texts, as far as values could be
            counted; of texts that are hardly ever said twice as well.
        measures: of texts, what can be measured of each: "length" in characters, or shares of its
            characters; of images, "brightness" and "contrast" in the unit of their pixels, of image
            files also "pixels", "proportions" (width by height) and "readable", 1 or 0.
        languages: of texts that are no categories, language -> texts, as it is guessed.
    """

    name: str
    kind: Kind
    type: str
    rows: int
    missing: int
    numbers: Counted | None = None
    lowest: float | None = None
    highest: float | None = None
    categories: Mapping[Any, int] = field(default_factory=dict)
    measures: Mapping[str, Counted] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)


class ColumnState(ABC):
    """A column, as far as it was seen.

    Attributes:
        name: of the column.
        type: of its cells.
        rows: that were seen.
        missing: those of them without a value.
    """

    def __init__(self, name: str, kind: pa.DataType) -> None:
        self.name = name
        self.type = kind
        self.rows = 0
        self.missing = 0

    def add(self, array: pa.Array, first: int) -> None:
        """Take in the cells of a canonical block; `first` is its first row's number."""
        self.rows += len(array)
        self._add(array, first)

    def merge(self, other: Self) -> None:
        """Take in all that another state of the same column has seen."""
        self._merge(other)
        self.rows += other.rows
        self.missing += other.missing

    def bound(self) -> None:  # noqa: B027 (who keeps little anyway has nothing to do)
        """Keep no more than a summary from now on."""

    @abstractmethod
    def _add(self, array: pa.Array, first: int) -> None:
        """Count what is missing, and take in the rest."""

    @abstractmethod
    def _merge(self, other: Self) -> None:
        """Take in the other's values."""

    @abstractmethod
    def profile(self) -> ColumnProfile:
        """What was seen."""

    def _holding(self, kind: Kind, **held: Any) -> ColumnProfile:
        """A profile with what was counted of every column, and what this one holds."""
        return ColumnProfile(
            name=self.name,
            kind=kind,
            type=str(self.type),
            rows=self.rows,
            missing=self.missing,
            **held,
        )


class Opaque(ColumnState):
    """Cells that nothing is known to be compared by: only what is missing is counted."""

    def _add(self, array: pa.Array, first: int) -> None:
        del first
        self.missing += array.null_count

    def _merge(self, other: Self) -> None:
        del other

    def profile(self) -> ColumnProfile:
        """See `ColumnState.profile`."""
        return self._holding("other")
