"""Opening what the user names, without waiting for what never comes."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

from modelgate.errors import ModelError
from modelgate.escape import printable


def open_regular(path: Path) -> io.FileIO:
    """Open a regular file to read; a pipe or a device would make a gate wait for ever.

    Raises:
        FileNotFoundError: nothing is there.
        ModelError: it is no regular file, or cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else str(error)
        raise ModelError("MG3001", f"'{printable(path, 100)}' cannot be read: {reason}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ModelError(
            "MG3001", f"'{printable(path, 100)}' is a pipe, a device or a folder, no regular file"
        )
    return io.FileIO(descriptor)
