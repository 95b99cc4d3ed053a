"""Columns of anything else: dates, files, bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from modelgate.cells import index_of
from modelgate.escape import printable
from modelgate.properties.domains import Domain, chosen

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

TRIED = 24


class Seen(Domain):
    """The very cells that the sample holds: nothing else is known to be one."""

    def __init__(self, column: pa.Array, kind: pa.DataType) -> None:
        """Take the cells as they are; a cell is its place in the sample.

        Args:
            column: (n,) of the sample, 1 row or more.
            kind: its type.
        """
        super().__init__(column, kind)
        self.typical = 0

    def drawn(self, dice: np.random.Generator, count: int) -> pa.Array:
        """See `Domain`."""
        return self.column.take(index_of(dice.integers(len(self.column), size=count)))

    def strategy(self) -> SearchStrategy[int]:
        """See `Domain`."""
        return chosen(range(len(self.column)))

    def of(self, cells: Sequence[Any]) -> pa.Array:
        """See `Domain`."""
        return self.column.take(index_of(np.array(cells, dtype=np.int64)))

    def cell(self, column: pa.Array, row: int) -> int:
        """The place of the first like it."""
        found = column[row]
        return next((at for at, one in enumerate(self.column) if one.equals(found)), 0)

    def simpler(self, cell: int) -> list[int]:
        """Those that stand further up."""
        return list(range(min(cell, TRIED)))

    def cost(self, cell: int) -> float:
        """By its place."""
        return 1 + cell / (1 + len(self.column)) if cell else 0.0

    def read(self, written: Any) -> int:
        """See `Domain`; none is, since a file's name means nothing elsewhere."""
        del written
        raise ValueError(f"nothing is kept of a column of {self.kind}")

    def written(self, cell: int) -> Any:
        """See `Domain`."""
        return self.read(cell)

    def told(self, column: pa.Array) -> Any:
        """See `Domain`."""
        return printable(column[0].as_py(), 80)

    def said(self, cell: int) -> Any:
        """See `Domain`."""
        return printable(self.column[cell].as_py(), 80)
