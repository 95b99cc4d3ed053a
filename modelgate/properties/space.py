"""All inputs there are to draw: a domain for each column, found out from rows and signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from math import prod
from typing import Any

import numpy as np
import pyarrow as pa

from modelgate.arrays import is_number, is_tensor, is_text, tensor_shape
from modelgate.cells import as_type, index_of, plain
from modelgate.model import Signature
from modelgate.prepare import IMAGE
from modelgate.properties.domains import Domain, Reach
from modelgate.properties.domains.categories import Categories
from modelgate.properties.domains.numbers import Numbers
from modelgate.properties.domains.seen import Seen
from modelgate.properties.domains.tensors import Tensors
from modelgate.properties.domains.texts import Texts
from modelgate.properties.tidy import leaving_nothing

Row = dict[str, Any]
"""Column -> cell."""
WORDS = 20
"""So few different texts are categories, however few rows there are."""
CHANGED = 6
"""Columns of a real row that Hypothesis changes, at most."""
BYTES = 256 << 20
"""Of the rows that are asked about in one call."""


class Space:
    """Rows that a model may be asked about.

    Attributes:
        rows: those that it was found out from, at least one.
        domains: column -> what it can hold, in order.
    """

    def __init__(
        self,
        rows: pa.RecordBatch,
        signature: Signature,
        *,
        reach: Reach = "beyond",
        beside: Mapping[str, str] | None = None,
    ) -> None:
        """Find out what the columns hold.

        Args:
            rows: 1 or more of the columns that feed the model.
            signature: the model's, as seen from outside its preparation.
            reach: how far inputs go.
            beside: a further column -> the one that it is drawn like.
        """
        self.rows = rows
        self.domains: dict[str, Domain] = {}
        most, files = _most(signature), any(one.type == IMAGE for one in signature.inputs)
        like = {**{name: name for name in rows.schema.names}, **(beside or {})}
        for name, source in like.items():
            field = rows.schema.field(source)
            self.domains[name] = _domain(rows.column(source), field.type, reach, most, files)
        self._schema = pa.schema(
            [(name, rows.schema.field(source).type) for name, source in like.items()]
        )

    @property
    def most(self) -> int:
        """Rows that are asked about in one call, at most."""
        size = sum(
            prod(tensor_shape(one.kind)) * 8 for one in self.domains.values() if is_tensor(one.kind)
        )
        return max(16, BYTES // max(size, 1))

    def drawn(self, dice: np.random.Generator, count: int) -> pa.RecordBatch:
        """Rows, drawn at once.

        A quarter each: a real row; one with one column changed; with every other column changed;
        with all of them. A changed cell is one of another row, or drawn from the domain.
        """
        real = dice.integers(len(self.rows), size=count)
        way = dice.integers(4, size=count)
        only = dice.integers(len(self.domains), size=count)
        columns = []
        for place, (name, domain) in enumerate(self.domains.items()):
            change = ((way == 1) & (only == place)) | (way == 3)
            change |= (way == 2) & (dice.integers(2, size=count) == 0)
            if name not in self.rows.schema.names or len(self.domains) == 1:
                change |= way > 0
            other = dice.integers(len(self.rows), size=count)
            at = len(self.rows) + np.arange(count)
            if len(self.domains) > 1:
                at = np.where(dice.integers(3, size=count) == 0, other, at)
            pool = pa.concat_arrays([domain.column, domain.drawn(dice, count)])
            columns.append(pool.take(index_of(np.where(change, at, real))))
        return self._batch(columns)

    def searched(self, seed: int, count: int) -> pa.RecordBatch:
        """At most so many rows, each drawn by Hypothesis: real ones with a few cells replaced."""
        from hypothesis import HealthCheck, Phase, given, settings, strategies
        from hypothesis import seed as seeded

        from modelgate.properties.domains import chosen

        strategy = {name: domain.strategy() for name, domain in self.domains.items()}
        names = chosen(list(strategy))
        cell = names.flatmap(lambda name: strategies.tuples(strategies.just(name), strategy[name]))
        wanted = strategies.lists(cell, min_size=1, max_size=CHANGED)
        found: list[tuple[int, list[tuple[str, Any]]]] = []

        @seeded(seed)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            backend="hypothesis",
        )
        @given(chosen(range(len(self.rows))), wanted)
        def collect(base: int, changes: list[tuple[str, Any]]) -> None:
            found.append((base, changes))

        with leaving_nothing():
            collect()
        return self._replaced(found[:count])

    def _replaced(self, found: Sequence[tuple[int, list[tuple[str, Any]]]]) -> pa.RecordBatch:
        real = np.array([base for base, _ in found], dtype=np.int64)
        columns = []
        for name, domain in self.domains.items():
            cells: list[Any] = []
            at = real.copy()
            for row, (_, changes) in enumerate(found):
                for column, cell in changes:
                    if column == name:
                        at[row] = len(self.rows) + len(cells)
                        cells.append(cell)
            pool = domain.column
            if cells:
                pool = pa.concat_arrays([pool, domain.of(cells)])
            columns.append(pool.take(index_of(at)))
        return self._batch(columns)

    def of(self, rows: Sequence[Row]) -> pa.RecordBatch:
        """Rows of cells as a batch."""
        return self._batch(
            [domain.of([row[name] for row in rows]) for name, domain in self.domains.items()]
        )

    def row(self, batch: pa.RecordBatch, at: int) -> Row:
        """One row of a batch as cells."""
        return {
            name: domain.cell(plain(batch.column(name)), at)
            for name, domain in self.domains.items()
        }

    def written(self, row: Row) -> Row | None:
        """The row as JSON can hold it; None where it cannot."""
        try:
            return {name: domain.written(row[name]) for name, domain in self.domains.items()}
        except ValueError:
            return None

    def read(self, written: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
        """Those of some rows that are rows of this space."""
        rows = []
        for one in written:
            with suppress(ValueError):
                if one.keys() == self.domains.keys():
                    rows.append(
                        {name: domain.read(one[name]) for name, domain in self.domains.items()}
                    )
        return self.of(rows)

    def cost(self, row: Row) -> float:
        """How hard a row is to take in: chiefly, in how many columns it is not typical."""
        return sum(domain.cost(row[name]) for name, domain in self.domains.items())

    def _batch(self, columns: Sequence[pa.Array]) -> pa.RecordBatch:
        typed = [
            as_type(column, field.type) for column, field in zip(columns, self._schema, strict=True)
        ]
        return pa.RecordBatch.from_arrays(typed, schema=self._schema)


def _domain(
    column: pa.Array, kind: pa.DataType, reach: Reach, most: tuple[float, float], files: bool
) -> Domain:
    column = plain(column)
    if is_tensor(kind) and not column.null_count:
        return Tensors(column, kind, reach, most)
    if is_number(kind) and not (pa.types.is_decimal(kind) or pa.types.is_null(kind)):
        return Numbers(column, kind, reach, most)
    if is_text(kind) and not files:
        words = column.unique().to_pylist()
        short = all(word is None or len(word.split()) <= 4 for word in words)
        again = len(words) <= max(WORDS, len(column) // 4)
        return (Categories if short and again else Texts)(column, kind, reach)
    return Seen(column, kind)


def _most(signature: Signature) -> tuple[float, float]:
    """The least and the largest number that any input of numbers takes."""
    low, high = -float(np.finfo(np.float64).max), float(np.finfo(np.float64).max)
    for one in signature.inputs:
        if one.type in {"float32", "bfloat16", "float16"}:
            info: Any = np.finfo(np.float16 if one.type == "float16" else np.float32)
        elif one.type.startswith(("int", "uint")):
            info = np.iinfo(one.type)
        else:
            continue
        low, high = max(low, float(info.min)), min(high, float(info.max))
    return low, high
