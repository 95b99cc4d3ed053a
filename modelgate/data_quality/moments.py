"""When the rows of a data set are from: the points of time of one column, and the first of them."""

from __future__ import annotations

from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import is_quantity, is_text
from modelgate.cells import index_of, plain
from modelgate.errors import DataError
from modelgate.escape import shown
from modelgate.profiles.column import ColumnProfile
from modelgate.profiles.ordered import Numbers, Times, times_of
from modelgate.surveys import Layout, Rows, Survey

NAMED = 5
"""Rows that are known by number: those with the earliest times."""


class Moments(Survey):
    """The times of a column, exact up to as many rows as a profile keeps; and the earliest rows.

    Times are dates, ISO 8601 texts, or numbers that grow with time, such as years.

    Attributes:
        column: its name.
        present: whether the data set has such a column.
        rows: that were seen.
    """

    def __init__(self, layout: Layout, *, column: str) -> None:
        """Know nothing yet.

        Args:
            layout: of the data set.
            column: the column's name.

        Raises:
            DataError: MG3590, the column holds something that has no order in time.
        """
        super().__init__(layout)
        self.column = column
        self.present = column in layout.schema.names
        self.rows = 0
        self._early: list[tuple[float, int, str]] = []
        self._state: Numbers = Times(column, pa.timestamp("us"))
        if self.present:
            kind = layout.schema.field(column).type
            if is_quantity(kind):
                self._state = Numbers(column, kind)
            elif not (is_text(kind) or pa.types.is_timestamp(kind) or pa.types.is_date(kind)):
                raise _no_time(column, f"it is of the type {kind}")

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Survey.columns`."""
        return (self.column,) if self.present else ()

    def add(self, rows: Rows) -> None:
        """See `Survey.add`."""
        self.rows += len(rows.block)
        if not self.present:
            return
        if self.rows >= _MANY:
            self._state.bound()
        cells = self._ordered(rows.block.column(self.column), rows.first)
        self._state.add(cells, rows.first)
        self._name(cells, rows)

    def merge(self, other: Self) -> None:
        """See `Survey.merge`."""
        self.rows += other.rows
        if self.rows >= _MANY:
            self._state.bound()
        self._state.merge(other._state)
        self._early = sorted([*self._early, *other._early])[:NAMED]

    @property
    def found(self) -> ColumnProfile:
        """What was seen."""
        return self._state.profile()

    @property
    def earliest(self) -> tuple[tuple[float, int, str], ...]:
        """(time, number of the row from 0, as it is written) of the earliest rows, in order."""
        return tuple(self._early)

    def _ordered(self, cells: pa.Array, first: int) -> pa.Array:
        if not is_text(cells.type):
            return cells
        texts = plain(cells)
        if texts.null_count == len(texts):
            return texts.cast(pa.timestamp("us"))
        times = times_of(texts)
        if times is None:
            raise _no_time(self.column, _first_strange(texts, first))
        return times.cast(pa.timestamp("us"))

    def _name(self, cells: pa.Array, rows: Rows) -> None:
        values, absent = self._state._numbers(cells)  # noqa: SLF001 (as the column is counted)
        known = ~np.isnan(values) if absent is None else ~absent & ~np.isnan(values)
        places = np.flatnonzero(known)
        if self._early and len(self._early) == NAMED:
            places = places[values[places] < self._early[-1][0]]
        chosen: NDArray[np.intp] = places[np.argsort(values[places], kind="stable")][:NAMED]
        told = rows.block.column(self.column).take(index_of(chosen)).to_pylist()
        found = zip(chosen.tolist(), told, strict=True)
        self._early += [(float(values[at]), rows.first + at, str(cell)) for at, cell in found]
        self._early = sorted(self._early)[:NAMED]


_MANY = 1_000_000


def _first_strange(texts: pa.Array, first: int) -> str:
    for at, text in enumerate(texts.to_pylist()):
        if text is not None and times_of(pa.array([text])) is None:
            return f"row {first + at + 1:,} has {shown(text)}"
    return "its texts are written in several ways"


def _no_time(column: str, why: str) -> DataError:
    return DataError(
        "MG3590",
        f"the column {shown(column)} tells no time: {why}",
        hint="write times as 2024-02-29 or 2024-02-29 13:05, or as a number that grows",
    )
