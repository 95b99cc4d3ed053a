"""Columns of texts, truth values and codes: categories while they are few, else remarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa

from modelgate.arrays import is_text, numbers, texts
from modelgate.cells import plain, texts_of
from modelgate.profiles.column import ColumnProfile, ColumnState
from modelgate.profiles.image_cells import ImageCells
from modelgate.profiles.measures import Measured
from modelgate.profiles.ordered import Times, times_of

MOST_CATEGORIES = 10_000
"""Distinct values beyond which none is counted: such a column holds names or remarks."""
ROWS_A_CATEGORY = 5
"""Rows a distinct value, on average, below which texts are remarks, no categories."""
FEW_CATEGORIES = 20
"""Distinct values up to which texts are categories, however few rows there are."""

_NO_ENTRIES = texts_of([], pa.string())


class Words(ColumnState):
    """Each value is counted, and texts are measured once they are too many for that.

    Texts that all write a point of time as ISO 8601 does are points of time: CSV has no others.
    Texts that name image files are those images.
    """

    def __init__(self, name: str, kind: pa.DataType, folder: Path = Path()) -> None:
        super().__init__(name, kind)
        self._counts: dict[Any, int] | None = {}
        self._entries, self._used = _NO_ENTRIES, np.zeros(0, dtype=np.int64)
        self._measured = Measured()
        self._times = Times(name, kind) if is_text(kind) else None
        self._images = ImageCells(name, kind, folder) if is_text(kind) else None

    def _add(self, array: pa.Array, first: int) -> None:
        self._add_times(array, first)
        self._add_images(array, first)
        self.missing += array.null_count
        if self._counts is None:
            self._measured.add(texts(array.drop_null()))
            return
        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        if not array.dictionary.equals(self._entries):
            self._settle()
            self._entries = array.dictionary
            self._used = np.zeros(len(array.dictionary), dtype=np.int64)
        codes, absent = numbers(array.indices)
        known = codes if absent is None else codes[~absent]
        self._used += np.bincount(known, minlength=len(self._used))

    def _settle(self) -> None:
        """Count what was seen by the entries of a dictionary, which mostly serves many blocks."""
        values, self._entries = self._entries.to_pylist(), _NO_ENTRIES
        rows, self._used = self._used.tolist(), np.zeros(0, dtype=np.int64)
        used = {value: count for value, count in zip(values, rows, strict=True) if count}
        there = {value: count for value, count in used.items() if not _is_missing(value)}
        self.missing += sum(used.values()) - sum(there.values())
        self._count(there)

    def _add_times(self, array: pa.Array, first: int) -> None:
        if self._times is None or array.null_count == len(array):
            return
        found = times_of(plain(array))
        if found is None:
            self._times = None
        else:
            self._times.add(found, first)

    def _add_images(self, array: pa.Array, first: int) -> None:
        if self._images is not None and array.null_count < len(array):
            self._images.add(array, first)
            if not self._images.holds_images:
                self._images = None

    def _count(self, rows: Mapping[Any, int]) -> None:
        """Count values, or measure them where they are too many."""
        if self._counts is None:
            self._measure(rows)
            return
        for value, count in rows.items():
            self._counts[value] = self._counts.get(value, 0) + count
        if len(self._counts) > MOST_CATEGORIES:
            counted, self._counts = self._counts, None
            self._measure(counted)

    def _measure(self, rows: Mapping[Any, int]) -> None:
        if is_text(self.type) and rows:
            times = np.array(list(rows.values()), dtype=np.int64)
            self._measured.add(texts_of(list(rows), pa.large_string()), times)

    def bound(self) -> None:
        """See `ColumnState.bound`."""
        if self._times is not None:
            self._times.bound()
        if self._images is not None:
            self._images.bound()

    def _merge(self, other: Self) -> None:
        self._settle()
        other._settle()
        self._measured.merge(other._measured)
        if other._counts is None:
            counted, self._counts = self._counts or {}, None
            self._measure(counted)
        else:
            self._count(other._counts)
        if self._times is not None and other._times is not None:
            self._times.merge(other._times)
        else:
            self._times = None
        if self._images is not None and other._images is not None:
            self._images.merge(other._images)
        else:
            self._images = None

    def profile(self) -> ColumnProfile:
        """See `ColumnState.profile`."""
        self._settle()
        if self._images is not None and self._images.holds_images:
            return replace(self._images.profile(), rows=self.rows, missing=self.missing)
        there = self.rows - self.missing
        counts = self._counts or {}
        few = self._counts is not None and len(counts) <= max(
            FEW_CATEGORIES, there / ROWS_A_CATEGORY
        )
        times = self._times.profile() if self._times is not None else None
        if times is not None and times.numbers is not None:
            return replace(times, rows=self.rows, missing=self.missing)
        measured = self._measured
        if self._counts and is_text(self.type):
            measured = Measured()
            rows = np.array(list(counts.values()), dtype=np.int64)
            measured.add(texts_of(list(counts), pa.large_string()), rows, read=not few)
        return self._holding(
            "category" if few else "text",
            categories=dict(sorted(counts.items(), key=lambda one: str(one[0]))),
            measures=measured.counted(),
            languages=measured.languages,
        )


def _is_missing(value: Any) -> bool:
    """Whether an entry of a dictionary is no value: null, or NaN, which is not itself."""
    return value is None or bool(value != value)  # noqa: PLR0124
