"""One column in two data sets: how far apart it lies, and what has changed in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np

from modelgate.drift.words import changed_categories, changed_missing, changed_numbers
from modelgate.profiles.column import READABLE, ColumnProfile
from modelgate.stats.binning import BINS, quantile_bins
from modelgate.stats.divergences import jensen_shannon, psi
from modelgate.stats.homogeneity import homogeneity
from modelgate.stats.ks import ks
from modelgate.stats.shift import Counted, Shift
from modelgate.stats.wasserstein import wasserstein

OfNumbers = Callable[[Counted, Counted], Shift]
OfCategories = Callable[["np.typing.NDArray[np.int64]", "np.typing.NDArray[np.int64]"], Shift]


@dataclass(frozen=True, slots=True)
class Method:
    """How columns are compared.

    Attributes:
        numbers: of two samples of numbers; None where it compares none.
        categories: of two samples of categories; None where it compares none.
        measure: what the effect is called: "KS".
        means: what a limit of it says, for people.
        floor: the effect below which a shift does not matter, where nobody says otherwise.
        highest: the most that the effect can be; None where there is no such bound.
        furthest: the size of a number beyond which nothing can be told; infinity where any will do.
    """

    numbers: OfNumbers | None
    categories: OfCategories | None
    measure: str
    means: str
    floor: float = 0.05
    highest: float | None = 1.0
    furthest: float = inf

    @property
    def missing(self) -> OfCategories:
        """Of rows with and without a value, in the same unit where there is one."""
        return self.categories or homogeneity


ROWS_A_BIN = 10
"""Rows of the smaller sample that a bin of numbers should hold."""


def in_bins(of: OfCategories) -> OfNumbers:
    """A test of categories for numbers: in ten bins on the reference's quantiles, fewer of few."""

    def test(reference: Counted, current: Counted) -> Shift:
        few = min(reference.rows, current.rows) // ROWS_A_BIN
        return of(*quantile_bins(reference, current, max(2, min(BINS, few))))

    return test


FURTHEST = 1e150
"""The size of a number whose square is a number still."""

_ROWS = "so large a share of the rows would have to change"
_PSI = "by the population stability index, where 0.1 is called little and 0.25 much"
_JENSEN = "by the Jensen-Shannon distance: 0 is the same, 1 has nothing in common"
_WASSERSTEIN = "in standard deviations of the reference, on average over the rows"

METHODS: Mapping[str, Method] = {
    "auto": Method(ks, homogeneity, "distance", _ROWS),
    "ks": Method(ks, None, "KS", _ROWS),
    "chi_square": Method(None, homogeneity, "total variation", _ROWS),
    "psi": Method(in_bins(psi), psi, "population stability index", _PSI, highest=None),
    "jensen_shannon": Method(
        in_bins(jensen_shannon), jensen_shannon, "Jensen-Shannon distance", _JENSEN
    ),
    "wasserstein": Method(
        wasserstein, None, "Wasserstein distance", _WASSERSTEIN, highest=None, furthest=FURTHEST
    ),
}


