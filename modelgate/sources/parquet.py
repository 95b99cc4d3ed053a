"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from modelgate.dataset import BLOCK_ROWS, Dataset
from modelgate.sources import Source, Told
from modelgate.sources.descriptor import Descriptor
from modelgate.sources.reading import Reading, no_rows

BATCH_BYTES = 16 << 20
"""What a decoded batch should stay below; rows are counted by it."""

BUFFER_BYTES = 1 << 18
"""Read-ahead of one column. It bounds memory where whole column chunks would not."""

DICTIONARY_BYTES = 1 << 18
"""Categories whose dictionary is larger are texts, cheaper read as such."""


class Parquet(Source):
    """`.parquet`, as pandas, polars, Spark and DuckDB write it."""

    name = "parquet"
    suffixes = (".parquet", ".pq", ".parq")

    def recognises(self, path: Path, head: bytes) -> bool:  # noqa: ARG002
        """By its first four bytes."""
        return head.startswith(b"PAR1")

    def _open(self, descriptor: Descriptor, told: Told) -> Dataset:  # noqa: ARG002
        file = _file(descriptor, ())
        if file.metadata.num_rows == 0:
            raise no_rows(descriptor.name)
        return ParquetReading(descriptor, _categories(file.metadata, file.schema_arrow))


class ParquetReading(Reading):
    """Decoded column by column, some thousand rows at a time, whatever the row groups."""

    what = "Parquet"

    def __init__(self, descriptor: Descriptor, categories: tuple[str, ...]) -> None:
        self._categories = categories
        file = _file(descriptor, categories)
        super().__init__(descriptor, file.schema_arrow)
        rows, size = file.metadata.num_rows, _uncompressed(file.metadata)
        fitting = BATCH_BYTES * rows // max(size, 1) // BLOCK_ROWS * BLOCK_ROWS
        self._rows = min(max(fitting, BLOCK_ROWS), 8 * BLOCK_ROWS)

    def _batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        file = _file(self.descriptor, self._categories)
        yield from file.iter_batches(batch_size=self._rows, columns=list(columns))


def _file(descriptor: Descriptor, categories: Sequence[str]) -> Any:
    from pyarrow.parquet import ParquetFile

    return ParquetFile(
        pa.PythonFile(descriptor.seekable(), mode="r"),
        read_dictionary=list(categories),
        buffer_size=BUFFER_BYTES,
        pre_buffer=False,
    )


def _uncompressed(metadata: Any) -> int:
    return sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))


def _categories(metadata: Any, schema: pa.Schema) -> tuple[str, ...]:
    """The text columns that are stored as a small dictionary in every row group."""
    small: dict[str, bool] = {}
    for group in range(metadata.num_row_groups):
        for number in range(metadata.num_columns):
            column = metadata.row_group(group).column(number)
            pages = column.dictionary_page_offset
            size = column.data_page_offset - pages if pages else DICTIONARY_BYTES
            fits = bool(column.has_dictionary_page) and size < DICTIONARY_BYTES
            small[column.path_in_schema] = small.get(column.path_in_schema, True) and fits
    texts = (field.name for field in schema if pa.types.is_string(field.type))
    return tuple(name for name in texts if small.get(name, False))
