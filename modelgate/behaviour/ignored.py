"""Rows in which one column holds another row's value: does the model notice?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import coded, floats, is_number, is_text
from modelgate.cells import index_of
from modelgate.predictions import Predictions

Rows = NDArray[np.int64]
NOTICED = 1e-6
"""How far a score or value has to move, in share of its size or of 1: rounding moves it less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """Columns of a sample by what the model made of them.

    Attributes:
        ignored: whose other values changed no answer; with the rows that were asked about each.
        constant: that hold one value alone in the sample: nothing can be told.
        told: how many columns could be told.
        asked: rows that were asked about, in all.
        examples: ignored column -> a row, and the row whose value it was given in vain.
    """

    ignored: dict[str, int]
    constant: tuple[str, ...]
    told: int
    asked: int
    examples: dict[str, tuple[int, int]] = field(default_factory=dict)


def unused(
    rows: pa.RecordBatch,
    columns: Sequence[str],
    answers: Predictions,
    ask: Callable[[pa.Table], Predictions],
    *,
    seed: int,
) -> Unused | None:
    """The columns that a model ignores.

    All columns are tried in one question; those that nothing was noticed of are tried on more rows
    in a second one. Together they ask about no more rows than there are.

    Args:
        rows: n rows.
        columns: those to be tried.
        answers: the model's to these rows.
        ask: the model.
        seed: of what is drawn.

    Returns:
        None where there are more columns than rows to ask about them.
    """
    swaps = {name: _others(rows.column(name), seed) for name in columns}
    there = {name: swap for name, swap in swaps.items() if swap is not None}
    constant = tuple(name for name, swap in swaps.items() if swap is None)
    if not there:
        return Unused(ignored={}, constant=constant, told=0, asked=0)
    each = len(rows) // 2 // len(there)
    if not each:
        return None
    first = _asked(rows, there, slice(0, each), answers, ask)
    silent = {name: there[name] for name, noticed in first.items() if not noticed}
    asked, counts = each * len(there), dict.fromkeys(silent, each)
    if silent:
        more = min((len(rows) - asked) // len(silent), len(rows) - each)
        if more > 0:
            again = _asked(rows, silent, slice(each, each + more), answers, ask)
            counts = {name: each + more for name, noticed in again.items() if not noticed}
            asked += more * len(silent)
    examples = {name: (int(there[name][0][0]), int(there[name][1][0])) for name in counts}
    return Unused(
        ignored=counts, constant=constant, told=len(there), asked=asked, examples=examples
    )


def _asked(
    rows: pa.RecordBatch,
    swaps: dict[str, tuple[Rows, Rows]],
    part: slice,
    answers: Predictions,
    ask: Callable[[pa.Table], Predictions],
) -> dict[str, bool]:
    """By column whether an answer to some of its rows moved."""
    batches, places = [], []
    for name, (order, donors) in swaps.items():
        place, donor = order[part], donors[part]
        batches.append(_swapped(rows, name, place, donor))
        places.append(place)
    after = ask(pa.Table.from_batches(batches).unify_dictionaries())
    place = np.concatenate(places)
    moved = _moved(answers, place, after)
    ends = np.cumsum([len(one) for one in places])[:-1]
    return {name: bool(one.any()) for name, one in zip(swaps, np.split(moved, ends), strict=True)}


def _swapped(rows: pa.RecordBatch, name: str, place: Rows, donor: Rows) -> pa.RecordBatch:
    taken = rows.take(index_of(place))
    at = rows.schema.get_field_index(name)
    columns = list(taken.columns)
    columns[at] = rows.column(at).take(index_of(donor))
    return pa.RecordBatch.from_arrays(columns, schema=rows.schema)


def _moved(before: Predictions, place: Rows, after: Predictions) -> NDArray[np.bool_]:
    """(m,) whether an answer is another; one that is no number is."""
    moved = np.zeros(len(place), np.bool_)
    for mine, its in ((before.scores, after.scores), (before.values, after.values)):
        if mine is None or its is None:
            continue
        old = np.asarray(mine[place], np.float64).reshape(len(place), -1)
        new = np.asarray(its, np.float64).reshape(len(place), -1)
        still = np.abs(new - old) <= NOTICED * np.maximum(1.0, np.abs(old))
        moved |= ~still.all(axis=1)
    if before.labels is not None and after.labels is not None:
        moved |= before.labels[place] != after.labels
    return moved


def _others(column: pa.Array, seed: int) -> tuple[Rows, Rows] | None:
    """The rows in the order they are tried, and the row whose value each is given instead.

    Every second one gets the smallest or largest number, which trees notice soonest; the others a
    drawn value.

    Returns:
        None where all rows hold one value.
    """
    rows = len(column)
    codes = _codes(column)
    if rows < 2 or (codes == codes[0]).all():
        return None
    rng = np.random.default_rng(seed)
    order, donors = rng.permutation(rows), rng.permutation(rows)
    if is_number(column.type):
        known = floats(column)
        ranked = np.argsort(known, kind="stable")
        finite = ranked[: int(np.isfinite(known).sum())]
        if len(finite):
            donors[::4], donors[2::4] = finite[0], finite[-1]
    same = codes[order] == codes[donors]
    for code in sorted(set(codes[order][same].tolist())):  # a value of its own would change nothing
        alike = same & (codes[order] == code)
        donors[alike] = rng.choice(np.flatnonzero(codes != code), int(alike.sum()))
    return order, donors


def _codes(column: pa.Array) -> NDArray[np.int64]:
    """(n,) numbers that are equal where the values are."""
    if is_number(column.type) or is_text(column.type):
        return coded(column)[0]
    values = [repr(value) for value in column.to_pylist()]
    found: NDArray[np.int64] = np.unique(values, return_inverse=True)[1].astype(np.int64)
    return found