@dataclass(frozen=True, slots=True)
class ColumnShift:
    """What one test says of a column.

    Attributes:
        column: its name.
        aspect: what of it was compared: "values", "missing", or a measure of texts.
        shift: the test.
        says: what has changed, in words: "median 7.1 -> 21.3".
    """

    column: str
    aspect: str
    shift: Shift
    says: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two data sets, column by column.

    Attributes:
        shifts: every test that was made.
        apart: column -> why no test can say how far it lies apart, and it does: it is gone, or it
            holds something else.
        untold: column -> why it was not compared, by what it holds and by the method.
        blind: column -> why it could not be compared, though it holds what the method compares:
            nobody knows whether it has shifted.
        added: columns that the reference does not have.
        unread: column -> how many of its images cannot be read, in words.
    """

    shifts: tuple[ColumnShift, ...]
    apart: Mapping[str, str]
    untold: Mapping[str, str]
    added: tuple[str, ...]
    blind: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)


def compared(
    reference: Mapping[str, ColumnProfile],
    current: Mapping[str, ColumnProfile],
    *,
    columns: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    method: str = "auto",
) -> Compared:
    """Compare the columns of two data sets.

    Args:
        reference: column -> what it holds in the rows that a model was trained on.
        current: likewise, now.
        columns: only these; all of the reference where None.
        ignore: but these.
        method: one of `METHODS`.
    """
    wanted = [name for name in dict.fromkeys(columns or reference) if name not in ignore]
    shifts: list[ColumnShift] = []
    apart: dict[str, str] = {}
    untold: dict[str, str] = {}
    blind: dict[str, str] = {}
    unread: dict[str, str] = {}
    for name in wanted:
        if name not in current or name not in reference:
            side = "the rows" if name in reference else "the reference"
            apart[name] = f"{side} lack the column"
            continue
        one, two = reference[name], current[name]
        if not (one.missing == one.rows or two.missing == two.rows) and _differ(one, two):
            apart[name] = f"holds {KINDS[two.kind]}, and {KINDS[one.kind]} in the reference"
            continue
        if words := _unread(one, two):
            unread[name] = words
        why = _blind(one, two, METHODS[method])
        if why:
            blind[name] = why
        found = _shifts(one, two, METHODS[method])
        shifts += found
        if not (found or why):
            untold[name] = f"holds {KINDS[one.kind]}, which method {method} does not compare"
    added = tuple(name for name in current if name not in reference and name not in ignore)
    return Compared(tuple(shifts), apart, untold, () if columns else added, blind, unread)


KINDS = {
    "number": "numbers",
    "category": "categories",
    "text": "texts",
    "time": "points of time",
    "image": "images",
    "other": "values of no kind that is known",
}


MEASURED = {
    "length": "characters of a text",
    "letters": "share of letters a to z",
    "digits": "share of digits",
    "not ASCII": "share of characters beyond ASCII",
    "brightness": "brightness of an image",
    "contrast": "contrast of an image",
    "pixels": "pixels of an image",
    "proportions": "width of an image by its height",
    READABLE: "images that can be read (1) or not (0)",
}


def _differ(one: ColumnProfile, two: ColumnProfile) -> bool:
    """Whether they hold things that cannot be told apart by one test."""
    words = {"category", "text"}
    return one.kind != two.kind and not {one.kind, two.kind} <= words


def _blind(one: ColumnProfile, two: ColumnProfile, method: Method) -> str:
    """Why nobody can tell how far the column lies apart; "" where somebody can."""
    if method.categories and one.kind == "category" and one.categories and _uncounted(two):
        return (
            f"holds more different values than are counted, and {len(one.categories):,} in the"
            " reference"
        )
    if all(READABLE in side.measures and "brightness" not in side.measures for side in (one, two)):
        return "holds images of which none can be read"
    if _far(one, two, method):
        return "holds infinite numbers, or nearly infinite ones, which lie beyond any measure"
    return ""


def _unread(one: ColumnProfile, two: ColumnProfile) -> str:
    """How many images cannot be read; "" where all can."""
    told = []
    for side, where in ((two, ""), (one, " in the reference")):
        readable = side.measures.get(READABLE)
        broken = 0 if readable is None else int(readable.counts[readable.values == 0].sum())
        if readable is not None and broken:
            told.append(f"{broken:,} of {readable.rows:,}{where}")
    return ", ".join(told)


def _far(one: ColumnProfile, two: ColumnProfile, method: Method) -> bool:
    """Whether one of them holds a number beyond what the method can measure."""
    numbers = [side.numbers.values for side in (one, two) if side.numbers is not None]
    return any(float(np.abs(values).max()) > method.furthest for values in numbers)


def _uncounted(column: ColumnProfile) -> bool:
    """Whether it holds more different texts than are counted."""
    return column.kind == "text" and not column.categories and column.missing < column.rows


def _shifts(one: ColumnProfile, two: ColumnProfile, method: Method) -> list[ColumnShift]:
    found = []
    counted = one.numbers is not None and two.numbers is not None
    if method.numbers and counted and not _far(one, two, method):
        assert one.numbers is not None
        assert two.numbers is not None
        shift = method.numbers(one.numbers, two.numbers)
        words = changed_numbers(one.numbers, two.numbers, of_time=one.kind == "time")
        found.append(ColumnShift(one.name, "values", shift, words))
    # The reference alone says whether texts are categories or remarks: of few rows now, most
    # values stand once, whatever they are.
    by_category = one.kind == "category" and one.categories and two.categories
    if method.categories and by_category:
        shift = method.categories(*_counts(one.categories, two.categories))
        words = changed_categories(one.categories, two.categories)
        found.append(ColumnShift(one.name, "values", shift, words))
    if method.numbers and not by_category:
        for measure in sorted({*one.measures} & {*two.measures}):
            was, now = one.measures[measure], two.measures[measure]
            words = f"{MEASURED[measure]}: {changed_numbers(was, now)}"
            found.append(ColumnShift(one.name, measure, method.numbers(was, now), words))
    if method.categories and not by_category and one.languages and two.languages:
        shift = method.categories(*_counts(one.languages, two.languages))
        words = f"language: {changed_categories(one.languages, two.languages)}"
        found.append(ColumnShift(one.name, "language", shift, words))
    if one.missing or two.missing:
        shift = method.missing(_missing(one), _missing(two))
        words = changed_missing(one.missing / one.rows, two.missing / two.rows)
        found.append(ColumnShift(one.name, "missing", shift, words))
    return found


def _counts(
    one: Mapping[Any, int], two: Mapping[Any, int]
) -> tuple[np.typing.NDArray[np.int64], np.typing.NDArray[np.int64]]:
    """Rows of both on the values that either has."""
    values = sorted({*one, *two}, key=str)
    mine, theirs = ([side.get(value, 0) for value in values] for side in (one, two))
    return np.array(mine, dtype=np.int64), np.array(theirs, dtype=np.int64)


def _missing(column: ColumnProfile) -> np.typing.NDArray[np.int64]:
    return np.array([column.missing, column.rows - column.missing], dtype=np.int64)
