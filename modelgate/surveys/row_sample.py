"""Some rows with all their columns, labelled or not, every row as likely as any other."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import tensors
from modelgate.cells import index_of
from modelgate.draws import draws
from modelgate.errors import UnaskedError
from modelgate.escape import shown
from modelgate.predictions import Predictions
from modelgate.surveys import Layout, Rows, Survey

SIZE = 10_000
"""Rows that are kept, where nobody says otherwise."""


class RowSample(Survey):
    """The rows with the smallest draws (bottom-k): other batches of the same rows keep the same.

    Attributes:
        total: rows that were seen.
    """

    def __init__(self, layout: Layout, *, size: int = SIZE) -> None:
        """Take nothing yet.

        Args:
            layout: of the data set.
            size: rows that are kept, at most.
        """
        super().__init__(layout)
        self.size = size
        self.total = 0
        self._bar = np.uint64(0xFFFFFFFFFFFFFFFF)
        self._parts: list[_Part] = []
        self._held = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Survey.columns`."""
        return tuple(self.layout.schema.names)

    def add(self, rows: Rows) -> None:
        """See `Survey.add`."""
        self.total += len(rows.block)
        drawn = draws(rows.first, len(rows.block), self.layout.seed)
        index = np.flatnonzero(drawn <= self._bar)
        if len(index):
            block = rows.block.select(list(self.columns))
            positions = np.arange(rows.first, rows.first + len(block), dtype=np.int64)
            answers = rows.answers if self.answers else None
            self._hold(_Part(drawn, positions, block, answers).take(index))

    def merge(self, other: Self) -> None:
        """See `Survey.merge`."""
        self.total += other.total
        for part in other._parts:
            self._hold(part)

    @property
    def rows(self) -> pa.RecordBatch:
        """The rows kept, in the order of the data set."""
        return self._settled().rows

    @property
    def positions(self) -> NDArray[np.int64]:
        """(n,) their numbers in the data set, from 0."""
        return self._settled().positions

    def __len__(self) -> int:
        return min(self.total, self.size)

    def _hold(self, part: _Part) -> None:
        self._parts.append(part)
        self._held += len(part.drawn)
        if self._held > 3 * self.size:
            self._shrink()

    def _settled(self) -> _Part:
        if not self._parts:
            empty = pa.RecordBatch.from_pylist([], schema=self.layout.schema)
            return _Part(np.zeros(0, np.uint64), np.zeros(0, np.int64), empty, None)
        self._shrink()
        return self._parts[0]

    def _shrink(self) -> None:
        whole = _joined(self._parts)
        chosen = np.argsort(whole.drawn, kind="stable")[: self.size]
        if len(chosen) == self.size:
            self._bar = whole.drawn[chosen[-1]]
        part = whole.take(chosen[np.argsort(whole.positions[chosen])])
        self._parts, self._held = [part], len(chosen)


class AnsweredRows(RowSample):
    """The same rows with what the model answered to each."""

    answers: ClassVar[bool] = True

    @property
    def answered(self) -> Predictions:
        """(n,) the model's answers, in the order of `rows`; not finite where they came so."""
        found = self._settled().answers
        return Predictions() if found is None else found


class EmbeddedRows(AnsweredRows):
    """Of the same rows what the model gives at one of its outputs: a column of vectors.

    Attributes:
        output: its name, and that of the column.
    """

    def __init__(self, layout: Layout, *, output: str, size: int = SIZE) -> None:
        """Take nothing yet; see `RowSample`."""
        super().__init__(replace(layout, schema=pa.schema([])), size=size)
        self.output = output

    @property
    def outputs(self) -> tuple[str, ...]:
        """See `Survey.outputs`."""
        return (self.output,)

    def add(self, rows: Rows) -> None:
        """See `Survey.add`."""
        found = rows.raw[self.output]
        if found.dtype.kind != "f" or found.ndim < 2 or len(found) != len(rows.block):
            shape = " x ".join(map(str, found.shape[1:])) or "one"
            raise UnaskedError(
                "MG2264",
                f"the output {shown(self.output)} gives {shape} {found.dtype} a row, and no vector",
            )
        column = tensors(found.reshape(len(found), -1))
        block = pa.RecordBatch.from_arrays([column], names=[self.output])
        if not self.layout.schema.names:
            self.layout = replace(self.layout, schema=block.schema)
        super().add(Rows(block, rows.first, rows.answers))


class _Part:
    """Rows that may be kept."""

    def __init__(
        self,
        drawn: NDArray[np.uint64],
        positions: NDArray[np.int64],
        rows: pa.RecordBatch,
        answers: Predictions | None,
    ) -> None:
        self.drawn = drawn
        self.positions = positions
        self.rows = rows
        self.answers = answers

    def take(self, index: NDArray[np.int64]) -> _Part:
        return _Part(
            self.drawn[index],
            self.positions[index],
            self.rows.take(index_of(index)),
            None if self.answers is None else self.answers.take(index),
        )


def _joined(parts: list[_Part]) -> _Part:
    if len(parts) == 1:
        return parts[0]
    table = pa.Table.from_batches([part.rows for part in parts])
    whole, *_ = table.unify_dictionaries().combine_chunks().to_batches()
    return _Part(
        np.concatenate([part.drawn for part in parts]),
        np.concatenate([part.positions for part in parts]),
        whole,
        Predictions.joined([part.answers for part in parts if part.answers is not None]),
    )
