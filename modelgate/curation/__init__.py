"""Rows worth a label, where labels are dear."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from modelgate.aggregates import Floats, Integers
from modelgate.asking import PROBED, Asker
from modelgate.binding.labels import is_missing
from modelgate.curation.spoken import Speaker, alike
from modelgate.dataset import Dataset
from modelgate.errors import DataError, UsageError, about
from modelgate.escape import shown
from modelgate.evaluation import started
from modelgate.judgement import asker_of
from modelgate.options import Options
from modelgate.sources import open_dataset
from modelgate.suite import ModelPart

DISAGREE, UNSURE, SPREAD = "the models disagree", "unsure", "spread over the answers"
UNLABELLED = "label"
"""The target's column where the data has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A row worth a label.

    Attributes:
        row: its number, from 0.
        reason: why it was picked.
        said: what each model answers.
        values: its cells, without the target.
    """

    row: int
    reason: str
    said: tuple[Any, ...]
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curated:
    """What was picked out of the rows.

    Attributes:
        rows: in the data.
        apart: rows without a label on which the models disagree, picked or not.
        models: their names.
        columns: of the data, without the target.
        target: the column to fill.
        picked: in the order of the rows.
    """

    rows: int
    apart: int
    models: tuple[str, ...]
    columns: tuple[str, ...]
    target: str
    picked: tuple[Picked, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Reason -> rows."""
        reasons = [one.reason for one in self.picked]
        return {reason: reasons.count(reason) for reason in (DISAGREE, UNSURE, SPREAD)}


@dataclass(slots=True)
class _Lowest:
    """The rows of lowest priority number, no more than `most`, in bounded memory."""

    most: int
    heap: list[tuple[float, int, Any]] = field(default_factory=list)

    def offer(self, priority: float, row: int, content: Any) -> None:
        item = (-priority, -row, content)
        if len(self.heap) < self.most:
            heapq.heappush(self.heap, item)
        elif self.heap and item[:2] > self.heap[0][:2]:
            heapq.heapreplace(self.heap, item)

    def admits(self, priority: float) -> bool:
        return self.most > 0 and (len(self.heap) < self.most or -priority > self.heap[0][0])

    def rows(self) -> list[tuple[int, Any]]:
        """From the lowest up."""
        return [(-row, content) for _, row, content in sorted(self.heap, reverse=True)]


def curate(
    data: Any,
    models: Sequence[str | Path],
    budget: int,
    *,
    target: str | None = None,
    seed: int = 0,
    options: Options | None = None,
) -> Curated:
    """Pick the rows whose labels tell most of which model is better.

    First those on which the models disagree: where two answer alike, a comparison needs no label.
    Then, half and half, those of which they are least sure, and rows spread evenly over what the
    first model answers. The rows are read once, and what is kept grows with the budget alone.

    Args:
        data: as `evaluate` takes it; labels that it has already are left out of the choice.
        models: two or more; one to pick by doubt alone.
        budget: rows to label, 1 or more.
        target: the column to fill, which need not be there yet; "label" where None.
        seed: decides which of equal rows are picked.
        options: how the models are run.

    Raises:
        UsageError: MG2090, no budget or no model.
        DataError, ModelError: they do not fit together.
    """
    if budget < 1 or not models:
        raise UsageError("MG2090", "name at least one model, and a budget of one row or more")
    options = options or Options()
    rows = open_dataset(data)
    with ExitStack() as stack:
        askers = [asker_of(started(model, options, stack), options) for model in models]
        with about(rows.name):
            column = _target(rows, target)
            speakers = _bound(rows, askers, column)
            picker = _Picker(rows, speakers, budget, seed, column)
            for block, raws in _answered(rows, askers):
                picker.add(block, raws)
    found = picker.picked()
    if not found.picked:
        raise UsageError(
            "MG2092",
            f"every row has a label in {shown(found.target)} already: there is none to pick",
            hint="name another column with --target, or other rows",
        )
    return found


def _target(rows: Dataset, told: str | None) -> str | None:
    names = rows.schema.names
    if told is None:
        return None
    near = get_close_matches(told, names, n=1)
    if told not in names and near:
        raise DataError("MG3147", f"the data has no column {told!r}; did you mean {near[0]!r}?")
    return told


def _bound(rows: Dataset, askers: Sequence[Asker], target: str | None) -> list[Speaker]:
    first = next(rows.blocks(), None)
    if first is None:
        raise DataError("MG3148", "the data has no rows: nothing can be picked from it")
    speakers = []
    for asker in askers:
        with about(asker.artifact.path):
            asker.bind(rows.schema, (target,), ModelPart())
            speaker = Speaker(asker, asker.look(first.slice(0, PROBED)))
            asker.prepare(speaker.outputs)
            speakers.append(speaker)
    alike(speakers)
    return speakers


