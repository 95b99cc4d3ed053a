"""NumPy's `.npz`: a zip archive of arrays, each of which becomes a column."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa

from modelgate.dataset import BLOCK_ROWS, Dataset
from modelgate.errors import DataError, Where
from modelgate.escape import shown
from modelgate.sources import Source, Told
from modelgate.sources.arrays import arrow_type, column_of, equally_long
from modelgate.sources.descriptor import Descriptor
from modelgate.sources.reading import Reading, no_rows

BATCH_BYTES = 16 << 20
MOST_MEMBERS = 10_000
MOST_ROW_BYTES = 64 << 20
BOMB_BYTES = 256 << 20
BOMB_RATIO = 500
"""An archive that unpacks to more than `BOMB_BYTES` and this many times its size is no data."""
TURNED_BYTES = 256 << 20
"""An array in Fortran's order has its rows scattered: it is read whole, up to this size."""


class Npz(Source):
    """`.npz`, as `numpy.savez` writes it. Nothing in it is ever unpickled.

    An array of n rows with further axes becomes one column of fixed-size lists; see `arrow_type`.
    """

    name = "npz"
    suffixes = (".npz",)

    def recognises(self, path: Path, head: bytes) -> bool:
        """By its name, and by being a zip archive."""
        return path.name.lower().endswith(self.suffixes) and head.startswith(b"PK")

    def _open(self, descriptor: Descriptor, told: Told) -> Dataset:  # noqa: ARG002
        with zipfile.ZipFile(descriptor.seekable()) as archive:
            _refuse_bombs(archive, descriptor)
            arrays = [_described(archive, member, descriptor) for member in archive.infolist()]
        rows = equally_long({array.name: array.shape[0] for array in arrays}, descriptor.name)
        if not rows:
            raise no_rows(descriptor.name)
        return NpzReading(descriptor, arrays, rows)


@dataclass(frozen=True, slots=True)
class Stored:
    """One array of the archive, as its header tells.

    Attributes:
        member: its file in the archive.
        start: bytes of the header.
    """

    name: str
    member: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    turned: bool
    start: int

    @property
    def row_bytes(self) -> int:
        """Of one row."""
        return int(self.dtype.itemsize * prod(self.shape[1:]))


class NpzReading(Reading):
    """All arrays side by side, some rows of each at a time."""

    what = "NPZ"

    def __init__(self, descriptor: Descriptor, arrays: Sequence[Stored], rows: int) -> None:
        fields = [
            (one.name, arrow_type(one.dtype, one.shape[1:], one.name, descriptor.name))
            for one in arrays
        ]
        super().__init__(descriptor, pa.schema(fields))
        self._arrays = {one.name: one for one in arrays}
        self._rows = rows

    def _batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        arrays = [self._arrays[name] for name in columns] or list(self._arrays.values())[:1]
        fitting = BATCH_BYTES // max(1, sum(array.row_bytes for array in arrays))
        size = min(max(fitting, 1), 8 * BLOCK_ROWS)
        with zipfile.ZipFile(self.descriptor.seekable()) as archive:
            parts = [_rows_of(archive.open(array.member), array, size) for array in arrays]
            for batch in zip(*parts, strict=True):
                taken = [
                    column_of(part, array.name, self.name)
                    for part, array in zip(batch, arrays, strict=True)
                ]
                yield pa.RecordBatch.from_arrays(taken, names=[array.name for array in arrays])


def _rows_of(stream: IO[bytes], array: Stored, size: int) -> Iterator[Any]:
    """The array in pieces of `size` rows; after the last, the archive's checksum has been seen."""
    with stream:
        stream.read(array.start)
        rows = array.shape[0]
        if array.turned and len(array.shape) > 1:
            whole = np.frombuffer(_exactly(stream, rows * array.row_bytes), array.dtype)
            turned = whole.reshape(array.shape, order="F")
            yield from (turned[start : start + size] for start in range(0, rows, size))
            return
        for start in range(0, rows, size):
            count = min(size, rows - start)
            flat = np.frombuffer(_exactly(stream, count * array.row_bytes), array.dtype)
            yield flat.reshape(count, *array.shape[1:])


def _exactly(stream: IO[bytes], size: int) -> bytes:
    found = stream.read(size)
    if len(found) != size:
        raise EOFError("an array ends in the middle")
    return found


def _described(archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: Descriptor) -> Stored:
    name = member.filename.removesuffix(".npy")
    where = Where(source.name)
    with archive.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }.get(version)
        if read is None:
            raise DataError(
                "MG3522",
                f"array {shown(name)} has fields, or a format from the future",
                where=where,
                hint="store each field as an array of its own",
            )
        shape, turned, dtype = read(stream)
        start = stream.tell()
    if dtype.hasobject:
        raise DataError(
            "MG3522",
            f"array {shown(name)} holds pickled Python objects, which could run code",
            where=where,
            hint="store numbers, or texts as a fixed-length array: array.astype(str)",
        )
    if not shape:
        raise DataError(
            "MG3522",
            f"{shown(name)} is a single value, not an array of rows",
            where=where,
            hint="leave it out of the file",
        )
    found = Stored(name, member.filename, shape, dtype, turned, start)
    arrow_type(dtype, shape[1:], name, source.name)
    if found.row_bytes * shape[0] + start != member.file_size or min(shape) < 0:
        raise EOFError(f"array {name} is not as long as its header says")
    if found.row_bytes > MOST_ROW_BYTES or (turned and member.file_size > TURNED_BYTES):
        raise DataError(
            "MG3516",
            f"one row of array {shown(name)} does not fit in memory",
            where=where,
            hint="store it in C order, a row an example: numpy.ascontiguousarray(array)",
        )
    return found


def _refuse_bombs(archive: zipfile.ZipFile, descriptor: Descriptor) -> None:
    """Look at the list of what is inside, before anything is unpacked.

    Raises:
        DataError: MG3523, it would unpack to something that no table is; MG3522, other members.
    """
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    where = Where(descriptor.name)
    if len(members) > MOST_MEMBERS or (total > BOMB_BYTES and total > BOMB_RATIO * descriptor.size):
        raise DataError(
            "MG3523",
            f"{descriptor.size} bytes would unpack to {total} in {len(members)} arrays",
            where=where,
            hint="if that is real data, store it without compression or as Parquet",
        )
    names = [member.filename for member in members]
    odd = [
        name
        for name in names
        if not name.endswith(".npy") or "/" in name or "\\" in name or names.count(name) > 1
    ]
    if odd:
        raise DataError(
            "MG3522",
            f"{shown(odd[0])} in it is no array, or is there twice",
            where=where,
            hint="write the file by numpy.savez",
        )
