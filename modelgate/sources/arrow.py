"""Arrow's own files: the IPC file (also called Feather) and the IPC stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from modelgate.dataset import BLOCK_ROWS, Dataset
from modelgate.sources import Source, Told
from modelgate.sources.descriptor import Descriptor
from modelgate.sources.reading import Reading, no_rows

_FILE = b"ARROW1"
_STREAM = b"\xff\xff\xff\xff"
_ROWS = 8 * BLOCK_ROWS


class Arrow(Source):
    """`.arrow`, `.feather`, `.ipc` and `.arrows`.

    A batch is held in memory as its writer cut it; pyarrow, polars and pandas cut them small.
    """

    name = "arrow"
    suffixes = (".arrow", ".feather", ".ipc", ".arrows")

    def recognises(self, path: Path, head: bytes) -> bool:  # noqa: ARG002
        """By the mark of a file, or of a stream that begins with its schema."""
        return head.startswith(_FILE) or (head.startswith(_STREAM) and head[6:8] == b"\0\0")

    def _open(self, descriptor: Descriptor, told: Told) -> Dataset:  # noqa: ARG002
        reader = _reader(descriptor, None)
        data = ArrowReading(descriptor, reader.schema)
        if not any(len(batch) for batch in _each(reader)):
            raise no_rows(descriptor.name)
        return data


class ArrowReading(Reading):
    """Batch after batch; of a batch only the asked columns."""

    what = "Arrow"

    def _batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for batch in _each(_reader(self.descriptor, [self.schema.names.index(c) for c in columns])):
            # Whoever follows an offset that lies outside of a buffer reads foreign memory.
            batch.validate(full=True)
            for start in range(0, len(batch), _ROWS):
                yield batch.slice(start, _ROWS)


def _reader(descriptor: Descriptor, fields: list[int] | None) -> Any:
    file = pa.PythonFile(descriptor.seekable(), mode="r")
    options = pa.ipc.IpcReadOptions(use_threads=False, included_fields=fields)
    if descriptor.read(len(_FILE), 0) == _FILE:
        return pa.ipc.open_file(file, options=options)
    return pa.ipc.open_stream(file, options=options)


def _each(reader: Any) -> Iterator[pa.RecordBatch]:
    if isinstance(reader, pa.ipc.RecordBatchFileReader):
        return (reader.get_batch(number) for number in range(reader.num_record_batches))
    return iter(reader)
