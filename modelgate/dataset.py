"""Rows in a named role, streamed as Arrow record batches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from modelgate.errors import DataError, Where

BLOCK_ROWS = 8192
"""Rows of a canonical block. Whatever the file's own batches, the threads or the engine, a model
is always asked about the same rows together, so that floating point cannot tell them apart."""


class Dataset(ABC):
    """A stream of rows that can be read more than once.

    Attributes:
        name: what people call it: the path as the user wrote it, or "DataFrame".
        schema: columns and types, known before the first row.
        taken: what was found out about the file: delimiter, encoding; empty where there was nothing
            to find out.
        digested_apart: whether the digest is taken by reading the file once more, so that it may be
            taken at the same time as the rows.
        folder: what the names of files in its cells are relative to.
        known_rows: how many there are; None where only reading them tells.
    """

    name: str
    schema: pa.Schema
    taken: tuple[str, ...] = ()
    digested_apart: bool = False
    folder: Path = Path()
    known_rows: int | None = None

    @abstractmethod
    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows in the order of the file, in batches of any size.

        Args:
            columns: only these, in this order; all where None.

        Raises:
            DataError: a row cannot be read, or the file changed while it was read.
        """

    @property
    @abstractmethod
    def digest(self) -> str:
        """The bytes that were read, as "sha256:..."; known once a pass has ended."""

    @property
    @abstractmethod
    def bytes(self) -> int:
        """The size of what the digest covers."""

    def blocks(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The same rows in blocks of exactly `BLOCK_ROWS`, but for the last."""
        waiting: list[pa.RecordBatch] = []
        rows = 0
        for batch in self.batches(columns):
            start = 0
            while rows + len(batch) - start >= BLOCK_ROWS:
                taken = batch.slice(start, BLOCK_ROWS - rows)
                yield _joined([*waiting, taken], self.name)
                start += len(taken)
                waiting, rows = [], 0
            if start < len(batch):
                waiting.append(batch.slice(start))
                rows += len(batch) - start
        if waiting:
            yield _joined(waiting, self.name)


def _joined(parts: Sequence[pa.RecordBatch], name: str) -> pa.RecordBatch:
    if len(parts) == 1:
        return parts[0]
    table = pa.Table.from_batches(parts).unify_dictionaries().combine_chunks()
    whole, *rest = table.to_batches()
    if rest:  # texts of more than 2 GiB do not fit into one Arrow array
        raise DataError(
            "MG3516",
            f"{BLOCK_ROWS} rows together hold more than 2 GiB of text",
            where=Where(name),
            hint="shorten the texts, or leave out the column",
        )
    return whole
