"""Where answers of models are kept: a folder a model, in it one a data set; and how much of it."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from modelgate.asking import Asker
from modelgate.dataset import Dataset

MOST_IN_ALL = 2 << 30
"""Bytes of all answers kept; the ones not used for longest go first."""
VARIABLE = "MODELGATE_CACHE"
"""Names another folder for the cache."""
META = "answers.json"
"""Tells what a folder holds."""


def cache_folder() -> Path:
    """Where answers are kept."""
    if told := os.environ.get(VARIABLE):
        return Path(told)
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "modelgate" / "answers"


def shelf_of(asker: Asker, data: Dataset, outputs: tuple[str, ...]) -> Path | None:
    """Where the answers of a model to data that is read like this are kept; None where none are.

    Args:
        asker: the model, bound to the data's columns.
        data: the rows.
        outputs: the outputs that are wanted.
    """
    identity = asker.identity(outputs)
    if identity is None:
        return None
    reading = f"{data.schema}\n{data.taken}"
    return cache_folder() / sha256(f"{identity}\n{reading}".encode()).hexdigest()[:32]


def place_on(shelf: Path, data: Dataset) -> Path:
    """The folder of the answers to these very rows."""
    return shelf / data.digest.replace(":", "-")


def make_room(root: Path) -> None:
    """Remove what was not used for longest, until the rest fits."""
    found = []
    for meta in root.glob(f"*/*/{META}"):
        with suppress(OSError):
            size = sum(file.stat().st_size for file in meta.parent.iterdir())
            found.append((meta.parent.stat().st_mtime, size, meta.parent))
    total = sum(size for _, size, _ in found)
    for _, size, folder in sorted(found, key=lambda one: one[0]):
        if total <= MOST_IN_ALL:
            return
        shutil.rmtree(folder, ignore_errors=True)
        total -= size
