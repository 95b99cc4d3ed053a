"""Slices as a suite names them: rows alike in a column or two, and numbers in bins."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

MISSING = "(missing)"
"""The value of a slice whose rows have none."""


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers from one to another.

    Attributes:
        at_least: the lowest; None where there is no bound.
        below: the first that is too high; None where there is no bound.
    """

    at_least: float | None = None
    below: float | None = None

    def __str__(self) -> str:
        """As people read it: "18 to 40", "below 18", "65 or more"."""
        if self.at_least is None:
            return "any number" if self.below is None else f"below {plain(self.below)}"
        if self.below is None:
            return f"{plain(self.at_least)} or more"
        return f"{plain(self.at_least)} to {plain(self.below)}"


@dataclass(frozen=True, slots=True)
class Bins:
    """A column of numbers, cut.

    Attributes:
        column: its name.
        edges: ascending; a number belongs to the bin above the last edge that it reaches.
        parts: bins of about as many rows each, where the data has yet to tell the edges; else 0.
    """

    column: str
    edges: tuple[float, ...] = ()
    parts: int = 0

    @property
    def spans(self) -> tuple[Span, ...]:
        """The bins, lowest first."""
        return tuple(Span(low, high) for low, high in pairwise((None, *self.edges, None)))


Axis = str | Bins
"""A column as it stands, each value a slice; or numbers in bins."""
Slicing = tuple[Axis, ...]
"""One column, or several crossed."""
Part = tuple[tuple[str, Any], ...]
"""One slice by name: columns, each with its value, a `Span`, or None for what is missing."""


def column_of(axis: Axis) -> str:
    """The column that an axis reads."""
    return axis.column if isinstance(axis, Bins) else axis


def said(value: Any) -> Any:
    """The value of a slice as a report holds it: plain, and a span in words."""
    if value is None:
        return MISSING
    return str(value) if isinstance(value, Span) else value


def described(column: str, value: Any) -> str:
    """A column and its value in a slice: "country = BR", "age below 18", "age missing"."""
    if value == MISSING:
        return f"{column} missing"
    return f"{column} {value}" if str(value).startswith("below ") else f"{column} = {value}"


def plain(number: float) -> str:
    """A number in its shortest form, without ".0"."""
    return repr(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)