def _answered(rows: Dataset, askers: Sequence[Asker]) -> Iterator[tuple[pa.RecordBatch, list[Any]]]:
    for block in rows.blocks():
        for asker in askers:
            asker.submit(block)
        yield block, [asker.collect() for asker in askers]


class _Picker:
    """Keeps the best candidates of each kind, block after block."""

    def __init__(
        self,
        rows: Dataset,
        speakers: Sequence[Speaker],
        budget: int,
        seed: int,
        target: str | None,
    ) -> None:
        self._speakers = speakers
        self._budget, self._seed, self._target = budget, seed, target
        self._columns = [name for name in rows.schema.names if name != target]
        self._apart = _Lowest(budget)
        self._unsure = _Lowest(budget)
        self._spread: dict[Any, _Lowest] = {}
        self._rows = self._differ = 0

    def add(self, block: pa.RecordBatch, raws: Sequence[Any]) -> None:
        """Weigh some rows."""
        said = [one.said(raw) for one, raw in zip(self._speakers, raws, strict=True)]
        doubts = [one.doubt(raw) for one, raw in zip(self._speakers, raws, strict=True)]
        numbers = np.arange(self._rows, self._rows + len(block))
        chance = _chance(numbers, self._seed)
        differ = self._difference(said)
        known = [one for one in doubts if one is not None]
        doubt = np.mean(known, axis=0) if known else None
        open_ = self._open(block)
        self._rows += len(block)
        self._differ += int((open_ & (differ > 0)).sum())
        for place in np.flatnonzero(open_).tolist():
            content = (block, place, tuple(one[place] for one in said))
            row = int(numbers[place])
            if differ[place] > 0:
                self._offer(self._apart, chance[place] - differ[place], row, content)
                continue
            if doubt is not None and np.isfinite(doubt[place]):
                self._offer(self._unsure, -float(doubt[place]), row, content)
            answer = said[0][place] if self._speakers[0].labels else None
            kind = self._spread.setdefault(answer, _Lowest(self._budget))
            self._offer(kind, float(chance[place]), row, content)

    def _offer(self, kind: _Lowest, priority: float, row: int, content: Any) -> None:
        if kind.admits(float(priority)):
            block, place, said = content
            values = tuple(block.column(name)[place].as_py() for name in self._columns)
            kind.offer(float(priority), row, (said, values))

    def _difference(self, said: Sequence[Any]) -> Floats:
        """(n,) 0 where all answer alike, 1 where classes differ; quantities by their distance."""
        if self._speakers[0].labels:
            unlike = np.zeros(len(said[0]), dtype=bool)
            for other in said[1:]:
                unlike |= said[0] != other
            return unlike.astype(np.float64)
        stack = np.stack(said)
        spread = stack.max(axis=0) - stack.min(axis=0)
        # Between 1 and 2, so that chance never goes before a larger distance.
        return np.where(spread > 0, 1 + 1e3 * spread, 0.0)

    def _open(self, block: pa.RecordBatch) -> Any:
        """(n,) rows that have no label yet."""
        if self._target is None or self._target not in block.schema.names:
            return np.ones(len(block), dtype=bool)
        cells = block.column(self._target).to_pylist()
        return np.array([is_missing(cell) or cell == "" for cell in cells])

    def picked(self) -> Curated:
        """The choice: all that differ first, then doubt and spread in turns."""
        chosen: dict[int, Picked] = {}
        self._take(chosen, self._apart.rows(), DISAGREE, self._budget)
        left = self._budget - len(chosen)
        self._take(chosen, self._unsure.rows(), UNSURE, len(chosen) + (left + 1) // 2)
        answers = sorted(self._spread, key=str)
        kinds = [self._spread[answer].rows() for answer in answers]
        turns = [kind[turn] for turn in range(self._budget) for kind in kinds if turn < len(kind)]
        self._take(chosen, turns, SPREAD, self._budget)
        return Curated(
            rows=self._rows,
            apart=self._differ,
            models=tuple(one.name for one in self._speakers),
            columns=tuple(self._columns),
            target=self._target or UNLABELLED,
            picked=tuple(chosen[row] for row in sorted(chosen)),
        )

    def _take(
        self, chosen: dict[int, Picked], rows: Sequence[tuple[int, Any]], reason: str, most: int
    ) -> None:
        for row, (said, values) in rows:
            if len(chosen) >= most:
                return
            if row not in chosen:
                chosen[row] = Picked(row=row, reason=reason, said=said, values=values)


def _chance(rows: Integers, seed: int) -> Floats:
    """(n,) a number in [0, 1) for each row, by its place and the seed alone (splitmix64)."""
    mixed = rows.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15) % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        mixed ^= mixed >> np.uint64(shift)
        mixed *= np.uint64(factor)
    return mixed.astype(np.float64) / 2.0**64
