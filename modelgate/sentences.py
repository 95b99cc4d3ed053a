"""Numbers and results in words: one voice for the gate and for every reporter.

The words are "shown", "ruled out" and "not enough rows": they say what the rows can tell and what
not, to readers who are no statisticians. Foreign text goes in and comes out as it is; each reporter
escapes what it writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, inf, isfinite, log10, nan

from modelgate.outcome import Status
from modelgate.report import Result

MOST_DECIMALS = 6
SECONDS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
BYTES = ((2.0**30, "GiB"), (2.0**20, "MiB"), (2.0**10, "KiB"), (1.0, "bytes"))
COUNTED = frozenset(
    {"call", "case", "column", "fault", "output", "promise", "row", "text", "value"}
)
"""Units that have a plural, by their last word."""
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
        limit="" if bound is None else _with_unit(_shortest(bound), name),
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


def title(result: Result) -> str:
    """What a result is called among people: "accuracy", "recall, country = BR"."""
    own = result.check == "metric" and result.subject
    parts = [result.subject if own else _question(result)]
    if result.slice:
        parts.append(", ".join(f"{column} = {value}" for column, value in result.slice.items()))
    if result.versus:
        parts.append(f"against the {result.versus}")
    return ", ".join(parts)


def sentence(result: Result) -> str:
    """One result in one sentence: the check's own words, else written from its numbers."""
    if result.says:
        return result.says
    name = title(result)
    if result.status is Status.CRASHED:
        return f"{name} could not be completed: {result.reason or 'no reason was given'}."
    if result.status is Status.SKIPPED:
        return f"{name} was not asked: {result.reason or 'no reason was given'}."
    shown = figures(result)
    if not shown.value:
        return f"{name} has no value: {result.reason or 'no reason was given'}."
    if not shown.side:
        between = f", between {shown.low} and {shown.high}" if shown.interval else ""
        return f"{name} is {shown.value}{between}{_rows(result)}; it is held to no limit."
    if result.status is Status.UNDECIDED:
        return _undecided(name, shown, result)
    if not shown.interval:
        return _exact(name, shown, result)
    return _decided(name, shown, result)


def advice(result: Result) -> str:
    """What a reader can do about a result that keeps the gate shut; "" where there is nothing."""
    if result.status is Status.CRASHED:
        return "Run again with --debug to see where it broke off; until it answers, nothing passes."
    if result.status is Status.SKIPPED:
        return "Give it what it needs, or take it out of the suite."
    if result.status is Status.UNDECIDED:
        return "" if result.reason and _kept(result) else _more_rows(result)
    if result.status is not Status.FAILED:
        return ""
    if result.slice:
        return "Look at these rows first: more of their kind in training usually helps."
    if result.check == "metric":
        return (
            "Compare inputs and labels with those of training: swapped columns, another scaling or"
            " another order of classes look like this."
        )
    return f"`modelgate explain {result.check}` says what it measures and why it matters."


def _question(result: Result) -> str:
    said = result.subject in {"", "all", "implied", "true", "True", result.check}
    return result.check if said else f"{result.check} {result.subject}"


def _rows(result: Result) -> str:
    return f" on {result.n:,} row{'' if result.n == 1 else 's'}" if result.n else ""


def _confidence(result: Result) -> str:
    """One end of a two-sided interval holds with more than its level: 95 % for 90 %."""
    return number((1 + (result.level or 0.9)) / 2).replace(".0 %", " %")


def _decided(name: str, shown: Figures, result: Result) -> str:
    passed = result.status is Status.PASSED
    least = shown.side == "at_least"
    bound = f"at least {shown.low}" if passed is least else f"at most {shown.high}"
    if passed:
        side = "less" if least else "more"
        end = f"{side} than the {shown.limit} {_asked(shown)} is ruled out"
    else:
        end = f"shown to be {_beyond(shown)} the {shown.limit} {_asked(shown)}"
    return (
        f"{name} is {shown.value}{_rows(result)},"
        f" {bound} with {_confidence(result)} confidence: {end}."
    )


