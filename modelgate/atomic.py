"""Files that are written wholly or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from modelgate.errors import StorageError, UsageError
from modelgate.escape import printable, shown


def write_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` at once: a reader sees the old file or the new one, never half.

    A device or a pipe that stands there is written to as it is.

    Raises:
        StorageError: MG6050, the folder is missing, read-only or full; nothing was changed.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            _swap_in(path, content)
    except OSError as error:
        raise StorageError(
            "MG6050",
            f"cannot write {printable(path, 60)}: {error.strerror or error}",
            hint="choose a folder that exists, can be written and has room",
        ) from error


def refuse_overwriting(writes: Iterable[str | Path], reads: Iterable[str | Path]) -> None:
    """Nothing that a command reads is written over by what it writes.

    Raises:
        UsageError: MG2035, a file to write is one that is read.
    """
    there = [path for path in map(Path, reads) if path.exists()]
    for written in map(Path, writes):
        if written.exists() and any(written.samefile(read) for read in there):
            raise UsageError(
                "MG2035",
                f"{shown(written)} would be written over, and it is what is read",
                hint="name another file to write",
            )


def _swap_in(path: Path, content: bytes) -> None:
    """Temporary file in the same folder, flushed to the disk, renamed; then the folder flushed."""
    beside = path.parent / f".{path.name[:40]}.{secrets.token_hex(8)}.part"
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    with suppress(OSError):  # some file systems cannot flush a folder
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
