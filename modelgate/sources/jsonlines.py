"""JSON lines: an object a line, a key a column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from modelgate.dataset import Dataset
from modelgate.errors import DataError, Where
from modelgate.profiles.stored import begins_profile
from modelgate.sources import Source, Told
from modelgate.sources.descriptor import Descriptor
from modelgate.sources.faults import too_long
from modelgate.sources.jsonfaults import first_fault, keys_of
from modelgate.sources.layout import MOST_BYTES
from modelgate.sources.reading import Reading, no_rows
from modelgate.sources.text import Utf8, found_encoding

BLOCK_BYTES = 1 << 20
SCAN_BYTES = 64 << 20
"""Types are found in the first so many bytes, as for CSV."""

Block = tuple[int, bytes]
"""The number of its first line, and whole lines."""


class JsonLines(Source):
    """`.jsonl` and `.ndjson`, also compressed by gzip.

    The first row names the columns. A later row may leave a key out, which is a missing value
    there, but may bring no new one.
    """

    name = "jsonlines"
    suffixes = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")

    def recognises(self, path: Path, head: bytes) -> bool:
        """A `.json` file that begins like one; `_open` tells an array from lines."""
        begins = head.lstrip()[:1] in {b"{", b"["} and not begins_profile(head)
        return begins and path.suffix.lower() == ".json"

    def _open(self, descriptor: Descriptor, told: Told) -> Dataset:
        head = descriptor.read(BLOCK_BYTES, 0)
        encoding = told.encoding or (
            "utf-8" if head[:2] == b"\x1f\x8b" else _only_unicode(found_encoding(head))
        )
        return JsonReading(descriptor, _scanned(descriptor, encoding), encoding)


class JsonReading(Reading):
    """Parsed by pyarrow, block after block of whole lines."""

    what = "JSON lines"

    def __init__(self, descriptor: Descriptor, schema: pa.Schema, encoding: str) -> None:
        super().__init__(descriptor, schema, taken=(f"text in {encoding}",))
        self._encoding = encoding

    def _batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:  # noqa: ARG002
        for block in _blocks(self.descriptor, self._encoding):
            table = _parsed(block, self.schema, self.descriptor.name)
            yield from table.combine_chunks().to_batches()


def _only_unicode(found: str) -> str:
    """JSON is Unicode by its definition: what is not must be told."""
    return found if found.startswith("utf") else "utf-8"


def _scanned(descriptor: Descriptor, encoding: str) -> pa.Schema:
    """The columns of the first row with the narrowest types that the head of the file shows."""
    names: tuple[str, ...] = ()
    kinds: dict[str, pa.DataType] = {}
    size = 0
    for block in _blocks(descriptor, encoding):
        if not names:
            names = keys_of(block[1], Where(descriptor.name, block[0]))
            kinds = dict.fromkeys(names, pa.null())
        for field in _parsed(block, None, descriptor.name).schema:
            common = _wider(kinds.get(field.name), _plain(field.type))
            if common is None:
                raise first_fault(block, kinds, descriptor.name) or _unlike(block, descriptor.name)
            kinds[field.name] = common
        size += len(block[1])
        if size > SCAN_BYTES:
            break
    if not names:
        raise no_rows(descriptor.name)
    return pa.schema(
        [(name, pa.float64() if kind == pa.null() else kind) for name, kind in kinds.items()]
    )


def _plain(kind: pa.DataType) -> pa.DataType | None:
    """The type as we give it; None for an object inside. Dates stay the text that they are."""
    if pa.types.is_timestamp(kind):
        return pa.string()
    if pa.types.is_list(kind):
        inner = _plain(kind.value_type)
        return None if inner is None else pa.list_(inner)
    return None if pa.types.is_struct(kind) else kind


def _wider(one: pa.DataType | None, other: pa.DataType | None) -> pa.DataType | None:
    """The type that holds both; None where there is none."""
    if one is None or other is None:
        return None
    if one == other or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    if pa.types.is_list(one) and pa.types.is_list(other):
        inner = _wider(one.value_type, other.value_type)
        return None if inner is None else pa.list_(inner)
    return pa.float64() if {one, other} == {pa.int64(), pa.float64()} else None


def _parsed(block: Block, schema: pa.Schema | None, name: str) -> Any:
    from pyarrow import json as arrow_json

    try:
        return arrow_json.read_json(
            pa.BufferReader(block[1]),
            read_options=arrow_json.ReadOptions(block_size=max(len(block[1]), 64)),
            parse_options=arrow_json.ParseOptions(
                explicit_schema=schema,
                unexpected_field_behavior="infer" if schema is None else "error",
            ),
        )
    except pa.ArrowInvalid as error:
        kinds = None if schema is None else dict(zip(schema.names, schema.types, strict=True))
        raise first_fault(block, kinds, name) or error from error


def _blocks(descriptor: Descriptor, encoding: str) -> Iterator[Block]:
    """Whole lines, about `BLOCK_BYTES` at a time, blank ones alone left out."""
    line, waiting = 1, b""
    for piece in _ended(Utf8(descriptor, encoding).pieces()):
        waiting += piece
        end = waiting.rfind(b"\n") + 1
        if not end and len(waiting) > MOST_BYTES:
            raise too_long(descriptor.name, line)
        if end:
            block, waiting = waiting[:end], waiting[end:]
            if not block.isspace():
                yield line, block
            line += block.count(b"\n")


def _ended(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, with an end to the last line."""
    yield from pieces
    yield b"\n"


def _unlike(block: Block, name: str) -> DataError:
    return DataError(
        "MG3521",
        "from here on a key holds values of two kinds",
        where=Where(name, block[0]),
        hint="give every value of a key one kind",
    )
