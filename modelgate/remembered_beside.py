"""What else is remembered beside a model's answers to a data set, each piece by all it hangs on."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from modelgate.atomic import write_file
from modelgate.dataset import Dataset
from modelgate.errors import StorageError
from modelgate.remembered_shelves import place_on

_DIGEST = 32  # bytes


class Beside:
    """Pieces kept beside answers, which go when the answers go: a cache, and nothing but that."""

    def __init__(self, data: Dataset, shelf: Path | None) -> None:
        """Know where.

        Args:
            data: the rows that are answered.
            shelf: where the model's answers to such data are kept; None where they are not.
        """
        self._data = data
        self._shelf = shelf

    @property
    def stands(self) -> bool:
        """Whether there is a place; there is none beside the answers to few rows."""
        return self._folder() is not None

    def read(self, kind: str, told: object) -> bytes | None:
        """A piece; None where there is none, or it is not what was written.

        Args:
            kind: what it is, in a word.
            told: all that it hangs on, model and data apart, as `repr` says it.
        """
        path = self._path(kind, told)
        if path is None:
            return None
        try:
            content = path.read_bytes()
        except OSError:
            return None
        content, digest = content[_DIGEST:], content[:_DIGEST]
        return content if sha256(content).digest() == digest else None

    def write(self, kind: str, told: object, content: bytes) -> None:
        """Keep a piece, where there is a place for it."""
        path = self._path(kind, told)
        if path is not None:
            with suppress(StorageError):  # a full disk costs time, not the verdict
                write_file(path, sha256(content).digest() + content)

    def _path(self, kind: str, told: object) -> Path | None:
        folder = self._folder()
        name = f"{kind}-{sha256(repr(told).encode()).hexdigest()[:32]}"
        return None if folder is None else folder / name

    def _folder(self) -> Path | None:
        if self._shelf is None or not self._shelf.is_dir():
            return None
        folder = place_on(self._shelf, self._data)
        return folder if folder.is_dir() else None
