"""Several files read as one data set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from os.path import commonpath, relpath
from pathlib import Path

import pyarrow as pa

from modelgate.dataset import Dataset
from modelgate.errors import DataError, Where
from modelgate.escape import printable, shown
from modelgate.sources.columns import chosen, settle


class Joined(Dataset):
    """The rows of one file after those of another.

    The digest is taken of one line a file: its name relative to the folder they share, a tab, and
    its own digest.
    """

    def __init__(self, name: str, parts: Sequence[Dataset], schema: pa.Schema) -> None:
        self.name = printable(name)
        self.parts = tuple(parts)
        self.schema = schema
        known = [part.known_rows for part in parts if part.known_rows is not None]
        self.known_rows = sum(known) if len(known) == len(parts) else None

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows, file after file; see `Dataset.batches`."""
        schema = chosen(self.schema, columns, self.name)
        for part in self.parts:
            for batch in part.batches(schema.names):
                yield settle(batch, schema)

    @property
    def digest(self) -> str:
        """Of the files' names and digests."""
        shared = commonpath([Path(part.name).parent for part in self.parts])
        lines = (f"{relpath(part.name, shared)}\t{part.digest}\n" for part in self.parts)
        return f"sha256:{sha256(''.join(lines).encode()).hexdigest()}"

    @property
    def bytes(self) -> int:
        """The files' sizes together."""
        return sum(part.bytes for part in self.parts)


def joined(name: str, parts: Sequence[Dataset]) -> Joined:
    """The parts as one, with types that hold for all of them.

    Raises:
        DataError: MG3519, a file has other columns, or a column of another type.
    """
    first = parts[0]
    kinds = {field.name: field.type for field in first.schema}
    for part in parts[1:]:
        odd = set(kinds).symmetric_difference(part.schema.names)
        if odd:
            column = min(odd)
            has, lacks = (first, part) if column in kinds else (part, first)
            raise _differ(part, f"{lacks.name} has no column {shown(column)}, {has.name} has one")
        for field in part.schema:
            common = wider(kinds[field.name], field.type)
            if common is None:
                raise _differ(
                    part,
                    f"column {shown(field.name)} holds {field.type} here"
                    f" and {kinds[field.name]} in {first.name}",
                )
            kinds[field.name] = common
    return Joined(name, parts, pa.schema(list(kinds.items())))


def wider(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """The type that holds both without loss of meaning; None where there is none."""
    if one == other:
        return one
    text = pa.string()
    if {one, other} == {text, pa.dictionary(pa.int32(), text)}:
        return text
    if all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in (one, other)):
        if pa.types.is_integer(one) and pa.types.is_integer(other):
            return pa.int64()
        return pa.float64()
    return None


def _differ(part: Dataset, says: str) -> DataError:
    return DataError(
        "MG3519",
        f"the files do not fit together: {says}",
        where=Where(part.name),
        hint="write them with the same columns and types",
    )
