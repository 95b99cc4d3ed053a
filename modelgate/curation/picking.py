"""Rows weighed block after block: which are worth a label, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Flags, Floats, Integers
from modelgate.arrays import coded, is_tensor
from modelgate.binding.labels import is_missing
from modelgate.curation.picked import DISAGREE, SPREAD, TIERS, UNLABELLED, UNSURE, Curated, Picked
from modelgate.curation.shortlist import Candidates, Shortlist
from modelgate.curation.spoken import NOTHING, Speaker, Vocabulary
from modelgate.dataset import Dataset
from modelgate.errors import UsageError
from modelgate.escape import shown

MOST_SLICES = 1_000
"""Slices that take turns; columns of more values are none that slices are made of."""
_MOST_WORDS = 1 << 32


class Picker:
    """Keeps the best candidates.

    Attributes:
        rows: seen so far.
    """

    def __init__(
        self,
        data: Dataset,
        speakers: Sequence[Speaker],
        budget: int,
        *,
        seed: int,
        target: str | None,
        by: Sequence[str] = (),
    ) -> None:
        """Begin.

        Args:
            data: the rows.
            speakers: the models.
            budget: rows to pick.
            seed: decides which of equal rows are picked.
            target: the column of the labels; None where there is none.
            by: columns whose slices take turns.
        """
        self._speakers, self._seed, self._by = speakers, seed, tuple(by)
        self._target = target
        self._labels = speakers[0].labels
        written = [name for name in data.schema.names if name != target]
        self._left_out = tuple(n for n in written if is_tensor(data.schema.field(n).type))
        self._columns = [name for name in written if name not in self._left_out]
        self._vocabulary = Vocabulary()
        self._strata: dict[tuple[Any, ...], int] = {}
        self._list = Shortlist(budget)
        self.rows = 0
        self._labelled = self._unanswered = self._apart = self._apart_labelled = 0

    def add(self, block: pa.RecordBatch, raws: Sequence[Mapping[str, NDArray[Any]]]) -> None:
        """Weigh some rows."""
        said = np.stack(
            [one.said(raw, self._vocabulary) for one, raw in zip(self._speakers, raws, strict=True)]
        )  # (models, n)
        answered = ((said != NOTHING) if self._labels else np.isfinite(said)).all(axis=0)
        labelled = self._known(block)
        apart = (said != said[0]).any(axis=0) & answered
        number = np.arange(self.rows, self.rows + len(block))
        self.rows += len(block)
        self._labelled += int(labelled.sum())
        self._unanswered += int((~answered & ~labelled).sum())
        self._apart += int((apart & ~labelled).sum())
        self._apart_labelled += int((apart & labelled).sum())
        open_ = np.flatnonzero(answered & ~labelled)
        if not len(open_):
            return
        tier, score = self._reasons(said, apart, raws)
        slices = self._slices(block)
        # Of disagreements any may be picked; doubts take turns between the classes answered.
        turns = self._labels & (tier != TIERS.index(DISAGREE))
        answer = np.where(turns, said[0], NOTHING).astype(np.int64)
        self._list.add(
            Candidates(
                number=number[open_],
                tier=tier[open_],
                stratum=(slices * _MOST_WORDS + answer + 1)[open_],
                score=score[open_],
                chance=_chance(number[open_], self._seed),
                said=said[:, open_],
                cells=_at(block.select(self._columns), open_),
            )
        )

    def picked(self) -> Curated:
        """The choice, in the order in which labels are worth most."""
        found = self._list.picked
        rows: list[Picked] = []
        if found is not None:
            cells = zip(*(column.to_pylist() for column in found.cells.columns), strict=True)
            values = list(cells) if found.cells.num_columns else [()] * len(found)
            said = [self._words(one) for one in found.said]
            rows = [
                Picked(row=row, reason=TIERS[tier], said=answers, values=tuple(value))
                for row, tier, answers, value in zip(
                    found.number.tolist(),
                    found.tier.tolist(),
                    zip(*said, strict=True),
                    values,
                    strict=True,
                )
            ]
        return Curated(
            rows=self.rows,
            labelled=self._labelled,
            unanswered=self._unanswered,
            apart=self._apart,
            apart_labelled=self._apart_labelled,
            classes=self._labels,
            models=tuple(one.name for one in self._speakers),
            columns=tuple(self._columns),
            left_out=self._left_out,
            target=self._target or UNLABELLED,
            picked=tuple(rows),
        )

    def _reasons(
        self, said: NDArray[Any], apart: Flags, raws: Sequence[Mapping[str, NDArray[Any]]]
    ) -> tuple[Integers, Floats]:
        """(n,) what speaks for each row; (n,) the lower, the more."""
        tier = np.where(apart, TIERS.index(DISAGREE), TIERS.index(SPREAD))
        if not self._labels:
            return tier, -np.ptp(said, axis=0)
        doubts = [one.doubt(raw) for one, raw in zip(self._speakers, raws, strict=True)]
        known = [one for one in doubts if one is not None]
        if not known:
            return tier, np.zeros(len(apart))
        doubt = np.mean(known, axis=0)
        unsure = ~apart & np.isfinite(doubt)
        tier[unsure] = TIERS.index(UNSURE)
        return tier, np.where(unsure, -doubt, 0.0)

    def _known(self, block: pa.RecordBatch) -> Flags:
        """(n,) rows that have a label already."""
        if self._target is None or self._target not in block.schema.names:
            return np.zeros(len(block), dtype=np.bool_)
        codes, values = coded(block.column(self._target))
        there = [not is_missing(one) and str(one).strip() != "" for one in values]
        return np.array([*there, False], dtype=np.bool_)[codes]

    def _slices(self, block: pa.RecordBatch) -> Integers:
        """(n,) the number of the slice that each row lies in."""
        if not self._by:
            return np.zeros(len(block), dtype=np.int64)
        columns = [coded(block.column(name)) for name in self._by]
        mixed = np.stack([codes for codes, _ in columns], axis=1)
        distinct, inverse = np.unique(mixed, axis=0, return_inverse=True)
        numbers = []
        for codes in distinct.tolist():
            named = zip(codes, columns, strict=True)
            value = tuple(None if code < 0 else values[code] for code, (_, values) in named)
            numbers.append(self._strata.setdefault(value, len(self._strata)))
        if len(self._strata) > MOST_SLICES:
            raise UsageError(
                "MG2093",
                f"{', '.join(map(shown, self._by))} make more than {MOST_SLICES:,} slices",
                hint="name columns of few values with --by",
            )
        return np.array(numbers, dtype=np.int64)[inverse.reshape(-1)]

    def _words(self, said: NDArray[Any]) -> list[Any]:
        if not self._labels:
            return [*map(float, said)]
        return [self._vocabulary.words[code] for code in said.astype(np.int64).tolist()]


def _at(block: pa.RecordBatch, index: NDArray[np.intp]) -> pa.Table:
    table = pa.Table.from_batches([block])
    keep = np.zeros(len(block), dtype=np.uint8)
    keep[index] = 1
    bits = np.packbits(keep, bitorder="little")
    return table.filter(pa.Array.from_buffers(pa.bool_(), len(block), [None, pa.py_buffer(bits)]))


def _chance(rows: Integers, seed: int) -> Floats:
    """(n,) a number in [0, 1) for each row, by its place and the seed alone (splitmix64)."""
    mixed = rows.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15) % 2**64)
    mixed = (mixed + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