def _exact(name: str, shown: Figures, result: Result) -> str:
    if result.status is Status.PASSED:
        return f"{name} is {shown.value}, within the {shown.limit} {_asked(shown)}."
    return f"{name} is {shown.value}, {_beyond(shown)} the {shown.limit} {_asked(shown)}."


def _undecided(name: str, shown: Figures, result: Result) -> str:
    if not shown.interval:
        why = result.reason or "there are not enough rows"
        return f"{name} is {shown.value}{_rows(result)}: not decided, {why}."
    if result.reason and _kept(result):
        keeps = "at least" if shown.side == "at_least" else "at most"
        return (
            f"{name} is {shown.value}{_rows(result)}, surely {keeps} the {shown.limit}"
            f" {_asked(shown)}, but {result.reason}."
        )
    least = shown.side == "at_least"
    assert result.value is not None
    good = (result.value >= result.limit[shown.side]) is least
    if good or result.value == result.limit[shown.side]:
        end = f"as {'low' if least else 'high'} as {shown.low if least else shown.high}"
        side = "less" if least else "more"
        return (
            f"{name} is {shown.value}{_rows(result)}, but could be {end}:"
            f" {side} than the {shown.limit} {_asked(shown)} is not ruled out."
        )
    end = f"{shown.high if least else shown.low} is possible too"
    return (
        f"{name} is {shown.value}{_rows(result)} and looks {_beyond(shown)} the {shown.limit}"
        f" {_asked(shown)}, but {end}: not shown."
    )


def _kept(result: Result) -> bool:
    """Whether the whole interval keeps the limit, so that something else is in the way."""
    low, high = result.interval or (nan, nan)
    least, most = result.limit.get("at_least", -inf), result.limit.get("at_most", inf)
    return low >= least and high <= most


def _asked(shown: Figures) -> str:
    return "asked for" if shown.side == "at_least" else "allowed"


def _beyond(shown: Figures) -> str:
    return "below" if shown.side == "at_least" else "above"


def _more_rows(result: Result) -> str:
    needed = result.details.get("rows_needed")
    if isinstance(needed, int | float) and not isinstance(needed, bool) and isfinite(needed):
        rows = f"{_round_up(needed):,}"
        return f"About {rows} rows in all would likely settle it; {result.n:,} were judged."
    return "Not enough rows to tell: judge it on more labelled rows."


def _round_up(rows: float) -> int:
    """To two digits, upwards: a hint is no promise."""
    step = 10 ** max(0, floor(log10(max(rows, 1))) - 1)
    return int(-(-rows // step) * step)


def _scale(unit: str, size: float) -> tuple[float, str]:
    if unit == "share":
        return 0.01, "%"
    steps = {"second": SECONDS, "byte": BYTES}.get(unit)
    if steps is None:
        return 1.0, unit
    return next((step for step in steps if size >= step[0]), steps[-1] if size else steps[0])


def _decimals(value: float, width: float | None, unit: str) -> int:
    """Digits after the point: two of the interval's width, else three of the number itself."""
    if unit == "share":
        narrow = width is not None and 0 < width < 0.5
        return 1 - floor(log10(width)) if narrow and width else 1
    if width:
        return max(0, 1 - floor(log10(width)))
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
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text


def _shortest(value: float) -> str:
    """A limit, as it was written: "93", "92.5"."""
    return f"{value:,.10g}"


def _plain(limit: float | None, unit: str) -> str:
    if limit is None:
        return ""
    scale, name = _scale(unit, abs(limit))
    return _with_unit(_shortest(limit / scale), name)


def _with_unit(text: str, unit: str) -> str:
    if unit in BARE:
        return text
    one = unit.removesuffix("s")
    if one.rpartition(" ")[2] in COUNTED:
        unit = one if text == "1" else f"{one}s"
    return f"{text} {unit}"
