"""CSV and its kin: text, a row a line (or several, in quotes), a header on top."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from modelgate.dataset import Dataset
from modelgate.sources import Source, Told
from modelgate.sources.descriptor import Descriptor
from modelgate.sources.faults import fault, refuse_loose_quotes
from modelgate.sources.inference import FALSE, MISSING, TRUE, inferred
from modelgate.sources.layout import MOST_BYTES, Layout, layout_of
from modelgate.sources.reading import Reading, no_rows
from modelgate.sources.text import Utf8

SCAN_BYTES = 64 << 20
"""Types are found in the first so many bytes: the whole of nearly every CSV file. A cell further
down that does not fit is an error with its line, never a guess."""

BLOCK_BYTES = (1 << 20, MOST_BYTES)
"""What pyarrow cuts the text into; the second where a single row is longer than the first."""


class Csv(Source):
    """`.csv`, `.tsv` and the like, also compressed by gzip."""

    name = "csv"
    suffixes = (".csv", ".tsv", ".tab", ".csv.gz", ".tsv.gz")

    def recognises(self, path: Path, head: bytes) -> bool:  # noqa: ARG002
        """Never: any text can be taken for CSV."""
        return False

    def _open(self, descriptor: Descriptor, told: Told) -> Dataset:
        tabs = descriptor.path.name.lower().removesuffix(".gz").endswith((".tsv", ".tab"))
        delimiter = told.delimiter or ("\t" if tabs else None)
        layout = layout_of(descriptor, delimiter=delimiter, encoding=told.encoding)
        scanned = _batches(
            descriptor, layout, dict.fromkeys(layout.columns, pa.string()), scan=True
        )
        schema = inferred(_head(scanned, descriptor), layout.columns)
        return CsvReading(descriptor, schema, layout)


class CsvReading(Reading):
    """Parsed by pyarrow, block after block."""

    what = "CSV"

    def __init__(self, descriptor: Descriptor, schema: pa.Schema, layout: Layout) -> None:
        super().__init__(descriptor, schema, taken=layout.taken)
        self._layout = layout

    def _batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        # A reader must be asked for one column at least, or it gives all.
        names = list(columns) or self.schema.names[:1]
        types = {name: self.schema.field(name).type for name in names}
        for batch in _batches(self.descriptor, self._layout, types):
            yield _emptied(batch)


def _head(batches: Iterator[pa.RecordBatch], descriptor: Descriptor) -> Iterator[pa.RecordBatch]:
    """The batches of the first `SCAN_BYTES`."""
    rows = size = 0
    for batch in batches:
        rows += len(batch)
        size += batch.nbytes
        yield batch
        if size > SCAN_BYTES:
            break
    if not rows:
        raise no_rows(descriptor.name)


def _batches(
    descriptor: Descriptor, layout: Layout, types: Mapping[str, pa.DataType], *, scan: bool = False
) -> Iterator[pa.RecordBatch]:
    """The rows as pyarrow parses them; with larger blocks from where a row did not fit in one.

    Args:
        descriptor: the file.
        layout: how its text is to be read.
        types: of the columns that are wanted, in their order.
        scan: whether cells of text that say "missing" are null.
    """
    done = 0
    for block in BLOCK_BYTES:
        skip = done
        try:
            for batch in _parsed(descriptor, layout, types, block=block, scan=scan):
                if skip < len(batch):
                    yield batch.slice(skip)
                    done += len(batch) - skip
                skip = max(0, skip - len(batch))
        except pa.ArrowInvalid as error:
            if "straddl" in str(error) and block != BLOCK_BYTES[-1]:
                continue
            raise fault(descriptor, layout, str(error), tuple(types)) or error from error
        return


def _parsed(
    descriptor: Descriptor,
    layout: Layout,
    types: Mapping[str, pa.DataType],
    *,
    block: int,
    scan: bool,
) -> Iterator[pa.RecordBatch]:
    from pyarrow import csv

    text = Utf8(descriptor, layout.encoding)
    reader = csv.open_csv(
        pa.PythonFile(text, mode="r"),
        read_options=csv.ReadOptions(block_size=block),
        parse_options=csv.ParseOptions(
            delimiter=layout.delimiter,
            quote_char='"' if layout.quoted else False,
            newlines_in_values=layout.quoted,
        ),
        convert_options=csv.ConvertOptions(
            column_types=types,
            include_columns=list(types),
            null_values=list(MISSING),
            strings_can_be_null=scan,
            true_values=list(TRUE),
            false_values=list(FALSE),
        ),
    )
    rows = 0
    try:
        for batch in reader:
            if block == MOST_BYTES and _longest(batch) > MOST_BYTES:
                raise pa.ArrowInvalid("a row is too long")
            rows += len(batch)
            yield batch
    finally:
        reader.close()
    # A quotation mark that is not closed swallows the rows after it, and pyarrow does not mind.
    if layout.quoted and max(text.line - 1, text.returns) > rows + 1:
        refuse_loose_quotes(descriptor, layout)


def _longest(batch: pa.RecordBatch) -> int:
    """Bytes of the longest text."""
    texts = (column for column in batch.columns if column.type == pa.string() and len(column))
    return max((int(_lengths(column).max()) for column in texts), default=0)


def _lengths(column: Any) -> Any:
    """(n,) bytes of each text."""
    ends = np.frombuffer(column.buffers()[1], np.int32)
    return np.diff(ends[column.offset : column.offset + len(column) + 1])


def _emptied(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with null for every empty text."""
    columns = [
        _without_empty(column) if column.type == pa.string() else column for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _without_empty(column: Any) -> Any:
    filled = _lengths(column) > 0  # (n,)
    if filled.all():
        return column
    offsets, text = column.buffers()[1:]
    # The validity is written for the whole buffer, so that the offset holds for it too.
    bits = np.packbits(np.concatenate([np.ones(column.offset, bool), filled]), bitorder="little")
    return pa.Array.from_buffers(
        pa.string(), len(column), [pa.py_buffer(bits), offsets, text], offset=column.offset
    )
