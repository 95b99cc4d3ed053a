"""What many models answered to the same rows, kept on disk so that memory does not grow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Batch, Facts, Flags
from modelgate.aggregates.answers import Answers
from modelgate.arrays import hashed, numbers
from modelgate.binding import Reading
from modelgate.binding.labels import Coder
from modelgate.errors import DataError
from modelgate.judging import Rival
from modelgate.suite import DataPart

CHUNK = 1 << 16
"""Rows that are judged at once."""
MOST_BYTES = 64 << 30
"""Bytes of answers on disk beyond which fewer models, or another metric, has to be asked for."""


class Strip:
    """An array that grows on disk, then lies there to be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Any = None
        self._type: np.dtype[Any] = np.dtype(np.float64)
        self._shape: tuple[int, ...] = ()
        self.bytes = 0

    def add(self, values: NDArray[Any]) -> None:
        """Write some rows; the first ones decide type and width."""
        if self._file is None:
            self._file = self._path.open("wb")
            self._type, self._shape = values.dtype, values.shape[1:]
        self.bytes += self._file.write(np.ascontiguousarray(values, dtype=self._type).tobytes())

    def close(self) -> None:
        """No more rows come."""
        if self._file is not None:
            self._file.close()

    @property
    def values(self) -> NDArray[Any]:
        """All rows, mapped from the disk."""
        if not self.bytes:
            return np.empty((0, *self._shape), dtype=self._type)
        return np.memmap(self._path, dtype=self._type, mode="r").reshape(-1, *self._shape)


class Rows:
    """What is known of the rows, whoever answers them.

    Attributes:
        labelled: rows with a right answer.
    """

    def __init__(self, folder: Path, name: str, reading: Reading, part: DataPart) -> None:
        assert part.target is not None
        self._target, self._weight, self._group = part.target, part.weight, part.group
        self._reading = reading
        self._coder = Coder(reading.classes, reading.own)
        self._strips = {kind: Strip(folder / f"{name}.{kind}") for kind in ("truth", "known")}
        for kind, column in (("weight", part.weight), ("group", part.group)):
            if column is not None:
                self._strips[kind] = Strip(folder / f"{name}.{kind}")
        self.labelled = 0

    def add(self, block: pa.RecordBatch) -> None:
        """Take in the labels, weights and groups of some rows."""
        truth: NDArray[Any]
        if self._reading.task == "classification":
            truth, _ = self._coder.of_column(block.column(self._target))
            known = truth >= 0
        else:
            truth, known = _finite(block.column(self._target))
        self.labelled += int(known.sum())
        if self._weight is not None:
            weight, there = _finite(block.column(self._weight))
            if (weight[there] < 0).any():
                raise DataError("MG3145", f"column {self._weight!r} holds a negative weight")
            self._strips["weight"].add(weight)
            known &= there
        if self._group is not None:
            self._strips["group"].add(hashed(block.column(self._group)))
        self._strips["truth"].add(truth)
        self._strips["known"].add(known)

    def close(self) -> None:
        """No more rows come."""
        for strip in self._strips.values():
            strip.close()

    @property
    def known(self) -> Flags:
        """(n,) rows that can be judged, if only the models answer."""
        return np.array(self._strips["known"].values)

    def part(self, rows: slice, keep: Flags) -> dict[str, Any]:
        """What a batch of some rows holds, but for the answers."""
        kinds = ("truth", "weight", "group")
        strips = {kind: self._strips[kind] for kind in kinds if kind in self._strips}
        return {kind: strip.values[rows][keep] for kind, strip in strips.items()}


class Voice:
    """One model's answers, in the classes that all models are judged in.

    Attributes:
        unusable: why -> rows that it answers with nothing that can be judged.
    """

    def __init__(
        self, folder: Path, name: str, reading: Reading, first: Reading, *, scores: bool
    ) -> None:
        """Listen to a model.

        Args:
            folder: where its answers are written.
            name: of its files.
            reading: how its outputs are read.
            first: of the model whose classes count.
            scores: whether its scores are kept.
        """
        self._reading = reading
        self._rival = Rival(reading, first)
        self._account = Answers()
        self._answer = Strip(folder / f"{name}.answer")
        self._usable = Strip(folder / f"{name}.usable")
        self._scores = Strip(folder / f"{name}.scores") if scores else None

    def add(self, raw: Mapping[str, NDArray[Any]]) -> None:
        """Take in its answers to some rows."""
        rows = len(next(iter(raw.values())))
        fractions = [values for values in raw.values() if values.dtype.kind == "f"]
        finite = self._account.add(fractions, rows)
        answer, scores, usable = self._rival.answers(raw, finite)
        labels = self._reading.task == "classification"
        self._answer.add(answer.astype(np.int32) if labels else answer)
        self._usable.add(usable)
        if self._scores is not None and scores is not None:
            self._scores.add(scores)

    def close(self) -> None:
        """No more rows come."""
        for strip in (self._answer, self._usable, self._scores):
            if strip is not None:
                strip.close()

    @property
    def bytes(self) -> int:
        """What it takes on disk so far."""
        strips = (self._answer, self._usable, self._scores)
        return sum(strip.bytes for strip in strips if strip is not None)

    @property
    def usable(self) -> Flags:
        """(n,) rows that it answers with what can be judged."""
        return np.array(self._usable.values)

    def part(self, rows: slice, keep: Flags, named: str = "") -> dict[str, Any]:
        """What a batch of some rows holds of its answers; `named` begins the fields' names."""
        answer = self._answer.values[rows][keep]
        found = {f"{named}answer": answer.astype(np.int64) if answer.dtype.kind == "i" else answer}
        if self._scores is not None and self._scores.bytes:
            found[f"{named}scores"] = self._scores.values[rows][keep]
        return found


class Book:
    """All models' answers to the rows that every one of them can be judged by.

    Attributes:
        facts: of the question.
        part: what is said of the data.
        voices: the models.
        keep: (n,) those rows.
    """

    def __init__(self, facts: Facts, part: DataPart, rows: Rows, voices: Sequence[Voice]) -> None:
        self.facts, self.part, self.voices = facts, part, voices
        self._rows = rows
        self.keep = rows.known
        for voice in voices:
            self.keep &= voice.usable

    def batches(self, model: int, other: int | None = None) -> Iterator[Batch]:
        """The rows, with one model's answers, and another's for the champion's."""
        for start in range(0, len(self.keep), CHUNK):
            rows = slice(start, start + CHUNK)
            keep = self.keep[rows]
            if not keep.any():
                continue
            fields = self._rows.part(rows, keep) | self.voices[model].part(rows, keep)
            if other is not None:
                fields |= self.voices[other].part(rows, keep, "champion_")
            yield Batch(row=start + np.flatnonzero(keep), **fields)


def _finite(column: pa.Array) -> tuple[NDArray[np.float64], Flags]:
    values, absent = numbers(column)
    values = values.astype(np.float64)
    there = np.isfinite(values)
    return values, there if absent is None else there & ~absent
