"""What one column holds, block after block."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from modelgate.arrays import coded, is_number, is_text, numbers
from modelgate.profiles.halvings import Halvings
from modelgate.stats.shift import Counted

Kind = Literal["number", "category", "text", "time", "other"]
Floats = NDArray[np.float64]

MOST_CATEGORIES = 10_000
"""Distinct values beyond which none is counted: such a column holds names or remarks."""
ROWS_A_CATEGORY = 5
"""Rows a distinct value, on average, below which texts are remarks, no categories."""
FEW_CATEGORIES = 20
"""Distinct values up to which texts are categories, however few rows there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """What a column holds.

    Attributes:
        name: of the column.
        kind: how it is compared.
        type: Arrow's name of its type.
        rows: of the data set.
        missing: rows without a value; NaN is none.
        numbers: the values in order, times as seconds; None for other kinds, or without a value.
        categories: value -> rows, in the order of the values' texts; empty for other kinds.
        measures: of texts, what can be measured of each: "length" in characters.
    """

    name: str
    kind: Kind
    type: str
    rows: int
    missing: int
    numbers: Counted | None = None
    categories: Mapping[Any, int] = field(default_factory=dict)
    measures: Mapping[str, Counted] = field(default_factory=dict)


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
        self.rows += other.rows
        self.missing += other.missing
        self._merge(other)

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


def state_of(field_: pa.Field) -> ColumnState:
    """An empty state of a column."""
    kind = field_.type
    if pa.types.is_boolean(kind) or is_text(kind):
        return Words(field_.name, kind)
    if is_number(kind):
        return Numbers(field_.name, kind)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return Times(field_.name, kind)
    if pa.types.is_dictionary(kind) and is_number(kind.value_type):
        return Words(field_.name, kind)
    return Opaque(field_.name, kind)


class Numbers(ColumnState):
    """Numbers, as double precision: whole numbers are exact up to 2^53."""

    kind: Kind = "number"

    def __init__(self, name: str, kind: pa.DataType) -> None:
        super().__init__(name, kind)
        self._values = Halvings()

    def _add(self, array: pa.Array, first: int) -> None:
        values, absent = self._numbers(array)
        there = ~np.isnan(values) if absent is None else ~(np.isnan(values) | absent)
        if not there.all():
            values = values[there]
        self.missing += len(array) - len(values)
        self._values.add(values, first)

    def _numbers(self, array: pa.Array) -> tuple[Floats, NDArray[np.bool_] | None]:
        values, absent = numbers(array)
        return values.astype(np.float64, copy=False), absent

    def bound(self) -> None:
        """See `ColumnState.bound`."""
        self._values.bound()

    def _merge(self, other: Self) -> None:
        self._values.merge(other._values)

    def profile(self) -> ColumnProfile:
        """See `ColumnState.profile`."""
        return ColumnProfile(
            name=self.name,
            kind=self.kind,
            type=str(self.type),
            rows=self.rows,
            missing=self.missing,
            numbers=self._values.counted() if self._values.rows else None,
        )


class Times(Numbers):
    """Points of time, as seconds since 1970."""

    kind: Kind = "time"

    def _numbers(self, array: pa.Array) -> tuple[Floats, NDArray[np.bool_] | None]:
        if pa.types.is_date(array.type):
            array = array.cast(pa.timestamp("s"))
        unit = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[array.type.unit]
        values, absent = numbers(array.cast(pa.int64()))
        return values.astype(np.float64) / unit, absent


class Words(ColumnState):
    """Texts or truth values: categories while they are few, else remarks that can be measured."""

    def __init__(self, name: str, kind: pa.DataType) -> None:
        super().__init__(name, kind)
        self._counts: dict[Any, int] | None = {}
        self._length = Halvings()

    def _add(self, array: pa.Array, first: int) -> None:
        if self._counts is not None:
            codes, values = coded(array)
            known = codes[codes >= 0]
            rows = np.bincount(known, minlength=len(values))
            self._count(dict(zip(values, rows.tolist(), strict=True)))
        if is_text(self.type):
            lengths, absent = numbers(pc.utf8_length(_plain(array)))
            there = lengths if absent is None else lengths[~absent]
            self._length.add(there.astype(np.float64), first)
        self.missing += array.null_count

    def _count(self, rows: Mapping[Any, int]) -> None:
        if self._counts is None:
            return
        for value, count in rows.items():
            if count:
                self._counts[value] = self._counts.get(value, 0) + count
        if len(self._counts) > MOST_CATEGORIES:
            self._counts = None

    def _merge(self, other: Self) -> None:
        self._length.merge(other._length)
        if other._counts is None:
            self._counts = None
        else:
            self._count(other._counts)

    def profile(self) -> ColumnProfile:
        """See `ColumnState.profile`."""
        there = self.rows - self.missing
        few = self._counts is not None and len(self._counts) <= max(
            FEW_CATEGORIES, there / ROWS_A_CATEGORY
        )
        counts = dict(sorted((self._counts or {}).items(), key=lambda one: str(one[0])))
        lengths = {"length": self._length.counted()} if self._length.rows and not few else {}
        return ColumnProfile(
            name=self.name,
            kind="category" if few else "text",
            type=str(self.type),
            rows=self.rows,
            missing=self.missing,
            categories=counts if few else {},
            measures=lengths,
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
        return ColumnProfile(
            name=self.name,
            kind="other",
            type=str(self.type),
            rows=self.rows,
            missing=self.missing,
        )


def _plain(array: pa.Array) -> pa.Array:
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
