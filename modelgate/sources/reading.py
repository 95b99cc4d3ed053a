"""A data set that is read from an open file; no foreign exception leaves it."""

from __future__ import annotations

import zipfile
import zlib
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa

from modelgate.dataset import Dataset
from modelgate.errors import DataError, Where
from modelgate.escape import one_line
from modelgate.sources.columns import chosen, settle, settled_schema
from modelgate.sources.descriptor import Descriptor

FOREIGN = (
    pa.ArrowException,
    OSError,
    ValueError,  # UnicodeError and JSONDecodeError among them
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    MemoryError,
    OverflowError,
    NotImplementedError,
    RuntimeError,  # RecursionError, and what zipfile says of encrypted members
    zlib.error,
    zipfile.BadZipFile,
)
"""What the libraries that read files raise at files that are not what they should be."""


@contextmanager
def narrowed(descriptor: Descriptor, what: str) -> Iterator[None]:
    """Turn foreign exceptions into one that says which file, and what to do.

    Raises:
        DataError: MG3518 the file was changed meanwhile, else MG3517 it is damaged.
    """
    try:
        yield
    except DataError:
        descriptor.verify()  # what a half-written file looks like is not its fault
        raise
    except FOREIGN as error:
        descriptor.verify()
        raise DataError(
            "MG3517",
            f"the {what} file is damaged or cut short ({one_line(error)})",
            where=Where(descriptor.name),
            hint="write or download it again",
        ) from error


class Reading(Dataset):
    """Rows of one file. Who implements a format writes `_batches`; what is public guards it.

    Attributes:
        taken: what was found out about the file, in a few words each ("delimiter ';'").
    """

    what = "data"

    def __init__(
        self, descriptor: Descriptor, schema: pa.Schema, *, taken: tuple[str, ...] = ()
    ) -> None:
        self.name = descriptor.name
        self.descriptor = descriptor
        self.schema = settled_schema(schema, descriptor.name)
        self.taken = taken

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows in the order of the file; see `Dataset.batches`."""
        schema = chosen(self.schema, columns, self.name)
        with narrowed(self.descriptor, self.what):
            for batch in self._batches(schema.names):
                if len(batch):
                    yield settle(batch, schema)
        self.descriptor.verify()

    @abstractmethod
    def _batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Batches that hold at least these columns; may raise what it likes of `FOREIGN`."""

    @property
    def digest(self) -> str:
        """Of the file's bytes."""
        return self.descriptor.digest

    @property
    def bytes(self) -> int:
        """The file's size."""
        return self.descriptor.size


def no_rows(name: str) -> DataError:
    """There are columns and nothing below them."""
    return DataError(
        "MG3507",
        "the data has no rows",
        where=Where(name),
        hint="a model cannot be judged on nothing; check how the file was made",
    )
