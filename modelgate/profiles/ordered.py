"""Columns whose values stand in an order: numbers and points of time."""

from __future__ import annotations

import re
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import numbers
from modelgate.profiles.column import ColumnProfile, ColumnState, Kind
from modelgate.profiles.halvings import Floats, Halvings

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
UNITS = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
"""How many of them a second has."""


class Numbers(ColumnState):
    """Numbers, as double precision: whole numbers are exact up to 2^53."""

    kind: Kind = "number"

    def __init__(self, name: str, kind: pa.DataType) -> None:
        super().__init__(name, kind)
        self._values = Halvings()

    def _add(self, array: pa.Array, first: int) -> None:
        values, absent = self._numbers(array)
        gone = np.isnan(values)
        if absent is not None:
            gone |= absent
        if gone.any():
            values = values[~gone]
        self.missing += len(array) - len(values)
        self._values.add(values, first, len(array))

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
        some = self._values.rows > 0
        return self._holding(
            self.kind,
            numbers=self._values.counted() if some else None,
            lowest=self._values.lowest if some else None,
            highest=self._values.highest if some else None,
        )


class Times(Numbers):
    """Points of time, as seconds since 1970."""

    kind: Kind = "time"

    def _numbers(self, array: pa.Array) -> tuple[Floats, NDArray[np.bool_] | None]:
        if pa.types.is_date(array.type):
            array = array.cast(pa.timestamp("s"))
        values, absent = numbers(array.cast(pa.int64()))
        return values.astype(np.float64) / UNITS[array.type.unit], absent


def times_of(texts: pa.Array) -> pa.Array | None:
    """Texts that all write points of time as ISO 8601 does; None where one does not.

    "2024-02-29", "2024-02-29 13:05", "2024-02-29T13:05:59.25Z".

    Args:
        texts: one at least is not missing.
    """
    there = texts if not texts.null_count else texts.drop_null()
    if not _DAY.match(there[0].as_py()):
        return None  # to be refused by the cast takes longer than a block of numbers
    for kind in (pa.timestamp("us"), pa.timestamp("us", "UTC")):
        try:
            return texts.cast(kind)
        except pa.ArrowInvalid:
            continue
    return None
