"""Evidently's own pages, as a project keeps them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from modelgate.atomic import write_file
from modelgate.errors import StorageError
from modelgate.escape import printable

PLACE = Path(".modelgate", "evidently")
"""Where they lie, seen from the project."""


def place_of(question: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> Path:
    """Where the page of exactly this question lies, seen from the project: always the same place.

    Args:
        question: JSON-ready.
        tables: word -> the rows that it is about.
    """
    digest = hashlib.sha256(json.dumps(question, sort_keys=True).encode())
    for table in tables.values():
        out = pa.BufferOutputStream()
        with pa.ipc.new_stream(out, table.schema) as to:
            to.write_table(table)
        digest.update(out.getvalue())
    return PLACE / f"{question['name']}-{digest.hexdigest()[:16]}.html"


def keep(root: Path, place: Path, content: bytes) -> None:
    """Keep a page.

    Args:
        root: the project's folder.
        place: of the page, seen from it.
        content: of the page.

    Raises:
        StorageError: MG6050, it cannot be written, or a link leads out of the project.
    """
    path = root / place
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        inside = path.parent.resolve().is_relative_to(root.resolve())
    except OSError as error:
        message = f"cannot make the folder {printable(path.parent, 60)}: {error.strerror}"
        raise StorageError("MG6050", message) from None
    if not inside:
        raise StorageError("MG6050", f"{printable(PLACE, 60)} leads out of the project")
    write_file(path, content)
