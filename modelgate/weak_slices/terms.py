"""What a slice is made of: a column, and the codes that belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelgate.aggregates import Flags
from modelgate.aggregates.columns import Codes, Column
from modelgate.slices import MISSING, Part, Span

MOST_CROSSED = 30
"""Values of a column that are crossed with others: the most frequent ones."""


@dataclass(frozen=True, slots=True)
class Term:
    """Rows with some neighbouring codes in a column.

    Attributes:
        column: place of the column.
        low: the first code.
        high: the last code.
    """

    column: int
    low: int
    high: int

    def rows(self, codes: Codes) -> Flags:
        """(n,) which rows belong to it."""
        mine = codes[:, self.column]
        if self.low == self.high:
            found: Flags = mine == self.low
            return found
        inside: Flags = (mine >= self.low) & (mine <= self.high)
        return inside


Terms = tuple[Term, ...]
"""One slice: rows that belong to every one of its terms."""


def inside(terms: Terms, codes: Codes) -> Flags:
    """(n,) which rows belong to a slice."""
    found = terms[0].rows(codes)
    for term in terms[1:]:
        found &= term.rows(codes)
    return found


def terms_of(place: int, column: Column, *, crossed: bool) -> list[Term]:
    """All terms of a column: each value, and every run of neighbouring bins but the whole."""
    runs = [
        Term(place, low, high)
        for low in range(column.ordered)
        for high in range(low, column.ordered)
        if (low, high) != (0, column.ordered - 1)
    ]
    others = range(column.ordered, len(column.values))
    if crossed:
        others = range(column.ordered, min(len(column.values), column.ordered + MOST_CROSSED))
    return [*runs, *(Term(place, code, code) for code in others)]


def part_of(terms: Terms, columns: Sequence[Column]) -> Part:
    """A slice as a suite names it."""
    return tuple((columns[term.column].name, _value(term, columns)) for term in terms)


def _value(term: Term, columns: Sequence[Column]) -> Any:
    values = columns[term.column].values
    low, high = values[term.low], values[term.high]
    if isinstance(low, Span):
        return Span(low.at_least, high.below)
    return None if low is MISSING else low


def bounds(terms: Sequence[Term]) -> tuple[np.ndarray, np.ndarray]:
    """First codes, and first codes that are too high."""
    return (
        np.array([term.low for term in terms], dtype=np.int64),
        np.array([term.high + 1 for term in terms], dtype=np.int64),
    )
