"""Inputs that broke a property in earlier trials, as a project keeps them to be tried again.

They are tried beside those that are drawn and count as none of them, so whatever stands in these
files can shut the gate and never open it. A file that cannot be read is as good as none.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelgate.atomic import write_file
from modelgate.errors import StorageError

PLACE = Path(".modelgate", "counterexamples")
"""In a project."""
FORMAT = "modelgate.counterexamples/1"
MOST = 16
"""Inputs of one property that are kept, the latest first."""
MOST_BYTES = 1 << 20
"""Of a file; a longer one is not read, nor written."""

Row = Mapping[str, Any]
"""Column -> cell, as JSON has it."""


@dataclass(slots=True)
class Kept:
    """What a project keeps.

    Attributes:
        root: the project's folder.
        asked: rows that a model was asked about because they were kept. They are counted apart:
            what is kept changes from one trial to the next, and what a trial says must not.
    """

    root: Path
    asked: int = 0

    def rows(self, key: str) -> Sequence[Row]:
        """The inputs that are kept under a key; none where its file is missing or garbage."""
        found = _read(self._file(key))
        rows = found.get("rows") if isinstance(found, dict) else None
        if not isinstance(rows, list) or found.get("format") != FORMAT:
            return []
        return [row for row in rows if isinstance(row, dict)][:MOST]

    def keep(self, key: str, rows: Sequence[Row], about: Mapping[str, str]) -> None:
        """Keep inputs beside those that are kept under this key; a disk that refuses is no fault.

        Args:
            key: letters and digits.
            rows: cells that JSON can hold.
            about: what a reader of the file is told.
        """
        before = self.rows(key)
        fresh = [row for row in rows if row not in before]
        path = self._file(key)
        if not fresh or not self._writable(path):
            return
        whole = {"format": FORMAT, **about, "rows": [*fresh, *before][:MOST]}
        text = json.dumps(whole, indent=1, allow_nan=False) + "\n"
        if len(text) <= MOST_BYTES:
            with suppress(OSError, StorageError):
                path.parent.mkdir(parents=True, exist_ok=True)
                write_file(path, text.encode())

    def _file(self, key: str) -> Path:
        return self.root / PLACE / f"{key}.json"

    def _writable(self, path: Path) -> bool:
        """Whether it is, or would be, a regular file inside the project."""
        with suppress(OSError, RuntimeError):  # a link that leads to itself
            inside = path.parent.resolve().is_relative_to(self.root.resolve())
            return inside and (path.is_file() or not path.exists())
        return False


def _read(path: Path) -> Any:
    """What the file holds; None where there is none, or no JSON."""
    with suppress(OSError, ValueError, RecursionError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                text = file.read(MOST_BYTES + 1)
                return None if len(text) > MOST_BYTES else json.loads(text, parse_constant=_none)
    return None


def _none(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
