"""What each column should hold, as a reference holds it."""

from __future__ import annotations

from math import ceil, floor, log10, sqrt

from modelgate.data_quality.rules import Rule
from modelgate.profiles.column import ColumnProfile
from modelgate.profiles.profile import Profile

CATEGORIES = 50
"""Different values beyond which a column is no list of categories."""
OFTEN = 10
"""Rows that each of them bears at least, on average."""
MOSTLY = 0.98
"""Share of the rows that must keep to what was inferred: new rows hold what old ones did not."""
_NARROWEST, _WIDEST = 1e-300, 1e300  # ranges whose steps are numbers
_TYPES = {"time": "time", "text": "text"}


def inferred(profile: Profile) -> tuple[Rule, ...]:
    """A first draft of rules, one a column, to be edited by people who know better.

    Ranges are wider than what was seen, by half of it to either side, but do not fall below 0 where
    nothing did. A few values that come up again and again are all that there are: of texts a list,
    of whole numbers the range that was seen.
    """
    return tuple(_rule(one) for one in profile.columns_profiled.values())


def _rule(column: ColumnProfile) -> Rule:
    kind = _type(column)
    ranged = kind in ("number", "whole")
    low, high = _range(column, whole=kind == "whole") if ranged else (None, None)
    categories = column.categories
    listed = kind == "text" and _again(column, len(categories))
    return Rule(
        column=column.name,
        type=kind,
        missing=_gaps(column),
        at_least=low,
        at_most=high,
        one_of=tuple(categories) if listed else None,
        mostly=MOSTLY,
    )


def _type(column: ColumnProfile) -> str | None:
    """What the cells are, as a schema says it; None where that is not one of its words."""
    if column.type == "bool":
        return "truth"
    if column.kind == "number":
        return "whole" if "int" in column.type else "number"
    if column.kind == "category":
        return "text" if "string" in column.type else None
    return _TYPES.get(column.kind)


def _gaps(column: ColumnProfile) -> bool | float:
    """The share of cells that may be empty: twice as many as are, and what chance may add."""
    if not column.missing or column.missing == column.rows:
        return column.missing > 0
    share = column.missing / column.rows
    most = 2 * share + 3 * sqrt(share / column.rows)
    return True if most >= 1 else ceil(100 * most) / 100


def _again(column: ColumnProfile, values: int) -> bool:
    """Whether so many different values come up again and again."""
    return 0 < values <= CATEGORIES and OFTEN * values <= column.rows - column.missing


def _range(column: ColumnProfile, *, whole: bool) -> tuple[float | None, float | None]:
    if column.lowest is None or column.highest is None or column.numbers is None:
        return None, None
    if whole and _again(column, len(column.numbers.values)):
        return int(column.lowest), int(column.highest)
    apart = (column.highest - column.lowest) / 2
    if not (apart == 0 or _NARROWEST < apart < _WIDEST):
        return None, None
    step = 10.0 ** floor(log10(apart) - 1) if apart else 1.0
    step = max(step, 1.0) if whole else step
    low = floor((column.lowest - apart) / step) * step
    high = ceil((column.highest + apart) / step) * step
    if column.lowest >= 0:
        low = max(low, 0.0)
    # Neat numbers may cut into a range that is narrow for where it lies.
    return min(_neat(low), column.lowest), max(_neat(high), column.highest)


def _neat(value: float) -> float:
    """Without the digits that a product of powers of ten leaves behind."""
    found = float(f"{value:.12g}")
    return int(found) if found.is_integer() and abs(found) < 1e15 else found
