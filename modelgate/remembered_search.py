"""The rows that were searched for weak slices before, so that no column is read again for it.

Kept beside the answers to the same data, and like them a cache and nothing but that.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Self
from zipfile import BadZipFile

import numpy as np

from modelgate.aggregates import Aggregate, Facts, Need
from modelgate.aggregates.columns import Column
from modelgate.aggregates.row_losses import RowLosses
from modelgate.atomic import write_file
from modelgate.dataset import Dataset
from modelgate.errors import StorageError
from modelgate.remembered import place_on

_DIGEST = 32  # bytes


class Search:
    """A search of all rows, done now or before.

    Attributes:
        need: the rows that it searches.
        known: what the last one left behind; None where it has to be done.
    """

    def __init__(
        self, need: Need, data: Dataset, shelf: Path | None, told: tuple[object, ...]
    ) -> None:
        """Know of a search.

        Args:
            need: as above.
            data: the rows.
            shelf: where the model's answers to such data are kept; None where they are not.
            told: all that the result hangs on, model and data apart.
        """
        self.need = need
        self.known: RowLosses | None = None
        self._data = data
        self._shelf = shelf
        self._name = f"search-{sha256(repr(told).encode()).hexdigest()[:32]}"

    def recall(self, facts: Facts, columns: tuple[Column, ...]) -> Self:
        """Look for what the last one left behind."""
        path = self._path()
        if path is not None:
            self.known = _read(path, self.need, facts, columns)
        return self

    def settled(self, gathered: Mapping[Need, Aggregate]) -> Aggregate:
        """What is known, else what was gathered, which is kept for the next time."""
        if self.known is not None:
            return self.known
        losses = gathered[self.need]
        assert isinstance(losses, RowLosses)
        path = self._path()
        if path is not None:
            _write(path, losses)
        return losses

    def _path(self) -> Path | None:
        """Where it is kept; only beside answers, so that it goes when they go."""
        if self._shelf is None or not self._shelf.is_dir():
            return None
        folder = place_on(self._shelf, self._data)
        return folder / self._name if folder.is_dir() else None


def _read(path: Path, need: Need, facts: Facts, columns: tuple[Column, ...]) -> RowLosses | None:
    """What was written; None where it was something else, or nothing."""
    made = need.make(facts)
    assert isinstance(made, RowLosses)
    try:
        content = path.read_bytes()
        if sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
            return None
        with np.load(io.BytesIO(content[_DIGEST:]), allow_pickle=False) as state:
            return made.restored(dict(state), columns)
    except (OSError, ValueError, KeyError, IndexError, EOFError, BadZipFile):
        return None


def _write(path: Path, losses: RowLosses) -> None:
    if losses.grouped or losses.unknown:
        return
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **losses.state())
    content = packed.getvalue()
    with suppress(StorageError):  # a full disk costs time, not the verdict
        write_file(path, sha256(content).digest() + content)
