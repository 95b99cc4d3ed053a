"""Which values of one column occur, and in which rows first; in bounded memory."""

from __future__ import annotations

import numpy as np

from modelgate.arrays import missing
from modelgate.cell_hashes import cell_hashes
from modelgate.surveys import Layout, Rows
from modelgate.surveys.repeats import KEPT, Repeats


class Values(Repeats):
    """The distinct values of a column with how often each occurs; missing ones are none.

    Attributes:
        column: its name.
        present: whether the data set has such a column.
    """

    def __init__(self, layout: Layout, *, column: str, kept: int = KEPT) -> None:
        """Know nothing yet.

        Args:
            layout: of the data set.
            column: the column's name.
            kept: distinct values, at most.
        """
        super().__init__(layout, kept=kept)
        self.column = column
        self.present = column in layout.schema.names

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Survey.columns`."""
        return (self.column,) if self.present else ()

    def add(self, rows: Rows) -> None:
        """See `Survey.add`."""
        self.rows += len(rows.block)
        if not self.present:
            return
        cells = rows.block.column(self.column)
        absent = missing(cells)
        there = np.arange(len(cells)) if absent is None else np.flatnonzero(~absent)
        self.put(cell_hashes(cells)[there], rows.first + there)
