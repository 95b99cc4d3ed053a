"""What the columns of a data set hold, gathered while its rows pass by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from modelgate.profiles.column import ColumnProfile
from modelgate.profiles.states import state_of
from modelgate.surveys import Layout, Rows, Survey

EXACT_ROWS = 1_000_000
"""Rows below which every number is kept."""
EXACT_CELLS = 32_000_000
"""Cells below which every number is kept: of a hundred columns, those of 320,000 rows."""


def many(rows: int, columns: int) -> bool:
    """Whether so many numbers are summed up instead of kept."""
    return rows >= EXACT_ROWS or rows * columns >= EXACT_CELLS


class Profile(Survey):
    """Every column in small: values in order or by category, and how many are missing.

    Below `EXACT_ROWS` rows and `EXACT_CELLS` cells every number is kept. From there on a column
    takes about a megabyte, however many rows there are, and the shares of rows up to any number are
    told within less than 1e-3 (`Halvings`); where so many rows are known to come, from the first.

    Attributes:
        rows: that were seen.
    """

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.rows = 0
        self._states = {field.name: state_of(field, layout.folder) for field in layout.schema}
        self._bounded = False
        self._found: Mapping[str, ColumnProfile] | None = None
        self._bound(layout.rows or 0)

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Survey.columns`."""
        return tuple(self._states)

    def add(self, rows: Rows) -> None:
        """See `Survey.add`."""
        self.rows += len(rows.block)
        self._bound(self.rows)
        for name, state in self._states.items():
            state.add(rows.block.column(name), rows.first)

    def merge(self, other: Self) -> None:
        """See `Survey.merge`."""
        self.rows += other.rows
        self._bound(self.rows)
        for name, state in self._states.items():
            state.merge(other._states[name])

    @property
    def columns_profiled(self) -> Mapping[str, ColumnProfile]:
        """Column -> what it holds, in the order of the data set."""
        if self._found is None:
            self._found = {name: state.profile() for name, state in self._states.items()}
        return self._found

    def _bound(self, rows: int) -> None:
        """Keep no more than a summary where there are many rows, or will be."""
        self._found = None
        if many(rows, len(self._states)) and not self._bounded:
            self._bounded = True
            for state in self._states.values():
                state.bound()
