"""Numbers in words: units, and no more digits than mean something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor, isfinite, log10

from modelgate.report import Result

MOST_DECIMALS = 6
SECONDS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
BYTES = ((2.0**30, "GiB"), (2.0**20, "MiB"), (2.0**10, "KiB"), (1.0, "bytes"))
COUNTED = frozenset(
    {
        "call",
        "case",
        "column",
        "fault",
        "input",
        "output",
        "point",
        "promise",
        "row",
        "rule",
        "text",
        "value",
    }
)
"""Units that have a plural, by their last word."""
OF_SIZES = {"second": SECONDS, "byte": BYTES}
"""Units that are shown in what fits the size."""
BARE = frozenset({"", "score"})
"""Units that go without saying."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one result as texts, all in one unit and rounded alike; "" where missing.

    Attributes:
        value: "91.2 %".
        low, high: the ends of the interval.
        limit: "93 %".
        side: "at_least" or "at_most"; "" where there is no limit.
        interval: "89.4-92.8 %" with an en dash; "to" in its place where a number is negative.
    """

    value: str = ""
    low: str = ""
    high: str = ""
    limit: str = ""
    side: str = ""
    interval: str = ""


def number(value: float, unit: str = "share") -> str:
    """A single number for people: 0.912 is "91.2 %", 3.4142 mpg "3.41 mpg".

    A share of less than one is never rounded to 100 %, one of more than none never to 0 %.

    Args:
        value: finite, in `unit`.
        unit: "share" is shown in percent, "second" and "byte" in what fits their size, any other
            as it is; "" for a bare number.
    """
    scale, name = _scale(unit, abs(value))
    value /= scale
    decimals = _apart(_decimals(value, None, unit), (value,), _ends(unit))
    return _with_unit(_rounded(value, decimals), name)


def figures(result: Result) -> Figures:
    """The numbers of a result, rounded to what its interval says they mean."""
    side = next((key for key in ("at_least", "at_most") if key in result.limit), "")
    limit = result.limit[side] if side else None
    if result.value is None or not isfinite(result.value):
        return Figures(limit=_plain(limit, result.unit), side=side)
    low, high = result.interval or (result.value, result.value)
    scale, name = _scale(result.unit, max(abs(low), abs(high), abs(result.value)))
    value, low, high = result.value / scale, low / scale, high / scale
    bound = None if limit is None else limit / scale
    decimals = _decimals(value, high - low if result.interval else None, result.unit)
    bounds = _ends(result.unit) if bound is None else (*_ends(result.unit), bound)
    decimals = _apart(decimals, (value, low, high), bounds)
    texts = [_rounded(each, decimals) for each in (value, low, high)]
    shown = Figures(
        value=_with_unit(texts[0], name),
        limit="" if limit is None else _limit(limit, result.unit, scale, name),
        side=side,
    )
    if result.interval is None:
        return shown
    dash = " to " if texts[1].startswith("-") else "–"  # noqa: RUF001 (a range has an en dash)
    return Figures(
        value=shown.value,
        low=_with_unit(texts[1], name),
        high=_with_unit(texts[2], name),
        limit=shown.limit,
        side=side,
        interval=_with_unit(f"{texts[1]}{dash}{texts[2]}", name),
    )


def significant(value: float, digits: int = 6) -> str:
    """A number with so many digits that mean something, and no exponent: "380", "0.0512".

    Args:
        value: any; what is huge, tiny or no number is written as Python does.
        digits: 1 or more; the others are rounded away, before the point as behind it.
    """
    if value and not 1e-5 <= abs(value) < 1e15:
        return f"{value:.{digits}g}"
    leading = digits - 1 - floor(log10(abs(value))) if value else 0
    text = f"{round(value, leading):.{max(0, leading)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def beside(values: Sequence[float], bound: float, decimals: int = 2) -> tuple[str, ...]:
    """Bare numbers rounded alike, with as many decimals as keep each on its side of a bound."""
    decimals = _apart(decimals, tuple(values), (bound,))
    return tuple(f"{value:,.{decimals}f}" for value in values)


def difference(result: Result, *, bare: bool = False) -> Figures:
    """The figures of a result; of a comparison how far it lies from the champion, in points.

    Args:
        result: any.
        bare: without the unit.
    """
    found = result if result.difference is None else _as_difference(result, 1.0)
    return figures(replace(found, unit="") if bare else found)


def apart(result: Result) -> Figures:
    """How much worse than the champion a result is, as texts; better where negative."""
    return figures(_as_difference(result, -1.0 if result.better == "higher" else 1.0))


def _as_difference(result: Result, sign: float) -> Result:
    """The same result with the difference for its value, and the margin for its limit."""
    assert result.difference is not None
    points = result.unit == "share"
    factor = sign * (100.0 if points else 1.0)
    low, high = sorted(end * factor for end in result.difference_interval or (0.0, 0.0))
    margin = result.limit.get("margin")
    worse = sign if result.better == "lower" else -sign
    side = "at_most" if worse > 0 else "at_least"
    return replace(
        result,
        value=result.difference * factor,
        interval=(low, high) if result.difference_interval else None,
        unit="points" if points else result.unit,
        limit={} if margin is None else {side: worse * margin * abs(factor)},
    )


def _scale(unit: str, size: float) -> tuple[float, str]:
    if unit == "share":
        return 0.01, "%"
    steps = OF_SIZES.get(unit)
    if steps is None:
        return 1.0, unit
    return next((step for step in steps if size >= step[0]), steps[-1] if size else steps[0])


def _decimals(value: float, width: float | None, unit: str) -> int:
    """Digits after the point: two of the interval's width, else three of the number itself.

    Below 0 where even the last digits before the point mean nothing: 5,700,000, between 5,570,000
    and 5,860,000.
    """
    if unit == "share":
        narrow = width is not None and 0 < width < 0.5
        return 1 - floor(log10(width)) if narrow and width else 1
    if width:
        return 1 - floor(log10(width))
    if value == int(value):
        return 0
    return max(0, 2 - floor(log10(abs(value))))


def _ends(unit: str) -> tuple[float, ...]:
    """What is not to be rounded to unless it is meant: none and all."""
    return (0.0, 100.0) if unit == "share" else ()


def _apart(decimals: int, values: tuple[float, ...], bounds: tuple[float, ...]) -> int:
    """As many decimals as keep every value visibly on its own side of every bound."""
    for more in range(decimals, MOST_DECIMALS):
        rounded = {value: round(value, more) for value in values}
        if all(
            value == bound or rounded[value] != round(bound, more)
            for value in values
            for bound in bounds
        ):
            return more
    return MOST_DECIMALS


def _rounded(value: float, decimals: int) -> str:
    if value and not 1e-5 <= abs(value) < 1e9:
        return f"{value:.3g}"
    text = f"{round(value, decimals):,.{max(0, decimals)}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text


def _shortest(value: float) -> str:
    """A limit, as it was written: "93", "92.5"."""
    return f"{value:,.10g}"


def _plain(limit: float | None, unit: str) -> str:
    if limit is None:
        return ""
    scale, name = _scale(unit, abs(limit))
    return _with_unit(_shortest(limit / scale), name)


def _limit(limit: float, unit: str, scale: float, name: str) -> str:
    """A limit in the unit of the value; in one of its own where that is far from it."""
    if unit not in OF_SIZES:
        return _with_unit(_shortest(limit / scale), name)
    if not 0.1 <= abs(limit) / scale < 1000:
        scale, name = _scale(unit, abs(limit))
    return _with_unit(f"{limit / scale:,.4g}", name)


def _with_unit(text: str, unit: str) -> str:
    if unit in BARE:
        return text
    one = unit.removesuffix("s")
    if one.rpartition(" ")[2] in COUNTED:
        unit = one if text == "1" else f"{one}s"
    return f"{text} {unit}"
