"""Columns of a few words that come again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from modelgate.cells import index_of, texts_of
from modelgate.properties.domains import Domain, Reach, chosen
from modelgate.properties.domains.oddities import oddities

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

SHOWN_SIMPLER = 24


class Categories(Domain):
    """The words that the sample holds; only where inputs are extreme, others too."""

    typical: str | None

    def __init__(self, column: pa.Array, kind: pa.DataType, reach: Reach) -> None:
        """Count the words.

        Args:
            column: (n,) of the sample, 1 row or more.
            kind: its type.
            reach: how far inputs go.
        """
        super().__init__(column, kind)
        counts = Counter(column.to_pylist())
        # Of equally frequent words the first in the alphabet, in whatever order they came.
        ranked = sorted(counts, key=lambda word: (-counts[word], word is None, word or ""))
        strange = list(oddities().categories) if reach == "extreme" else []
        self._words = [*ranked, *(word for word in strange if word not in counts)]
        self._rank = {word: place for place, word in enumerate(self._words)}
        self.typical = self._words[0]

    def drawn(self, dice: np.random.Generator, count: int) -> pa.Array:
        """See `Domain`; every word is as likely as any other."""
        return self.of(self._words).take(index_of(dice.integers(len(self._words), size=count)))

    def strategy(self) -> SearchStrategy[str | None]:
        """See `Domain`."""
        return chosen(self._words)

    def of(self, cells: Sequence[Any]) -> pa.Array:
        """See `Domain`."""
        return texts_of(cells, self.column.type)

    def cell(self, column: pa.Array, row: int) -> str | None:
        """See `Domain`."""
        found: str | None = column[row].as_py()
        return found

    def read(self, written: Any) -> str | None:
        """See `Domain`; a word that the sample lacks now is none."""
        if isinstance(written, str | None) and written in self._rank:
            return written
        raise ValueError("no word of this column")

    def simpler(self, cell: str | None) -> list[str | None]:
        """The more frequent words."""
        return list(self._words[: min(self._rank.get(cell, SHOWN_SIMPLER), SHOWN_SIMPLER)])

    def cost(self, cell: str | None) -> float:
        """By how rare it is."""
        rank = self._rank.get(cell, len(self._words))
        return 1 + rank / (1 + len(self._words)) if rank else 0.0
