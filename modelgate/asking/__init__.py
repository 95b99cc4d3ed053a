"""Whoever answers: a worker with a file, an endpoint, a Python callable, or columns of the data.

All are asked in the same way: bound to columns, asked about the first rows to see what their
outputs are, then given block after block.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.dataset import BLOCK_ROWS
from modelgate.errors import ModelError
from modelgate.model import Artifact
from modelgate.suite import ModelPart
from modelgate.worker.preparing import Material

Raw = Mapping[str, NDArray[Any]]
PROBED = 64
"""Rows that are asked about more than once, at most."""
MADE_UP = 16
"""Rows made up from the signature where there is no data."""


class Asker(ABC):
    """One model, asked.

    Attributes:
        artifact: what it is.
        answers_again: whether it can be asked about the same rows twice.
        beside: the folder of the rows to come: names of files in them are relative to it.
    """

    artifact: Artifact
    answers_again: bool = True
    beside: Path = Path()

    @abstractmethod
    def bind(self, schema: pa.Schema, apart: Sequence[str | None], told: ModelPart) -> list[str]:
        """Match columns with inputs; says what was taken for what."""

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...] | None:
        """The columns it reads; None for all."""

    @property
    def image_columns(self) -> tuple[str, ...]:
        """Of those, the ones that hold names of image files."""
        return ()

    @property
    def feeding(self) -> tuple[str, ...] | None:
        """The columns that whoever answers is fed, be it asked through another; None for all."""
        return self.columns

    @abstractmethod
    def look(self, rows: pa.RecordBatch | None) -> Raw:
        """All outputs for the first rows; those of the first data set are kept for `again`.

        Args:
            rows: at most `PROBED`; None to make inputs up from the signature.
        """

    @abstractmethod
    def again(self, rows: int, *, batch: int | None = None) -> Raw:
        """All outputs for the first `rows` of the rows looked at, `batch` rows a call."""

    def answer(self, rows: pa.RecordBatch) -> Raw:
        """The outputs that `prepare` named, for rows of any number, in canonical blocks."""
        parts: list[Raw] = []
        waiting = 0
        for start in range(0, len(rows), BLOCK_ROWS):
            if waiting >= self.ahead:
                parts.append(self.collect())
                waiting -= 1
            self.submit(rows.slice(start, BLOCK_ROWS))
            waiting += 1
        parts += [self.collect() for _ in range(waiting)]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def decoded(self, rows: pa.RecordBatch, *, sized: bool = False) -> pa.RecordBatch:
        """The same rows with images as arrays of pixels, which are answered as they are.

        Args:
            rows: of which a column may name image files or hold their bytes.
            sized: bring the images to one size; done anyway where their sizes differ.
        """
        del sized
        return rows

    def identity(self, outputs: Sequence[str]) -> str | None:
        """All that these outputs hang on but the rows: the model's bytes, how it is fed, by what.

        None where that cannot be told, as of a function.
        """
        del outputs
        return None

    @property
    def material(self) -> Material | None:
        """What makes the model's inputs, as a worker was given it; None where nothing does."""
        return None

    def images(self, folder: Path) -> Mapping[str, object] | None:
        """The image files of a folder that it was shown: how many, and a digest; None for none."""
        del folder
        return None

    def prepare(self, outputs: Sequence[str]) -> None:
        """Say which outputs the blocks to come are to be answered with."""
        self._outputs = tuple(outputs)

    @property
    def ahead(self) -> int:
        """Blocks that may be submitted before the first is collected."""
        return 1

    @abstractmethod
    def submit(self, block: pa.RecordBatch) -> None:
        """Give it a block."""

    @abstractmethod
    def collect(self) -> Raw:
        """The outputs of the oldest block that was submitted."""


class Immediate(Asker):
    """One that answers at once, in this process."""

    def __init__(self) -> None:
        self._outputs: tuple[str, ...] = ()
        self._first: pa.RecordBatch | None = None
        self._waiting: deque[Raw] = deque()

    @abstractmethod
    def _answer(self, rows: pa.RecordBatch, *, batch: int | None = None) -> Raw:
        """All outputs for these rows."""

    def look(self, rows: pa.RecordBatch | None) -> Raw:
        """See `Asker.look`."""
        if rows is None:
            raise ModelError(
                "MG3146", f"{self.artifact.name!r} can only be asked about data; give some"
            )
        if self._first is None:  # of a second data set, nothing is asked again
            self._first = rows
        return self._answer(rows)

    def again(self, rows: int, *, batch: int | None = None) -> Raw:
        """See `Asker.again`."""
        assert self._first is not None
        return self._answer(self._first.slice(0, rows), batch=batch)

    def submit(self, block: pa.RecordBatch) -> None:
        """See `Asker.submit`."""
        raw = self._answer(block)
        self._waiting.append({name: raw[name] for name in self._outputs})

    def collect(self) -> Raw:
        """See `Asker.collect`."""
        return self._waiting.popleft()
