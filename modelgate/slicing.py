"""Slices: states of their own for the rows that are alike in a column or two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Aggregate, Batch, Facts, Flags, Integers, Need
from modelgate.arrays import coded, is_number, numbers
from modelgate.binding.labels import is_missing, key
from modelgate.slices import MISSING, Axis, Bins, Part, Slicing, Span, column_of

MOST_SLICES = 1000
"""Slices of one slicing: a column of more values is no column of groups."""
WAITING_ROWS = 1 << 17
"""Rows that wait to be sorted at once: a thousand slices then cost a thousand calls for sixteen
blocks instead of for each."""
WAITING_BYTES = 1 << 25
_FEW_KINDS = 1 << 18  # crossed values that may be looked up in a table

Value = tuple[Any, ...]
States = dict[Need, Aggregate]


@dataclass(slots=True)
class _Numbering:
    """The slices of one slicing, numbered as they occur.

    Attributes:
        values: number -> value of each column.
        states: number -> need -> aggregate.
        waiting: the numbers of the rows that wait, block after block.
    """

    values: list[Value] = field(default_factory=list)
    states: list[States] = field(default_factory=list)
    waiting: list[NDArray[np.uint16]] = field(default_factory=list)
    at: dict[Value, int] = field(default_factory=dict)


class Slices(Mapping[Slicing, Mapping[Value, States]]):
    """The states of every slice of every slicing, fed block after block.

    Attributes:
        unusable: slicing -> why it cannot be judged.
        named: slice that a suite names -> need -> aggregate.
        rows: slice that a suite names -> its rows.
    """

    def __init__(
        self,
        facts: Facts,
        slicings: Mapping[Slicing, Sequence[Need]] | None = None,
        named: Mapping[Part, Sequence[Need]] | None = None,
    ) -> None:
        self._facts = facts
        self._needs = dict(slicings or {})
        self._found = {slicing: _Numbering() for slicing in self._needs}
        self._batches: list[Batch] = []
        self.unusable: dict[Slicing, str] = {}
        self.named: dict[Part, States] = {
            part: {need: need.make(facts) for need in needs}
            for part, needs in (named or {}).items()
        }
        self.rows = dict.fromkeys(self.named, 0)

    def __getitem__(self, slicing: Slicing) -> Mapping[Value, States]:
        """Value of the columns -> need -> aggregate, in an order that people expect."""
        self._flush()
        found = self._found[slicing]
        order = sorted(range(len(found.values)), key=lambda number: _order(found.values[number]))
        return {found.values[number]: found.states[number] for number in order}

    def __iter__(self) -> Iterator[Slicing]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def add(self, block: pa.RecordBatch, keep: Flags, batch: Batch) -> None:
        """Take in a block.

        Args:
            block: n rows.
            keep: (n,) which of them are judged.
            batch: those that are.
        """
        if not len(batch):
            return
        for part, states in self.named.items():
            inside = _inside(block, part)[keep]
            if inside.any():
                self.rows[part] += int(inside.sum())
                _feed(states, batch.take(inside))
        codes = _Codes(block, keep)
        for slicing, found in self._found.items():
            if slicing in self.unusable:
                continue
            why = _number(slicing, codes, found)
            if why is not None:
                self.unusable[slicing] = why
                self._found[slicing] = _Numbering()
        if len(self._found) > len(self.unusable):
            self._batches.append(batch)
        waiting = sum(map(len, self._batches))
        if waiting >= WAITING_ROWS or sum(one.bytes for one in self._batches) >= WAITING_BYTES:
            self._flush()

    def _flush(self) -> None:
        if not self._batches:
            return
        whole = Batch.joined(self._batches)
        self._batches = []
        for slicing, found in self._found.items():
            if slicing in self.unusable:
                continue
            numbers_ = np.concatenate(found.waiting)
            found.waiting = []
            order = np.argsort(numbers_, kind="stable")  # of two bytes each: by radix
            ordered, sorted_ = whole.take(order), numbers_[order]
            starts = np.flatnonzero(np.r_[True, sorted_[1:] != sorted_[:-1]])
            ends = np.append(starts[1:], len(sorted_))
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
                number = int(sorted_[start])
                while len(found.states) <= number:
                    found.states.append(
                        {need: need.make(self._facts) for need in self._needs[slicing]}
                    )
                _feed(found.states[number], ordered.take(slice(start, end)))  # a view, no copy


def _feed(states: States, batch: Batch) -> None:
    for aggregate in states.values():
        aggregate.add(batch.part_for(aggregate))


class _Codes:
    """The judged rows of a block as codes, each axis once however many slicings share it."""

    def __init__(self, block: pa.RecordBatch, keep: Flags) -> None:
        self._block = block
        self._keep = None if keep.all() else keep
        self._known: dict[Axis, tuple[Integers, list[Any]] | str] = {}

    def of(self, axis: Axis) -> tuple[Integers, list[Any]] | str:
        """(n,) codes, and the value of each code; or why the column cannot be sliced."""
        if axis not in self._known:
            column = self._block.column(column_of(axis))
            found = _binned(axis, column) if isinstance(axis, Bins) else _valued(column)
            if not isinstance(found, str) and self._keep is not None:
                found = found[0][self._keep], found[1]
            self._known[axis] = found
        return self._known[axis]

    def holds_numbers(self, axis: Axis) -> bool:
        """Whether bins would help."""
        kind = self._block.column(column_of(axis)).type
        return not isinstance(axis, Bins) and is_number(kind)


def _valued(column: pa.Array) -> tuple[Integers, list[Any]]:
    codes, values = coded(column)
    named = [MISSING if is_missing(value) else value for value in values]
    return np.where(codes < 0, len(values), codes), [*named, MISSING]


def _binned(bins: Bins, column: pa.Array) -> tuple[Integers, list[Any]] | str:
    if not is_number(column.type):
        return f"{bins.column} holds {column.type}, and bins are for numbers: leave 'bins' out"
    values, absent = numbers(column)
    if values.dtype.kind != "f":
        values = values.astype(np.float64)
    edges = np.array(bins.edges, dtype=values.dtype)  # 5.08 as the column writes it
    codes = np.searchsorted(edges, values, side="right").astype(np.int64)
    gone = np.isnan(values) if absent is None else np.isnan(values) | absent
    codes[gone] = len(bins.edges) + 1
    return codes, [*bins.spans, MISSING]


def _number(slicing: Slicing, codes: _Codes, found: _Numbering) -> str | None:
    """Number the rows of a block by their slice; says why where the slices are too many."""
    mixed: Integers | int = 0
    names: list[list[Any]] = []
    for axis in slicing:
        of_axis = codes.of(axis)
        if isinstance(of_axis, str):
            return of_axis
        mixed = mixed * len(of_axis[1]) + of_axis[0]
        names.append(of_axis[1])
    assert isinstance(mixed, np.ndarray)
    kinds = int(np.prod([float(len(values)) for values in names]))
    if kinds <= _FEW_KINDS:
        present, place = np.flatnonzero(np.bincount(mixed, minlength=kinds)), mixed
        table = np.zeros(kinds, dtype=np.uint16)
    else:
        present, place = np.unique(mixed, return_inverse=True)
        table = np.zeros(len(present), dtype=np.uint16)
    for at, code in enumerate(present.tolist()):
        number = found.at.setdefault(_value(code, names), len(found.at))
        if number == len(found.values):
            if number == MOST_SLICES:
                return _too_many(slicing, codes)
            found.values.append(_value(code, names))
        table[code if kinds <= _FEW_KINDS else at] = number
    found.waiting.append(table[place])
    return None


def _value(code: int, names: Sequence[Sequence[Any]]) -> Value:
    value = []
    for values in reversed(names):
        code, place = divmod(code, len(values))
        value.append(values[place])
    return tuple(reversed(value))


def _too_many(slicing: Slicing, codes: _Codes) -> str:
    name = " x ".join(map(column_of, slicing))
    why = f"{name} has more than {MOST_SLICES:,} values; slices are for columns of few values"
    numeric = [column_of(axis) for axis in slicing if codes.holds_numbers(axis)]
    if numeric:
        why += f": cut the numbers, `by: [{{column: {numeric[0]}, bins: 4}}]`"
    return why


def _order(value: Value) -> tuple[tuple[int, float, str], ...]:
    """Bins from the lowest up, all else by its text."""
    return tuple(
        (1, float("-inf") if one.at_least is None else one.at_least, "")
        if isinstance(one, Span)
        else (0, 0.0, str(one))
        for one in value
    )


def _inside(block: pa.RecordBatch, part: Part) -> Flags:
    """(n,) which rows a slice named by a suite holds."""
    inside = np.ones(len(block), dtype=np.bool_)
    for column, wanted in part:
        array = block.column(column)
        if isinstance(wanted, Span):
            inside &= _within(array, wanted)
            continue
        codes, values = _valued(array)
        meant = MISSING if wanted is None else key(wanted)
        here = [
            value is MISSING if wanted is None else value is not MISSING and key(value) == meant
            for value in values
        ]
        inside &= np.array(here, dtype=np.bool_)[codes]
    return inside


def _within(array: pa.Array, span: Span) -> Flags:
    if not is_number(array.type):
        return np.zeros(len(array), dtype=np.bool_)
    values, absent = numbers(array)
    with np.errstate(invalid="ignore"):
        inside = ~np.isnan(values.astype(np.float64))
        if span.at_least is not None:
            inside &= values >= span.at_least
        if span.below is not None:
            inside &= values < span.below
    return inside if absent is None else inside & ~absent
