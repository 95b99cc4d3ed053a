"""Answers that a model gave to these very bytes before, so that it need not be asked again.

A cache, and nothing but that: named by the content of model and data, bounded, checked by digest
before use, safe to delete at any time. What is recalled is bit for bit what was answered.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.asking import Asker, Raw
from modelgate.dataset import Dataset
from modelgate.recording import Recording
from modelgate.remembered_shelves import META, place_on, shelf_of


class Answering(Protocol):
    """What a pass over the rows needs of a model."""

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The columns it reads; None for all."""

    @property
    def ahead(self) -> int:
        """Blocks that may be submitted before the first is collected."""

    def submit(self, block: pa.RecordBatch) -> None:
        """Give it a block."""

    def collect(self) -> Raw:
        """The outputs of the oldest block that was submitted."""


@contextmanager
def answering(
    asker: Asker, data: Dataset, outputs: tuple[str, ...], *, remember: bool
) -> Iterator[Answering]:
    """Whoever answers the rows of a data set: the model, or what it said before.

    The model's answers are kept once the block ends well.

    Args:
        asker: the model, bound to the data's columns.
        data: the rows.
        outputs: the outputs that are wanted.
        remember: whether the cache may be used.
    """
    asker.beside = data.folder
    shelf = shelf_of(asker, data, outputs) if remember else None
    if shelf is None:
        asker.prepare(outputs)
        yield asker
        return
    # Only where this model has answered something before is the data read once more to know it.
    known = _recalled(place_on(shelf, data), outputs) if shelf.is_dir() else None
    if known is not None:
        yield known
        return
    asker.prepare(outputs)
    recording = Recording(asker)
    try:
        yield recording
        with suppress(OSError):  # a full disk costs time, not the verdict
            recording.keep(shelf, data)
    finally:
        recording.close()


class Recalled:
    """Answers out of the cache; no column of the data is needed for them."""

    columns: tuple[str, ...] = ()
    ahead = 1 << 30

    def __init__(self, outputs: Mapping[str, tuple[NDArray[Any], NDArray[Any] | None]]) -> None:
        self._outputs = outputs
        self._next = 0
        self._waiting: deque[int] = deque()

    def submit(self, block: pa.RecordBatch) -> None:
        """See `Answering.submit`."""
        self._waiting.append(len(block))

    def collect(self) -> Raw:
        """See `Answering.collect`."""
        rows = slice(self._next, self._next + self._waiting.popleft())
        self._next = rows.stop
        return {
            name: np.array(values[rows]) if words is None else words[values[rows]]
            for name, (values, words) in self._outputs.items()
        }


def _recalled(folder: Path, wanted: tuple[str, ...]) -> Recalled | None:
    """The answers in a folder; None where there are none, or they are not what was written."""
    try:
        meta = json.loads(_unsealed((folder / META).read_text(encoding="utf-8")))
        outputs = {name: _read(folder, meta["rows"], meta["outputs"][name]) for name in wanted}
        os.utime(folder)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
        return None
    return Recalled(outputs)


def _unsealed(content: str) -> str:
    seal, _, text = content.partition("\n")
    if sha256(text.encode()).hexdigest() != seal:
        raise ValueError("this is not what was written")
    return text


def _read(
    folder: Path, rows: int, described: Mapping[str, Any]
) -> tuple[NDArray[Any], NDArray[Any] | None]:
    content = (folder / Path(described["file"]).name).read_bytes()
    if sha256(content).hexdigest() != described["sha256"]:
        raise ValueError("these are not the bytes that were written")
    values = np.frombuffer(content, dtype=np.dtype(described["type"]))
    words = described["words"]
    return (
        values.reshape(rows, *described["shape"]),
        None if words is None else np.array(words, dtype=object),
    )
