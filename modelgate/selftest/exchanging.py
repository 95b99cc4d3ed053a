"""Two columns of a model exchanged: it takes the one for the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.random import Generator

from modelgate.arrays import is_number, is_text
from modelgate.cells import index_of
from modelgate.errors import ModelgateError
from modelgate.replay import Ask, Replies

MOST_SCREENED = 40
"""Pairs of which it is seen, by a few rows, whether they change any answer."""
SCREENED = 256
"""Rows by which that is seen, a pair."""
LEAST_MOVED = 0.01
"""Share of those rows that have to be answered otherwise."""

Pair = tuple[str, str]


def neighbours(schema: pa.Schema) -> list[Pair]:
    """The columns that stand side by side among those of their kind, texts or numbers.

    A model that is fed in another order mostly takes a column for the one beside it.
    """
    kinds: dict[str, list[str]] = {}
    for field in schema:
        kind = _kind(field.type)
        if kind is not None:
            kinds.setdefault(kind, []).append(field.name)
    return [pair for names in kinds.values() for pair in pairwise(names)]


def exchanged(rows: pa.RecordBatch, pair: Pair) -> pa.RecordBatch:
    """The same rows, with the values of two columns exchanged."""
    here, there = (rows.schema.get_field_index(name) for name in pair)
    arrays = list(rows.columns)
    arrays[here], arrays[there] = arrays[there], arrays[here]
    return pa.RecordBatch.from_arrays(arrays, names=rows.schema.names)


def telling(
    pairs: list[Pair], rows: pa.RecordBatch, said: Replies, ask: Ask, rng: Generator
) -> Iterator[tuple[Pair, str | None]]:
    """The pairs that a model tells apart: by some of the rows, it answers otherwise when exchanged.

    With each stands the code of the error by which the model refuses such rows; None where it
    answers.

    Args:
        pairs: to look at; of more than `MOST_SCREENED`, so many are drawn.
        rows: n rows of the columns that feed the model.
        said: what it says of these as they are.
        ask: the model.
        rng: draws pairs and rows.
    """
    if len(pairs) > MOST_SCREENED:
        drawn = np.sort(rng.choice(len(pairs), MOST_SCREENED, replace=False))
        pairs = [pairs[place] for place in drawn]
    some = np.sort(rng.permutation(len(rows))[:SCREENED])
    few = rows.take(index_of(some))
    before = said.answer[some]
    for pair in pairs:
        try:
            after = ask(exchanged(few, pair)).answer
        except ModelgateError as error:
            yield pair, error.code
            continue
        if (after != before).mean() >= LEAST_MOVED:
            yield pair, None


def _kind(found: pa.DataType) -> str | None:
    if pa.types.is_boolean(found):
        return "boolean"
    return "text" if is_text(found) else "number" if is_number(found) else None
