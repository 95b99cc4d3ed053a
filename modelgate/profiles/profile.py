"""What the columns of a data set hold, gathered while its rows pass by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from modelgate.profiles.column import ColumnProfile, state_of
from modelgate.surveys import Layout, Rows, Survey


class Profile(Survey):
    """Every column in small: values in order or by category, and how many are missing.

    Memory is bounded: a column takes at most some megabytes, however many rows there are.

    Attributes:
        rows: that were seen.
    """

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.rows = 0
        self._states = {field.name: state_of(field) for field in layout.schema}

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Survey.columns`."""
        return tuple(self._states)

    def add(self, rows: Rows) -> None:
        """See `Survey.add`."""
        self.rows += len(rows.block)
        for name, state in self._states.items():
            state.add(rows.block.column(name), rows.first)

    def merge(self, other: Self) -> None:
        """See `Survey.merge`."""
        self.rows += other.rows
        for name, state in self._states.items():
            state.merge(other._states[name])

    @property
    def columns_profiled(self) -> Mapping[str, ColumnProfile]:
        """Column -> what it holds, in the order of the data set."""
        return {name: state.profile() for name, state in self._states.items()}
