"""The sampled rows, changed and asked about again; what is shown of those that speak against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.behaviour.answers import said, side_by_side
from modelgate.behaviour.changing import Changed, changed, columns_for, must_reach
from modelgate.behaviour.pictures import with_pictures
from modelgate.cells import index_of
from modelgate.change import Change
from modelgate.model import Model
from modelgate.predictions import Predictions
from modelgate.provided import Sample

MOST_SHRUNK = 64
"""Rows that are asked about to find how little of a change is enough."""
PART_SHRUNK = 16
"""Such rows are no more than one in so many of the sample: sixteen steps ask about it once more."""


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Rows that were changed, with the answers to both.

    Attributes:
        rows: before and after; only those that were really changed.
        positions: (n,) numbers of the rows in their data, from 0.
        before: the answers to the rows as they were.
        after: the answers to them as they are now.
    """

    rows: Changed
    positions: NDArray[np.int64]
    before: Predictions
    after: Predictions

    def __len__(self) -> int:
        return len(self.positions)


def try_out(
    model: Model,
    sample: Sample,
    change: Change,
    columns: str | Sequence[str] | None,
) -> Trials:
    """Change the sampled rows, and ask about those that the change reaches.

    At most as many rows are asked about as there are in the sample.

    Raises:
        UsageError: MG2180 to MG2183, the change does not fit the rows.
        UnaskedError: MG2185, it reaches none of them.
    """
    sample = with_pictures(model, sample, change)
    feeding = sample.rows.select(list(model.columns))
    named = columns_for(change, feeding.schema, columns)
    whole = changed(change, feeding, named, seed=sample.seed)
    place = np.flatnonzero(whole.hit)
    must_reach(change, len(place), len(sample))
    rows = _some(whole, place)
    answers = sample.answers.take(place)
    return Trials(rows, sample.positions[place], answers, model.predict(rows.after))


def shrinkable(sample: Sample) -> int:
    """Rows that a step may ask about to find the least change."""
    return min(MOST_SHRUNK, len(sample) // PART_SHRUNK)


def evidence(model: Model, trials: Trials, worst: Sequence[int]) -> tuple[dict[str, Any], ...]:
    """What was asked and answered, of some of the trials.

    Args:
        model: whose answers they are.
        trials: all of them.
        worst: which of them, worst first.
    """
    return tuple(_entry(model, trials, one) for one in worst)


def _entry(model: Model, trials: Trials, one: int) -> dict[str, Any]:
    rows = trials.rows
    touched = _touched(rows, one, rows.columns)
    given, changed_ = side_by_side(rows.before, rows.after, one, touched)
    return {
        "type": "input",
        "row": int(trials.positions[one]),
        "input": given,
        "changed": changed_,
        "was": said(model.facts, trials.before, one),
        "answer": said(model.facts, trials.after, one),
    }


def smallest(
    model: Model,
    trials: Trials,
    one: int,
    broken: Callable[[Predictions, Predictions], NDArray[np.bool_]],
    *,
    most: int = MOST_SHRUNK,
) -> Trials | None:
    """The least part of a change that still turns the answer; None where only all of it does.

    A text is changed by one of its words alone, a row by one of its columns alone; all of these
    are asked about at once.

    Args:
        model: the model.
        trials: in which the answer was turned.
        one: which of them.
        broken: (answers before, after) -> (n,) whether the answer is turned.
        most: rows that may be asked about.
    """
    rows = _some(trials.rows, np.array([one]))
    parts = list(_parts(rows))[:most]
    if len(parts) < 2:
        return None
    table = pa.Table.from_batches(parts).combine_chunks()
    after = model.predict(table)
    again = np.full(len(parts), one)
    turned = np.flatnonzero(broken(trials.before.take(again), after))
    if not len(turned):
        return None
    least = turned[:1]
    return Trials(
        Changed(rows.before, parts[int(least[0])], rows.columns, np.ones(1, dtype=np.bool_)),
        trials.positions[[one]],
        trials.before.take(np.array([one])),
        after.take(least),
    )


def _parts(rows: Changed) -> Iterator[pa.RecordBatch]:
    """One row, changed by a part of the change at a time."""
    touched = _touched(rows, 0, rows.columns)
    if len(touched) > 1:
        for name in touched:
            yield _with(rows.before, name, rows.after.column(name))
        return
    before, after = (one.column(touched[0])[0].as_py() for one in (rows.before, rows.after))
    if not (isinstance(before, str) and isinstance(after, str)):
        return
    old, new = before.split(" "), after.split(" ")
    if len(old) != len(new):
        return
    kind = rows.after.column(touched[0]).type
    for place, (word, other) in enumerate(zip(old, new, strict=True)):
        if word != other:
            text = " ".join([*old[:place], other, *old[place + 1 :]])
            yield _with(rows.before, touched[0], pa.array([text], kind))


def _with(rows: pa.RecordBatch, name: str, column: pa.Array) -> pa.RecordBatch:
    place = rows.schema.names.index(name)
    arrays = list(rows.columns)
    arrays[place] = column
    return pa.RecordBatch.from_arrays(arrays, names=rows.schema.names)


def _touched(rows: Changed, row: int, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns in which a row really was changed; all of them where none can be told."""
    found = tuple(
        name for name in columns if rows.before.column(name)[row] != rows.after.column(name)[row]
    )
    return found or columns


def _some(rows: Changed, place: NDArray[np.int64]) -> Changed:
    index = index_of(place)
    return Changed(rows.before.take(index), rows.after.take(index), rows.columns, rows.hit[place])
