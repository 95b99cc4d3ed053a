"""Which rows occur more than once, and with which labels; in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.cell_hashes import cell_hashes, row_hashes
from modelgate.pictured import Pictured
from modelgate.surveys import Layout, Rows, Survey

KEPT = 1 << 20
"""Distinct rows that are kept: those with the smallest hashes, which is a random sample of all."""
_WAITING = 1 << 18


class Repeats(Survey):
    """The distinct rows with how often each occurs, by hashes.

    Below `KEPT` distinct rows all of them are known; beyond, those with the smallest hashes, each
    with every one of its occurrences: the same ones in whatever order the rows came.

    Attributes:
        rows: that were seen.
    """

    def __init__(
        self, layout: Layout, *, of: str = "features", near: bool = False, kept: int = KEPT
    ) -> None:
        """Know nothing yet.

        Args:
            layout: of the data set.
            of: "features", the columns that feed the model; or "rows", all columns.
            near: whether nearly equal rows count as equal, see `row_hashes`.
            kept: distinct rows, at most.
        """
        super().__init__(layout)
        self.rows = 0
        self._near = near
        self._kept = kept
        beside = {layout.target, layout.weight, layout.group}
        names = tuple(layout.schema.names)
        feeding = layout.features if layout.features is not None else names
        present = tuple(name for name in feeding if name in names and name not in beside)
        self.compared = names if of == "rows" else present
        self._pictured = Pictured(layout.folder)
        self._waiting: list[_Lines] = []
        self._held = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Survey.columns`."""
        target = self.layout.target
        more = () if target is None or target in self.compared else (target,)
        return (*self.compared, *more)

    def add(self, rows: Rows) -> None:
        """See `Survey.add`."""
        block, count = rows.block, len(rows.block)
        self.rows += count
        labels = np.zeros(count, dtype=np.uint64)
        if self.layout.target is not None:
            labels = cell_hashes(block.column(self.layout.target))
        places = np.arange(rows.first, rows.first + count, dtype=np.int64)
        block = self._with_contents(block)
        self.put(row_hashes(block, self.compared, near=self._near), places, labels)

    def _with_contents(self, block: pa.RecordBatch) -> pa.RecordBatch:
        """Names of image files replaced by what is in them: other folders name others alike."""
        for name in self.compared:
            contents = self._pictured.contents(block.column(name))
            if contents is not None:
                block = block.set_column(block.schema.get_field_index(name), name, contents)
        return block

    def put(
        self,
        hashes: NDArray[np.uint64],
        places: NDArray[np.int64],
        labels: NDArray[np.uint64] | None = None,
    ) -> None:
        """Take in rows by their hashes; `places` are their numbers in the data set, from 0."""
        if labels is None:
            labels = np.zeros(len(hashes), dtype=np.uint64)
        ones = np.ones(len(hashes), dtype=np.int64)
        self._put(_Lines(hashes, ones, places, places, labels, labels))

    def merge(self, other: Self) -> None:
        """See `Survey.merge`."""
        self.rows += other.rows
        for lines in other._waiting:
            self._put(lines)

    def _put(self, lines: _Lines) -> None:
        self._waiting.append(lines)
        self._held += len(lines.hashes)
        if self._held > self._kept + _WAITING:
            self._settle()

    def _settle(self) -> _Lines:
        lines = _Lines.joined(self._waiting).distinct()
        if len(lines.hashes) > self._kept:
            lines = lines.take(slice(0, self._kept))  # they ascend
        self._waiting, self._held = [lines], len(lines.hashes)
        return lines

    @property
    def found(self) -> Distinct:
        """What is known of the distinct rows."""
        lines = self._settle() if self._waiting else _Lines.empty()
        full = len(lines.hashes) >= self._kept
        return Distinct(
            hashes=lines.hashes,
            counts=lines.counts,
            first=lines.first,
            last=lines.last,
            conflicting=lines.least != lines.most,
            upto=int(lines.hashes[-1]) if full else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinct:
    """Distinct rows, by hash.

    Attributes:
        hashes: (d,) ascending.
        counts: (d,) how often each occurs.
        first, last: (d,) the numbers of the first and the last such row, from 0.
        conflicting: (d,) whether they bear different labels.
        upto: the hash up to which every distinct row is known; None where all are.
    """

    hashes: NDArray[np.uint64]
    counts: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    conflicting: NDArray[np.bool_]
    upto: int | None

    def below(self, bound: int | None) -> Distinct:
        """Those of them up to a hash."""
        if bound is None:
            return self
        end = int(np.searchsorted(self.hashes, np.uint64(bound), side="right"))
        return Distinct(
            hashes=self.hashes[:end],
            counts=self.counts[:end],
            first=self.first[:end],
            last=self.last[:end],
            conflicting=self.conflicting[:end],
            upto=bound,
        )


@dataclass(frozen=True, slots=True)
class _Lines:
    """Rows or distinct rows: a line each.

    Attributes:
        least, most: of the labels' hashes: where they differ, so do the labels.
    """

    hashes: NDArray[np.uint64]
    counts: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    least: NDArray[np.uint64]
    most: NDArray[np.uint64]

    @property
    def parts(self) -> tuple[NDArray[Any], ...]:
        return (self.hashes, self.counts, self.first, self.last, self.least, self.most)

    def take(self, index: NDArray[np.intp] | slice) -> _Lines:
        return _Lines(*(part[index] for part in self.parts))

    @staticmethod
    def empty() -> _Lines:
        none, nothing = np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
        return _Lines(none, nothing, nothing, nothing, none, none)

    @staticmethod
    def joined(many: list[_Lines]) -> _Lines:
        if len(many) == 1:
            return many[0]
        columns = zip(*(lines.parts for lines in many), strict=True)
        return _Lines(*(np.concatenate(parts) for parts in columns))

    def distinct(self) -> _Lines:
        order = np.argsort(self.hashes, kind="stable")
        lines = self.take(order)
        starts = np.flatnonzero(np.r_[True, lines.hashes[1:] != lines.hashes[:-1]])
        if not len(lines.hashes):
            return lines
        return _Lines(
            lines.hashes[starts],
            np.add.reduceat(lines.counts, starts),
            np.minimum.reduceat(lines.first, starts),
            np.maximum.reduceat(lines.last, starts),
            np.minimum.reduceat(lines.least, starts),
            np.maximum.reduceat(lines.most, starts),
        )
