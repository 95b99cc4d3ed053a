"""Columns in few codes: categories by how many rows they have, numbers in bins of equal size."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates.columns import Codes, Column, Columns
from modelgate.aggregates.row_losses import mixed
from modelgate.arrays import coded, is_number, is_text, numbers
from modelgate.binding.labels import is_missing
from modelgate.cells import index_of
from modelgate.slices import MISSING, Bins
from modelgate.stats.cuts import equal_parts

Cells = NDArray[np.float32]
BINS = 12
"""Bins of a column of numbers: neighbours are taken together where that shows more."""
SLACK = 0.1
"""By so much of a bin its edges may lie off, for the sake of short names."""
FEW_NUMBERS = 8
"""Distinct numbers up to which each stands for itself."""
MOST_VALUES = 1000
"""Values of a column of categories."""
ROWS_A_VALUE = 5
"""Rows a value, on average, below which a column of text is a name or a remark, no category."""
INDEX = re.compile(r"__index_level_[0-9]+__")
"""What pandas calls the numbers of rows that it writes beside the columns."""
MOST_COLUMNS = 40
"""Columns that are looked at, in the order of the file."""


def columns_of(block: pa.RecordBatch, apart: Collection[str | None]) -> tuple[Column, ...]:
    """The columns that rows can be told apart by, judged by some of the rows.

    Args:
        block: n rows.
        apart: columns that are no property of a row: target, weight, predictions.
    """
    found: list[Column] = []
    for name in block.schema.names:
        if name not in apart and len(found) < MOST_COLUMNS and not INDEX.fullmatch(name):
            column = _column(name, block.column(name))
            if column is not None:
                found.append(column)
    return tuple(found)


def _column(name: str, array: pa.Array) -> Column | None:
    if not (is_number(array.type) or is_text(array.type)):
        return None
    if is_number(array.type):
        there = _numbers(array)
        if _distinct(there[~np.isnan(there)]) > FEW_NUMBERS:
            spans = Bins(name, equal_parts(there, BINS, slack=SLACK)).spans
            return Column(name, (*spans, MISSING), ordered=len(spans))
    codes, values = coded(array)
    if len(values) > max(2, min(MOST_VALUES, len(array) // ROWS_A_VALUE)):
        return None
    places = [place for place, value in enumerate(values) if not is_missing(value)]
    if len(places) + int(len(places) < len(values) or (codes < 0).any()) < 2:
        return None  # all alike
    rows = np.bincount(codes[codes >= 0], minlength=len(values))
    places.sort(key=lambda place: (-rows[place], str(values[place])))
    return Column(name, (*(_plain(values[place]) for place in places), MISSING))


def _distinct(values: NDArray[np.floating]) -> int:
    """How many there are; `numpy.unique` would load all of `numpy.ma` to tell."""
    ordered = np.sort(values)
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + bool(len(values))


def _plain(value: Any) -> Any:
    """A category as a suite would name it."""
    if isinstance(value, float) and value.is_integer():
        return int(value)  # a column of whole numbers is one of floats where some are missing
    return value if isinstance(value, str | bool | int | float) else str(value)


class ColumnCoder:
    """Codes the columns of block after block.

    Attributes:
        known: the columns.
    """

    def __init__(self, known: tuple[Column, ...]) -> None:
        self.known = known
        self._places = {
            column.name: {value: place for place, value in enumerate(column.values)}
            for column in known
        }
        self._tables: dict[str, tuple[pa.Array, Codes]] = {}

    def of(self, block: pa.RecordBatch) -> Coded:
        """The columns of all rows of a block."""
        return Coded(self, block)

    def categories(self, column: Column, array: pa.Array) -> Codes:
        """(n,) the code of each cell."""
        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        last = self._tables.get(column.name)
        if last is None or not last[0].equals(array.dictionary):
            last = array.dictionary, self._table(column, array.dictionary.to_pylist())
            self._tables[column.name] = last
        codes, absent = numbers(array.indices)
        found: Codes = last[1][codes if absent is None else np.where(absent, -1, codes)]
        return found

    def _table(self, column: Column, values: Sequence[Any]) -> Codes:
        """The code of each value; last, that of what is missing."""
        places, missing = self._places[column.name], len(column.values) - 1
        table = [
            missing if is_missing(value) else places.get(_plain(value), missing + 1)
            for value in values
        ]
        return np.array([*table, missing], dtype=np.uint16)


class Coded(Columns):
    """The columns of a block, coded where somebody asks for it, and only the rows asked for."""

    def __init__(
        self,
        coder: ColumnCoder,
        block: pa.RecordBatch,
        rows: NDArray[np.int64] | None = None,
    ) -> None:
        self.known = coder.known
        self._coder = coder
        self.block = block
        self._rows = rows
        self._values: list[NDArray[Any]] | None = None

    def __getitem__(self, index: NDArray[Any] | slice) -> Coded:
        """See `Columns`."""
        rows = np.arange(len(self.block)) if self._rows is None else self._rows
        return Coded(self._coder, self.block, rows[index])

    def apart(self) -> Coded:
        """See `Columns`."""
        block = self.block.select([column.name for column in self.known])
        if self._rows is None:
            return Coded(self._coder, block)
        return Coded(self._coder, block.take(index_of(self._rows)))

    def followed_by(self, others: Sequence[Columns]) -> Coded:
        """See `Columns`."""
        parts = [one.apart().block for one in (self, *others) if isinstance(one, Coded)]
        table = pa.Table.from_batches(parts).unify_dictionaries().combine_chunks()
        return Coded(self._coder, table.to_batches()[0])

    def codes(self) -> Codes:
        """See `Columns`."""
        found = [
            _binned(column, values) if column.ordered else values
            for column, values in zip(self.known, self._cells(), strict=True)
        ]
        return np.stack(found, axis=1).astype(np.uint16)

    def content(self) -> NDArray[np.uint64]:
        """See `Columns`."""
        cells = self._cells()
        found = np.zeros(len(cells[0]), dtype=np.uint64)
        for values in cells:
            bits = values.view(np.uint32) if values.dtype.kind == "f" else values
            found = mixed(found, bits.astype(np.uint64))
        return found

    def _cells(self) -> list[NDArray[Any]]:
        """Of each column, (n,) numbers, NaN where missing, or codes of categories."""
        if self._values is None:
            self._values = [self._of(column) for column in self.known]
        return self._values

    def _of(self, column: Column) -> NDArray[Any]:
        array = self.block.column(column.name)
        found = _numbers(array) if column.ordered else self._coder.categories(column, array)
        return found if self._rows is None else found[self._rows]


def _numbers(array: pa.Array) -> Cells:
    """(n,) numbers in half the precision, NaN where missing.

    A file of floats, one of doubles and one of decimals are then coded alike.
    """
    if not is_number(array.type):  # a later file of other types
        return np.full(len(array), np.nan, dtype=np.float32)
    values, absent = numbers(array)
    with np.errstate(over="ignore"):
        found = values.astype(np.float32)  # a copy
    found[np.isnan(found) if absent is None else absent | np.isnan(found)] = (
        np.nan
    )  # of one bit pattern
    return found


def _binned(column: Column, cells: Cells) -> NDArray[np.uint16]:
    found = np.zeros(len(cells), dtype=np.uint16)
    for span in column.values[1 : column.ordered]:
        found += cells >= np.float32(span.at_least)  # a few comparisons are quicker than a search
    found[np.isnan(cells)] = len(column.values) - 1
    return found
