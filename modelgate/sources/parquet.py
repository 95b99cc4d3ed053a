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

BATCH_ROWS = 2 * BLOCK_ROWS
"""The most rows decoded at once: from 16,384 up nothing gets faster, only larger."""

BUFFER_BYTES = 1 << 17
"""Read-ahead of one column. It bounds memory where whole column chunks would not."""

MOST_CATEGORIES = 4096
"""A dictionary with more entries is one of texts, which are cheaper read as such."""

SAMPLE_ROWS = 1024


class Parquet(Source):
    """`.parquet`, as pandas, polars, Spark and DuckDB write it."""

    name = "parquet"
    suffixes = (".parquet", ".pq", ".parq")

    def recognises(self, path: Path, head: bytes) -> bool:  # noqa: ARG002
        """By its first four bytes."""
        return head.startswith(b"PAR1")

    def _open(self, descriptor: Descriptor, told: Told) -> Dataset:  # noqa: ARG002
        plain = _file(descriptor, ())
        texts = [field.name for field in plain.schema_arrow if pa.types.is_string(field.type)]
        # Judged by rows and not by the metadata of the columns: where that is damaged, pyarrow
        # does not raise but aborts the process (`FileMetaData.row_group(0).column(0)`).
        first = next(_file(descriptor, texts).iter_batches(SAMPLE_ROWS, use_threads=False), None)
        if first is None or not len(first):
            raise no_rows(descriptor.name)
        categories = [name for name in texts if _few(first.column(name))]
        fitting = BATCH_BYTES * len(first) // max(first.nbytes, 1)
        rows = min(max(fitting, BLOCK_ROWS // 8), BATCH_ROWS)
        reading = ParquetReading(descriptor, categories, rows)
        reading.known_rows = int(plain.metadata.num_rows)
        return reading


class ParquetReading(Reading):
    """Decoded column by column, some thousand rows at a time, whatever the row groups."""

    what = "Parquet"
    digested_apart = True

    def __init__(self, descriptor: Descriptor, categories: Sequence[str], rows: int) -> None:
        super().__init__(descriptor, _file(descriptor, categories).schema_arrow)
        self._categories = categories
        self._rows = rows

    def _batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        file = _file(self.descriptor, self._categories)
        # One thread: two cost a third more processor time, and the model waits for a core.
        for batch in file.iter_batches(self._rows, columns=list(columns), use_threads=False):
            # Parquet's reader takes text as it comes; what is not UTF-8 would fail much later.
            batch.validate(full=True)
            yield batch


def _file(descriptor: Descriptor, categories: Sequence[str]) -> Any:
    from pyarrow.parquet import ParquetFile

    return ParquetFile(
        pa.PythonFile(descriptor.seekable(), mode="r"),
        read_dictionary=list(categories),
        buffer_size=BUFFER_BYTES,
        pre_buffer=False,
        page_checksum_verification=True,
    )


def _few(column: Any) -> bool:
    """Whether a column of texts holds categories: a short dictionary, of which few are used."""
    if len(column.dictionary) > MOST_CATEGORIES:
        return False
    return len(column.indices.unique()) * 2 <= len(column)
