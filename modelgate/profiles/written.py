"""Columns as JSON, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args

import numpy as np

from modelgate.profiles.coarse import coarsened
from modelgate.profiles.column import ColumnProfile, Kind
from modelgate.stats.shift import Counted

POINTS = 2048
"""Values that stand for all, where more than a few are distinct."""
MOST_ROWS = 1 << 40
"""Rows of a data set: more than there can be."""
KINDS = get_args(Kind)
_INFINITE = {"inf": math.inf, "-inf": -math.inf}
_WORDS = {value: word for word, value in _INFINITE.items()}


def as_json(column: ColumnProfile) -> dict[str, Any]:
    """A column, ready for JSON: numbers as quantiles, remarks by their measures alone."""
    counted = column.categories if column.kind == "category" else {}
    return {
        "name": column.name,
        "kind": column.kind,
        "type": column.type,
        "missing": column.missing,
        "lowest": _number(column.lowest),
        "highest": _number(column.highest),
        "numbers": None if column.numbers is None else _counted(column.numbers),
        "categories": [[_category(value), rows] for value, rows in counted.items()],
        "measures": {name: _counted(one) for name, one in column.measures.items()},
        "languages": dict(column.languages),
    }


def from_json(content: Mapping[str, Any], rows: int) -> ColumnProfile:
    """What `as_json` wrote.

    Args:
        content: of one column.
        rows: of the data set.

    Raises:
        ValueError, TypeError, KeyError: it is none.
    """
    numbers, missing = content["numbers"], _whole(content["missing"])
    if content["kind"] not in KINDS or missing > rows:
        raise ValueError("no such column")
    languages = content["languages"]
    if not all(languages.values()):
        raise ValueError("no text is of that language")
    categories = {value: _whole(count) for value, count in content["categories"]}
    sizes = [len(content["categories"]), len(categories)]
    there = rows - missing
    if sizes[0] != sizes[1] or sum(categories.values()) not in {0, there}:
        raise ValueError("categories do not add up")
    known = None if numbers is None else _read_counted(numbers)
    told = {"number": known, "time": known, "category": categories}.get(content["kind"], True)
    if bool(told) != (there > 0) and content["kind"] in {"number", "time", "category"}:
        raise ValueError("values are missing that are said to be there")
    # A summary of many numbers counts some too many or too few, and says so.
    if known is not None and abs(known.rows - there) > known.error * there * (1 + 1e-9):
        raise ValueError("numbers do not add up")
    return ColumnProfile(
        name=str(content["name"]),
        kind=content["kind"],
        type=str(content["type"]),
        rows=rows,
        missing=missing,
        numbers=known,
        lowest=_read_number(content["lowest"]),
        highest=_read_number(content["highest"]),
        categories=categories,
        measures={str(name): _read_counted(one) for name, one in content["measures"].items()},
        languages={str(name): _whole(count) for name, count in languages.items()},
    )


def _counted(sample: Counted) -> dict[str, Any]:
    coarse = coarsened(sample, POINTS)
    return {
        "values": [_number(value) for value in coarse.values.tolist()],
        "rows": coarse.counts.tolist(),
        "error": coarse.error,
    }


def _read_counted(content: Mapping[str, Any]) -> Counted:
    values = np.array([_read_number(value) for value in content["values"]], dtype=np.float64)
    counts = np.array([_whole(count) for count in content["rows"]], dtype=np.int64)
    error = float(content["error"])
    if not 0 <= error <= 1:
        raise ValueError("no such error")
    return Counted(values, counts, error)


def _number(value: float | None) -> float | str | None:
    """JSON has no infinite numbers."""
    return value if value is None or math.isfinite(value) else _WORDS[value]


def _read_number(value: Any) -> float | None:
    if value is None:
        return None
    return _INFINITE[value] if isinstance(value, str) else float(value)


def _category(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MOST_ROWS:
        raise ValueError("no count")
    return value
