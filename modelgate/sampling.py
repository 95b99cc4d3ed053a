"""The rows that checks may change and ask again: drawn in the pass, with the answers to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Batch, Flags
from modelgate.arrays import hashed
from modelgate.cells import index_of
from modelgate.draws import draws
from modelgate.predictions import Predictions
from modelgate.provided import SAMPLED, Sample


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows that may be in the sample.

    Attributes:
        drawn: (n,) the number that each drew.
        rows: their columns.
        batch: their answers.
        group: (n,) hash of the group they belong to; None where every row stands alone.
    """

    drawn: NDArray[np.uint64]
    rows: pa.RecordBatch
    batch: Batch
    group: NDArray[np.uint64] | None

    def take(self, index: NDArray[np.int64]) -> _Part:
        return _Part(
            self.drawn[index],
            self.rows.take(index_of(index)),
            self.batch.take(index),
            None if self.group is None else self.group[index],
        )


class Sampling:
    """Keeps the rows with the smallest draws: other batches of the same rows keep the same ones."""

    def __init__(
        self, columns: Sequence[str], *, seed: int, group: str | None = None, rows: int = SAMPLED
    ) -> None:
        """Take nothing yet.

        Args:
            columns: those that are kept.
            seed: of the draws.
            group: the column of rows that belong together; one row of each is kept.
            rows: of the sample, at most.
        """
        self.columns = tuple(columns)
        self._seed = seed
        self._group = group
        self._rows = rows
        self._bar = np.uint64(0xFFFFFFFFFFFFFFFF)
        self._parts: list[_Part] = []
        self._held = 0

    def add(self, block: pa.RecordBatch, batch: Batch, chosen: Flags, first: int) -> None:
        """See a block.

        Args:
            block: n rows.
            batch: (n,) their answers.
            chosen: (n,) whether each can be judged.
            first: position of the first row in the data set.
        """
        drawn = draws(first, len(block), self._seed)
        index = np.flatnonzero(chosen & (drawn < self._bar))
        if not len(index):
            return
        group = None if self._group is None else hashed(block.column(self._group))
        rows = block.select(list(self.columns))
        # An empty tuple of columns would lose count of the rows.
        self._parts.append(_Part(drawn, rows, _plain(batch), group).take(index))
        self._held += len(index)
        if self._held > 3 * self._rows:
            self._shrink()

    def _shrink(self) -> None:
        whole = _joined(self._parts)
        order = np.argsort(whole.drawn, kind="stable")
        if whole.group is not None:
            _, first = np.unique(whole.group[order], return_index=True)
            order = order[np.sort(first)]
        order = order[: self._rows]
        if len(order) == self._rows:
            self._bar = whole.drawn[order[-1]]
        part = whole.take(order[np.argsort(whole.batch.row[order])])  # type: ignore[index]
        self._parts, self._held = [part], len(order)

    def sample(self, task: str) -> Sample | None:
        """The sample of what was seen; None where no row could be judged."""
        if not self._parts:
            return None
        self._shrink()
        (part,) = self._parts
        return _sample(task, part.rows, part.batch, self._seed)


class Redrawing:
    """Takes the rows that an earlier pass over the same data drew; no column is read for them."""

    columns: tuple[str, ...] = ()

    def __init__(self, rows: pa.RecordBatch, places: NDArray[np.int64], *, seed: int) -> None:
        """Know the rows.

        Args:
            rows: n rows.
            places: (n,) their positions in the data set, rising.
            seed: they were drawn by.
        """
        self._rows = rows
        self._places = places
        self._seed = seed
        self._batches: list[Batch] = []

    def add(self, block: pa.RecordBatch, batch: Batch, chosen: Flags, first: int) -> None:
        """See `Sampling.add`."""
        del chosen  # those that were drawn could be judged
        low, high = np.searchsorted(self._places, [first, first + len(block)])
        if low < high:
            self._batches.append(_plain(batch).take(self._places[low:high] - first))

    def sample(self, task: str) -> Sample | None:
        """See `Sampling.sample`."""
        if not self._batches:
            return None
        return _sample(task, self._rows, _concatenated(self._batches), self._seed)


def _sample(task: str, rows: pa.RecordBatch, batch: Batch, seed: int) -> Sample:
    assert batch.row is not None
    rival = None
    if batch.champion_answer is not None:
        rival = _answers(task, batch.champion_answer, batch.champion_scores)
    return Sample(
        rows=rows,
        answers=_answers(task, batch.answer, batch.scores),
        champion=rival,
        truth=batch.truth,
        positions=batch.row,
        seed=seed,
    )


def _answers(
    task: str, answer: NDArray[np.generic], scores: NDArray[np.float64] | None
) -> Predictions:
    if task == "regression":
        return Predictions(values=answer)  # type: ignore[arg-type]
    return Predictions(scores=scores, labels=answer)  # type: ignore[arg-type]


def _plain(batch: Batch) -> Batch:
    """Answers and nothing that a sample has no use for."""
    return Batch(
        truth=batch.truth,
        answer=batch.answer,
        scores=batch.scores,
        row=batch.row,
        champion_answer=batch.champion_answer,
        champion_scores=batch.champion_scores,
    )


def _joined(parts: Sequence[_Part]) -> _Part:
    if len(parts) == 1:
        return parts[0]
    table = pa.Table.from_batches([part.rows for part in parts])
    whole, *_ = table.unify_dictionaries().combine_chunks().to_batches()
    groups = [part.group for part in parts if part.group is not None]
    return _Part(
        np.concatenate([part.drawn for part in parts]),
        whole,
        _concatenated([part.batch for part in parts]),
        np.concatenate(groups) if groups else None,
    )


def _concatenated(batches: Sequence[Batch]) -> Batch:
    def all_of(name: str) -> NDArray[np.generic] | None:
        values = [getattr(batch, name) for batch in batches]
        return None if values[0] is None else np.concatenate(values)

    names = ("truth", "answer", "scores", "row", "champion_answer", "champion_scores")
    return Batch(**{name: all_of(name) for name in names})  # type: ignore[arg-type]
