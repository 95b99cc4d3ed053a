"""Files by what is in them: `blobs/sha256/ab/abcd...`.

A blob is there whole or not at all: written beside its place, flushed, renamed, the folder flushed;
only then may a row of the database name it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from modelgate.errors import RefusedError, StorageError
from modelgate.escape import shown

MIB = 1 << 20
PREFIX = "sha256:"


class Blobs:
    """A folder of them.

    Attributes:
        root: the folder; it need not be there yet.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, source: Path, digest: str) -> None:
        """Keep a file.

        Args:
            source: a regular file.
            digest: what it is known to hold.

        Raises:
            RefusedError: MG5085, it holds something else by now.
            StorageError: MG6100, it cannot be read or kept.
        """
        try:
            with source.open("rb") as reader:
                self._put(reader, digest, shown(source, 80))
        except OSError as error:
            raise _disk(error) from error

    def put_bytes(self, content: bytes) -> str:
        """Keep some bytes; their digest.

        Raises:
            StorageError: MG6100, they cannot be kept.
        """
        from io import BytesIO

        digest = f"{PREFIX}{hashlib.sha256(content).hexdigest()}"
        try:
            self._put(BytesIO(content), digest, digest[:19])
        except OSError as error:
            raise _disk(error) from error
        return digest

    def copy(self, digest: str, target: Path) -> None:
        """Write a blob to a file, its bytes verified on the way.

        Raises:
            RefusedError: MG5086, it is missing, or its bytes were changed.
            StorageError: MG6100, the file cannot be written.
        """
        try:
            reader = self._path(digest).open("rb")
        except OSError as error:
            raise _missing(digest, error.strerror or "") from error
        try:
            with reader:
                found = _written(reader, target)
        except OSError as error:
            raise _disk(error) from error
        if found != digest:
            with suppress(OSError):
                target.unlink()
            raise _changed(digest)

    def verify(self, digest: str) -> None:
        """That a blob is there, with the bytes that were kept.

        Raises:
            RefusedError: MG5086, it is missing, or its bytes were changed.
        """
        try:
            with self._path(digest).open("rb") as reader:
                found = f"{PREFIX}{hashlib.file_digest(reader, 'sha256').hexdigest()}"
        except OSError as error:
            raise _missing(digest, error.strerror or "") from error
        if found != digest:
            raise _changed(digest)

    def _put(self, reader: BinaryIO, digest: str, name: str) -> None:
        path = self._path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            found = _written(reader, beside)
            if found == digest:
                beside.replace(path)  # over a damaged one of the same name, too
        finally:  # Ctrl-C, too, leaves nothing half written behind
            beside.unlink(missing_ok=True)
        if found != digest:
            raise _unlike(name)
        # Whoever made a folder may have died before it was flushed: each is, every time.
        for folder in (path.parent, path.parent.parent, self.root, self.root.parent):
            _flush_folder(folder)

    def _path(self, digest: str) -> Path:
        name = digest.removeprefix(PREFIX)
        return self.root / "sha256" / name[:2] / name


def _written(reader: BinaryIO, path: Path) -> str:
    """The digest of what was written, which is on the disk."""
    found = hashlib.sha256()
    with path.open("xb") as writer:
        while chunk := reader.read(MIB):
            found.update(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return f"{PREFIX}{found.hexdigest()}"


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unlike(name: str) -> RefusedError:
    return RefusedError("MG5085", f"{name} was changed while it was read")


def _missing(digest: str, why: str) -> RefusedError:
    return RefusedError(
        "MG5086",
        f"the registry has lost the bytes of {digest[:19]}: {why}",
        hint="restore the registry's `blobs` folder from a copy",
    )


def _changed(digest: str) -> RefusedError:
    return RefusedError(
        "MG5086",
        f"the bytes of {digest[:19]} in the registry were changed",
        hint="restore the registry's `blobs` folder from a copy, and find out who did it",
    )


def _disk(error: OSError) -> StorageError:
    return StorageError(
        "MG6100",
        f"the registry cannot keep files: {error.strerror or error}",
        hint="it needs a folder that can be written and has room",
    )
