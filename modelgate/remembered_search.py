"""The rows that were searched for weak slices before, so that no column is read again for it.

Kept beside the answers to the same data, and like them a cache and nothing but that.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Self
from zipfile import BadZipFile

import numpy as np

from modelgate.aggregates import Aggregate, Facts, Need
from modelgate.aggregates.columns import Column
from modelgate.aggregates.row_losses import RowLosses
from modelgate.remembered_beside import Beside

KIND = "search"


class Search:
    """A search of all rows, done now or before.

    Attributes:
        need: the rows that it searches.
        known: what the last one left behind; None where it has to be done.
    """

    def __init__(self, need: Need, beside: Beside, told: tuple[object, ...]) -> None:
        """Know of a search.

        Args:
            need: as above.
            beside: where it is remembered.
            told: all that the result hangs on, model and data apart.
        """
        self.need = need
        self.known: RowLosses | None = None
        self._beside = beside
        self._told = told

    def recall(self, facts: Facts, columns: tuple[Column, ...]) -> Self:
        """Look for what the last one left behind."""
        content = self._beside.read(KIND, self._told)
        if content is not None:
            self.known = _read(content, self.need, facts, columns)
        return self

    def settled(self, gathered: Mapping[Need, Aggregate]) -> Aggregate:
        """What is known, else what was gathered, which is kept for the next time."""
        if self.known is not None:
            return self.known
        losses = gathered[self.need]
        assert isinstance(losses, RowLosses)
        if not losses.grouped and not losses.unknown:
            packed = io.BytesIO()
            np.savez(packed, allow_pickle=False, **losses.state())
            self._beside.write(KIND, self._told, packed.getvalue())
        return losses


def _read(
    content: bytes, need: Need, facts: Facts, columns: tuple[Column, ...]
) -> RowLosses | None:
    """What was written; None where it was something else."""
    made = need.make(facts)
    assert isinstance(made, RowLosses)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as state:
            return made.restored(dict(state), columns)
    except (OSError, ValueError, KeyError, IndexError, EOFError, BadZipFile):
        return None
