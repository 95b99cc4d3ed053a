"""Answers that a model gave to these very bytes before, so that it need not be asked again.

A cache, and nothing but that: named by the content of model and data, bounded, checked by digest
before use, safe to delete at any time. What is recalled is bit for bit what was answered.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
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

FEWEST_ROWS = 20_000
"""Rows below which a model is asked again: that is quicker than to keep books."""
MOST_BYTES = 512 << 20
"""Bytes of the answers to one data set; larger ones are not kept."""
MOST_IN_ALL = 2 << 30
"""Bytes of all answers kept; the ones not used for longest go first."""
MOST_WORDS = 1 << 16
VARIABLE = "MODELGATE_CACHE"
"""Names another folder for the cache."""
META = "answers.json"


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


class Recording:
    """A model whose answers are written down as they come."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._columns: dict[str, _Column] | None = None
        self._rows = 0
        self._folder: Path | None = None

    @property
    def columns(self) -> tuple[str, ...] | None:
        """See `Answering.columns`."""
        return self._asker.columns

    @property
    def ahead(self) -> int:
        """See `Answering.ahead`."""
        return self._asker.ahead

    def submit(self, block: pa.RecordBatch) -> None:
        """See `Answering.submit`."""
        self._asker.submit(block)

    def collect(self) -> Raw:
        """See `Answering.collect`."""
        raw = self._asker.collect()
        try:
            self._write(raw)
        except OSError:
            self.close()
        return raw

    def _write(self, raw: Raw) -> None:
        if self._columns is None:
            root = cache_folder()
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._folder = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=root))
            self._columns = {
                name: _Column(self._folder / f"{place}.bin", values)
                for place, (name, values) in enumerate(raw.items())
            }
        if self._folder is None:
            return
        self._rows += len(next(iter(raw.values())))
        kept = all(self._columns[name].add(values) for name, values in raw.items())
        if not kept or sum(column.bytes for column in self._columns.values()) > MOST_BYTES:
            self.close()

    def keep(self, shelf: Path, data: Dataset) -> None:
        """Put the answers in their place, now that the bytes of the data are known."""
        if self._folder is None or self._rows < FEWEST_ROWS:
            return
        columns = self._columns or {}
        described = {name: column.described() for name, column in columns.items()}
        meta = json.dumps({"rows": self._rows, "outputs": described})
        sealed = f"{sha256(meta.encode()).hexdigest()}\n{meta}"
        (self._folder / META).write_text(sealed, encoding="utf-8")
        shelf.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # somebody else has kept the same answers in the meantime
            self._folder.rename(place_on(shelf, data))
            self._folder = None
        _make_room(cache_folder())

    def close(self) -> None:
        """Forget what was not kept."""
        for column in (self._columns or {}).values():
            column.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


class _Column:
    """One output, written as raw numbers; texts by their place in a list of words."""

    def __init__(self, path: Path, first: NDArray[Any]) -> None:
        self._file = path.open("wb")
        self._path = path
        self._digest = sha256()
        self._words: dict[str, int] | None = {} if first.dtype.kind in "OUS" else None
        self._type = np.dtype(np.int32) if self._words is not None else first.dtype
        self._shape = first.shape[1:]
        self.bytes = 0

    def add(self, values: NDArray[Any]) -> bool:
        """Write some rows; whether they could be."""
        if values.shape[1:] != self._shape:
            return False
        if self._words is not None:
            texts = values.tolist()
            if values.ndim != 1 or not all(isinstance(text, str) for text in texts):
                return False
            for text in texts:
                self._words.setdefault(text, len(self._words))
            if len(self._words) > MOST_WORDS:
                return False
            values = np.array([self._words[text] for text in texts], dtype=np.int32)
        elif values.dtype != self._type:
            return False
        content = np.ascontiguousarray(values).tobytes()
        self._digest.update(content)
        self.bytes += self._file.write(content)
        return True

    def described(self) -> dict[str, Any]:
        """What it takes to read it."""
        self._file.close()
        return {
            "file": self._path.name,
            "type": self._type.str,
            "shape": list(self._shape),
            "sha256": self._digest.hexdigest(),
            "words": None if self._words is None else list(self._words),
        }

    def close(self) -> None:
        self._file.close()


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


def _make_room(root: Path) -> None:
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
