"""Rows that are in memory already: data frames, Arrow tables, arrays."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa

from modelgate.dataset import Dataset
from modelgate.errors import DataError, Where
from modelgate.escape import one_line, shown
from modelgate.sources.arrays import column_of, equally_long
from modelgate.sources.columns import check_names, chosen, settle, settled_schema
from modelgate.sources.reading import FOREIGN, no_rows

BATCH_ROWS = 8 * 8192


class InMemory(Dataset):
    """An Arrow table.

    The digest is of what the rows say, not of how they lie in memory: canonical blocks as an Arrow
    stream, categories as their text, each column followed by which of its values are there.
    """

    def __init__(self, table: pa.Table, name: str) -> None:
        self.name = name
        self.schema = settled_schema(table.schema, name)
        self.known_rows = table.num_rows
        self._table = table
        self._digest: str | None = None
        self._bytes = 0

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows; see `Dataset.batches`."""
        schema = chosen(self.schema, columns, self.name)
        for batch in self._table.select(schema.names).to_batches(max_chunksize=BATCH_ROWS):
            if len(batch):
                yield settle(batch, schema)

    @property
    def digest(self) -> str:
        """Of the rows; found on demand."""
        self._seal()
        return str(self._digest)

    @property
    def bytes(self) -> int:
        """The size of what the digest covers."""
        self._seal()
        return self._bytes

    def _seal(self) -> None:
        if self._digest is not None:
            return
        sink = _Hashing()
        canonical = pa.schema([(field.name, _undictionaried(field.type)) for field in self.schema])
        sealed = pa.schema(
            [
                part
                for field in canonical
                for part in (field, pa.field(f"{field.name} is there", pa.bool_()))
            ]
        )
        with pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), sealed) as stream:
            for block in self.blocks():
                plain = settle(block, canonical)
                columns = [
                    part for one in plain.columns for part in (_exact(_filled(one)), one.is_valid())
                ]
                stream.write_batch(pa.RecordBatch.from_arrays(columns, schema=sealed))
        self._digest, self._bytes = f"sha256:{sink.running.hexdigest()}", sink.size


class _Hashing:
    """A file that keeps nothing of what is written to it but the digest."""

    closed = False

    def __init__(self) -> None:
        self.running = sha256()
        self.size = 0

    def write(self, piece: Any) -> int:
        self.running.update(piece)
        self.size += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        self.closed = True


def _undictionaried(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _filled(column: Any) -> Any:
    """The column with nothing left to chance where a value is missing."""
    if column.null_count == 0 or pa.types.is_nested(column.type):
        return column
    from pyarrow import compute

    # Zeros as a whole column: a single one would have to be made by `pa.scalar`, which imports
    # pandas where it is installed.
    widest = 16  # bytes of one value, of an offset, of an interval
    if pa.types.is_fixed_size_binary(column.type):
        widest = max(widest, column.type.byte_width)
    nothing = pa.py_buffer(bytes((len(column) + 1) * widest))
    buffers = [None] * (column.type.num_buffers - 1)
    zeros = pa.Array.from_buffers(column.type, len(column), [None, *(nothing for _ in buffers)])
    return compute.if_else(column.is_valid(), column, zeros)


def _exact(column: Any) -> Any:
    """A column of texts with its own bytes alone, not those of the array it was cut from."""
    if not (pa.types.is_string(column.type) or pa.types.is_binary(column.type)):
        return column
    offsets, text = column.buffers()[1:]
    ends = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    first, last = int(ends[0]), int(ends[-1])
    own = text.slice(first, last - first) if text else pa.py_buffer(b"")
    buffers = [None, pa.py_buffer(ends - ends[0]), own]
    return pa.Array.from_buffers(column.type, len(column), buffers)


def in_memory(rows: Any) -> InMemory:
    """The rows of whatever holds them.

    Args:
        rows: a pandas DataFrame (its index is left out), a pyarrow Table, RecordBatch or
            RecordBatchReader (read to its end), anything that speaks Arrow's C stream interface
            (polars, duckdb), or a mapping of names to numpy arrays of one length.

    Raises:
        DataError: MG3524 they cannot be taken as a table, MG3507 there are none.
    """
    name = type(rows).__name__
    try:
        table = _table(rows)
    except FOREIGN as error:
        raise DataError(
            "MG3524",
            f"the {shown(name)[1:-1]} cannot be taken as a table: {one_line(error)}",
            hint="each column must hold values of one type",
        ) from error
    dataset = InMemory(table, "arrays" if isinstance(rows, Mapping) else name)
    if not table.num_rows:
        raise no_rows(dataset.name)
    return dataset


def _table(rows: Any) -> pa.Table:
    if isinstance(rows, pa.Table):
        return rows
    if isinstance(rows, pa.RecordBatch):
        return pa.Table.from_batches([rows])
    if isinstance(rows, pa.RecordBatchReader):
        return rows.read_all()
    if isinstance(rows, Mapping):
        equally_long({str(name): len(values) for name, values in rows.items()}, "arrays")
        columns = {
            str(name): column_of(values, str(name), "arrays") for name, values in rows.items()
        }
        return pa.Table.from_arrays(list(columns.values()), names=list(columns))
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(rows, pandas.DataFrame):
        return pa.Table.from_pandas(_named(rows), preserve_index=False)
    if hasattr(rows, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(rows).read_all()
    raise TypeError("it is no DataFrame, Arrow table or mapping of arrays")


def _named(frame: Any) -> Any:
    """The frame with names that are text, as files have them."""
    names = [name if isinstance(name, str) else str(name) for name in frame.columns]
    check_names(names, Where("DataFrame"))
    if names == list(frame.columns):
        return frame
    return frame.set_axis(names, axis="columns")
