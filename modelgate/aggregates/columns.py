"""What the columns of the data say of a row, in few words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Column:
    """A column whose values are told apart by a few codes.

    Attributes:
        name: of the column.
        values: code -> what it stands for, in the words of a slice; one code more stands for
            anything else.
        ordered: how many of the first codes stand for numbers, the lowest first, so that
            neighbours may be taken together.
    """

    name: str
    values: tuple[Any, ...]
    ordered: int = 0


class Columns(ABC):
    """The columns of some rows.

    Attributes:
        known: what they are, and what their codes stand for.
    """

    known: tuple[Column, ...]

    @abstractmethod
    def codes(self) -> Codes:
        """(n, columns) the code of each cell."""

    @abstractmethod
    def content(self) -> NDArray[np.uint64]:
        """(n,) a hash of what the columns hold: equal for equal rows, wherever they stand."""

    @abstractmethod
    def apart(self) -> Columns:
        """The same rows, without holding on to those that they were taken from."""

    @abstractmethod
    def followed_by(self, others: Sequence[Columns]) -> Columns:
        """These rows, and then those of others of the same columns."""

    @abstractmethod
    def __getitem__(self, index: NDArray[Any] | slice) -> Columns:
        """The same of some of the rows."""
