"""What a column can hold: one file a kind, each with one class, a `Domain`.

A domain is found out from the rows of a sample. It draws cells in bulk (`drawn`) and through
Hypothesis (`strategy`), and knows which cells are simpler than a given one, by which an input that
breaks a property is shrunk.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Reach = Literal["seen", "beyond", "extreme"]
"""How far inputs go: within what the rows hold; a little beyond it; to whatever the types allow."""


class Domain(ABC):
    """The cells that a column can hold.

    Attributes:
        kind: the column's type.
        column: (n,) what the sample holds, without a dictionary.
        typical: the simplest cell: inputs differ from each other by where they differ from it.
    """

    typical: Any

    def __init__(self, column: pa.Array, kind: pa.DataType) -> None:
        self.column = column
        self.kind = kind

    @abstractmethod
    def drawn(self, dice: np.random.Generator, count: int) -> pa.Array:
        """So many cells at once, of the type of `column`."""

    @abstractmethod
    def strategy(self) -> SearchStrategy[Any]:
        """Cells for Hypothesis, one at a time.

        They are made of small whole numbers alone: from larger ones and from floats, Hypothesis
        also tries the constants of whatever modules are loaded, which would draw other inputs in
        another process.
        """

    @abstractmethod
    def of(self, cells: Sequence[Any]) -> pa.Array:
        """Cells as a column of the type of `column`."""

    @abstractmethod
    def cell(self, column: pa.Array, row: int) -> Any:
        """One cell of a column of this type."""

    @abstractmethod
    def simpler(self, cell: Any) -> list[Any]:
        """Cells that are simpler than this one, the simplest first; at most some dozens."""

    @abstractmethod
    def cost(self, cell: Any) -> float:
        """How hard it is to take in: 0 for `typical`, else about 1 or more."""

    @abstractmethod
    def read(self, written: Any) -> Any:
        """The cell that was written so.

        Args:
            written: anything that JSON can hold.

        Raises:
            ValueError: no cell of this domain is.
        """

    def written(self, cell: Any) -> Any:
        """The cell as JSON can hold it, to be read in another trial.

        Raises:
            ValueError: it is too large, or means nothing elsewhere.
        """
        return cell

    def told(self, column: pa.Array) -> Any:
        """The first cell of any column of this type for people, be it of this domain or not."""
        return self.said(self.cell(column, 0))

    def said(self, cell: Any) -> Any:
        """The cell for people and JSON: a number, a text, None."""
        return cell


def chosen(values: Sequence[Any]) -> SearchStrategy[Any]:
    """One of the values, 1 or more; see `Domain.strategy` on why not simply `sampled_from`."""
    from hypothesis import strategies

    if len(values) <= SMALL:
        return strategies.sampled_from(list(values))
    parts = [values[start::SMALL] for start in range(SMALL)]
    return strategies.sampled_from(parts).flatmap(chosen)


SMALL = 99
"""Numbers below it are drawn as they are."""
EDGE = 4
"""One in so many cells is a special one."""
