"""Images that a column names: read from the folder of the data, and from nowhere else."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Mapping
from io import BufferedReader, FileIO
from pathlib import Path, PurePosixPath

from modelgate.errors import DataError, RefusedError
from modelgate.escape import shown

MOST_BYTES = 64 << 20
"""Size of one image file."""


class ImageFiles:
    """The image files beside one data set.

    Attributes:
        folder: what their names are relative to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._real = Path(os.path.realpath(folder))
        self._digests: dict[str, bytes] = {}

    def read(self, name: str | None) -> bytes | None:
        """The bytes of one file; None for a missing name.

        Raises:
            RefusedError: MG5071, the name leads out of the folder, or over a symbolic link.
            DataError: MG3542 there is no such file, MG3541 it is too large, MG3518 it has changed
                since it was read first.
        """
        if name is None:
            return None
        content = self._content(name)
        digest = hashlib.sha256(content).digest()
        if self._digests.setdefault(name, digest) != digest:
            raise DataError("MG3518", f"the image {shown(name, 100)} was changed while it was read")
        return content

    def described(self) -> Mapping[str, object]:
        """Their number, and a digest of the list of all digests as `sha256sum` writes it."""
        lines = [f"{digest.hex()}  {name}\n" for name, digest in sorted(self._digests.items())]
        found = hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
        return {"files": len(self._digests), "digest": f"sha256:{found}"}

    def _content(self, name: str) -> bytes:
        relative = PurePosixPath(name)
        if "\0" in name or relative.is_absolute() or ".." in relative.parts:
            raise self._outside(name, "which lies outside its folder")
        path = self._real / relative
        if Path(os.path.realpath(path)) != path:
            raise self._outside(name, "which is a symbolic link, or lies behind one")
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise self._outside(name, "which is a symbolic link") from None
            raise self._missing(name, os.strerror(error.errno or 0)) from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise self._missing(name, "it is no regular file")
        with FileIO(descriptor) as raw, BufferedReader(raw) as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise DataError(
                "MG3541", f"the image {shown(name, 100)} is larger than {MOST_BYTES >> 20} MiB"
            )
        return content

    def _missing(self, name: str, reason: str) -> DataError:
        return DataError(
            "MG3542",
            f"the image {shown(name, 100)} cannot be read: {reason}",
            hint=f"names of images are relative to the folder of the data ({self.folder})",
        )

    @staticmethod
    def _outside(name: str, why: str) -> RefusedError:
        return RefusedError(
            "MG5071",
            f"the data names the image {shown(name, 100)}, {why}",
            hint="copy the images into a folder beside the data or below it",
        )
