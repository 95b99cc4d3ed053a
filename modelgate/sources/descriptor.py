"""One open file: every byte that is judged and every byte that is hashed comes through it."""

from __future__ import annotations

import io
import os
import stat
import weakref
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from modelgate.errors import DataError, Where
from modelgate.escape import printable

PIECE = 1 << 20
"""Bytes of one read."""


class Descriptor:
    """A regular file, opened once. A path can be made to point elsewhere; a descriptor cannot.

    Attributes:
        path: where it was found; never opened again.
        name: as the user wrote it, fit for a message.
        size: bytes at opening.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.path = path
        self.name = printable(name or str(path))
        # O_NONBLOCK: opening a FIFO that nobody writes to would hang.
        self._number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        weakref.finalize(self, os.close, self._number)
        self._first = _identity(os.fstat(self._number))
        if not stat.S_ISREG(os.fstat(self._number).st_mode):
            raise DataError("MG3502", "not a regular file", where=Where(self.name))
        self.size = os.fstat(self._number).st_size
        self._digest: str | None = None

    def read(self, size: int, offset: int) -> bytes:
        """At most `size` bytes from `offset`; fewer only at the end of the file."""
        return os.pread(self._number, size, offset)

    def readinto(self, buffer: memoryview, offset: int) -> int:
        """Fill the buffer from `offset`; the number of bytes that were there."""
        return os.preadv(self._number, [buffer], offset)

    def pieces(self) -> Iterator[bytes]:
        """The file from its first byte to its last, hashed on the way."""
        running = sha256()
        offset = 0
        while piece := self.read(PIECE, offset):
            running.update(piece)
            offset += len(piece)
            yield piece
        self._digest = f"sha256:{running.hexdigest()}"

    @property
    def digest(self) -> str:
        """Of the whole file, "sha256:..."; read once more only if no pass has seen all of it."""
        if self._digest is None:
            for _ in self.pieces():
                pass
            self.verify()
        return str(self._digest)

    def verify(self) -> None:
        """Make sure that nobody has written to the file since it was opened.

        Raises:
            DataError: MG3518, its size, times or identity differ.
        """
        if _identity(os.fstat(self._number)) != self._first:
            self._digest = None
            raise DataError(
                "MG3518",
                "the file was changed while it was read",
                where=Where(self.name),
                hint="wait until it is written, or judge a copy",
            )

    def seekable(self) -> io.RawIOBase:
        """The same descriptor as a file object with a position of its own."""
        return _Seekable(self)


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


class _Seekable(io.RawIOBase):
    def __init__(self, descriptor: Descriptor) -> None:
        self._descriptor = descriptor
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._descriptor.size}
        self._position = max(0, start[whence] + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            size = max(0, self._descriptor.size - self._position)
        found = self._descriptor.read(size, self._position)
        self._position += len(found)
        return found

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        found = self._descriptor.readinto(buffer, self._position)
        self._position += found
        return found
