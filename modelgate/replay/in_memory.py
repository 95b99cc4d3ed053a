"""Rows that stay in memory after the pass that read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from modelgate.dataset import Dataset


class RowsInMemory(Dataset):
    """Rows in memory, in blocks that are cut once.

    Attributes:
        table: all of them.
    """

    def __init__(
        self, blocks: Sequence[pa.RecordBatch], schema: pa.Schema, source: Dataset
    ) -> None:
        self.name = source.name
        self.folder = source.folder
        self.schema = schema
        self.table = pa.Table.from_batches(blocks, schema=schema)
        self._blocks = tuple(blocks)
        self._digest, self._bytes = source.digest, source.bytes

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """See `Dataset.batches`."""
        for block in self._blocks:
            yield block if columns is None else block.select(list(columns))

    @property
    def digest(self) -> str:
        """Of the data that the rows were taken from."""
        return self._digest

    @property
    def bytes(self) -> int:
        """Of the data that the rows were taken from."""
        return self._bytes


class CountedRows(Dataset):
    """A data set that knows how many rows it gave.

    Attributes:
        rows: so far.
    """

    def __init__(self, data: Dataset) -> None:
        self._data = data
        self.name, self.schema, self.taken = data.name, data.schema, data.taken
        self.rows = 0

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """See `Dataset.batches`."""
        for batch in self._data.batches(columns):
            self.rows += len(batch)
            yield batch

    @property
    def digest(self) -> str:
        """See `Dataset.digest`."""
        return self._data.digest

    @property
    def bytes(self) -> int:
        """See `Dataset.bytes`."""
        return self._data.bytes
