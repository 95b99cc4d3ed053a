"""A model whose answers are written down as they come."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.asking import Asker, Raw
from modelgate.dataset import Dataset
from modelgate.remembered_shelves import META, cache_folder, make_room, place_on

FEWEST_ROWS = 20_000
"""Rows below which a model is asked again: that is quicker than to keep books."""
MOST_BYTES = 512 << 20
"""Bytes of the answers to one data set; larger ones are not kept."""
MOST_WORDS = 1 << 16
"""Distinct texts of one output; answers of more are not kept."""


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
        make_room(cache_folder())

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
