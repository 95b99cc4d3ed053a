"""Inputs that were answered wrongly, as people are shown them: given, expected, answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import isfinite
from typing import Any

from modelgate.escape import printable, shown
from modelgate.excerpts import excerpts
from modelgate.figures import significant

SIDE = 28
"""Pixels of a thumbnail's side, at most."""
SHADES = " ░▒▓█"
LONGEST_INPUT = 160
LONGEST_CELL = 60
LONGEST_ANSWER = 60
MOST_WHOLE = 1e15
REST = "..."
"""In place of a column: what is to be said of all further ones."""


def is_counterexample(entry: Any) -> bool:
    """Whether a piece of evidence is an input with its answer."""
    return isinstance(entry, Mapping) and entry.get("type") == "input" and "answer" in entry


def told(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """One counterexample in one line or two.

    Args:
        entry: `input`, what the model was given; `answer`, what it answered; and as they are known
            `changed`, what the input became before that answer; `by`, who else gave it to the same
            input; `was`, the answer before; `score_of`, the class whose scores these two are;
            `expected`, the right answers; `row`, from 0; `where`, a place in a file.

    Returns:
        Lines without any character that a terminal obeys.
    """
    row = entry.get("row")
    place = f"row {row + 1:,}: " if isinstance(row, int) else ""
    if "by" in entry:
        return (
            f"{place}{_input(entry['input'])} is answered {_answer(entry.get('was'))}",
            f"and by {printable(entry['by'], LONGEST_CELL)} {_answer(entry['answer'])}",
        )
    if "changed" in entry and _is_image(entry["changed"]):
        was, now = _answer(entry.get("was")), _answer(entry["answer"])
        return (f"{place}{_input(entry['input'])} is answered {was}, and {now} when changed",)
    if "changed" in entry:
        return _before_and_after(entry, place)
    where = entry.get("where")
    wanted = entry.get("expected")
    instead = f", not {_wanted(wanted)}" if wanted is not None else ""
    source = f" ({printable(where, LONGEST_CELL)})" if where else ""
    return (
        f"{place}{_input(entry.get('input'))}",
        f"is answered {_answer(entry['answer'])}{instead}{source}",
    )


def _before_and_after(entry: Mapping[str, Any], place: str) -> tuple[str, str]:
    given, changed = _side_by_side(entry["input"], entry["changed"])
    was, now = _answer(entry.get("was")), _answer(entry["answer"])
    answered = f"is answered {was}"
    if "score_of" in entry:
        answered = f"has the score {was} of {printable(entry['score_of'], LONGEST_ANSWER)}"
    ordered = isinstance(given, Mapping) and REST in given
    if isinstance(changed, Mapping) and isinstance(given, Mapping) and not ordered:
        # What was changed comes first.
        given = {name: given[name] for name in [*changed, *given] if name in given}
    first = f"{place}{_input(given)} {answered}"
    if isinstance(changed, Mapping):  # some cells of a row
        other = f"but {now} with" if was != now else "and likewise with"
        return first, f"{other} {_input(changed)}"
    return first, f"but {_input(changed)} {now}"


def drawn(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """The images of a counterexample side by side, before and after; nothing where it has none."""
    pictures = [_drawing(entry[key]) for key in ("input", "changed") if _is_image(entry.get(key))]
    lines = ["    ".join(line).rstrip() for line in zip(*pictures, strict=False)]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    return tuple(lines)


def _side_by_side(given: Any, changed: Any, longest: int = LONGEST_INPUT) -> tuple[Any, Any]:
    """Both inputs with their texts cut to where they differ."""
    if isinstance(given, str) and isinstance(changed, str):
        return excerpts(given, changed, longest)
    if isinstance(given, Mapping) and isinstance(changed, Mapping):
        both = {
            name: _side_by_side(cell, changed[name], LONGEST_CELL)
            for name, cell in given.items()
            if name in changed
        }
        return (
            {name: both[name][0] if name in both else cell for name, cell in given.items()},
            {name: both[name][1] if name in both else cell for name, cell in changed.items()},
        )
    return given, changed


def _is_image(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("type") == "image"


def _drawing(image: Mapping[str, Any]) -> list[str]:
    """Two pixels above each other make a character, since that is twice as high as wide."""
    grey = image.get("grey")
    lines = [line for line in grey if isinstance(line, str)] if isinstance(grey, list) else []
    lines = ["".join(one if one in "0123456789" else "0" for one in line[:SIDE]) for line in lines]
    if not lines:
        return []
    return [
        "".join(_shade(a, b) for a, b in zip(one, other, strict=False))
        for one, other in zip(lines[:SIDE:2], [*lines[1:SIDE:2], lines[-1]], strict=False)
    ]


def _shade(one: str, other: str) -> str:
    return SHADES[round((int(one) + int(other)) / 18 * (len(SHADES) - 1))]


def _input(value: Any) -> str:
    if _is_image(value):
        size = f"{printable(value.get('width'), 10)} x {printable(value.get('height'), 10)}"
        return f"an image of {size}"
    if isinstance(value, Mapping):
        rest = value.get(REST)
        rest = rest if isinstance(rest, str) else None
        named = [(name, cell) for name, cell in value.items() if rest is None or name != REST]
        cells = [f"{printable(name, 30)} = {_cell(cell)}" for name, cell in named]
        cells = _first(cells, 3 * LONGEST_INPUT)
        return ", ".join([*cells, *([printable(rest, LONGEST_CELL)] if rest else [])])
    return _cell(value, LONGEST_INPUT)


def _first(cells: list[str], longest: int) -> list[str]:
    """As many whole cells as there is room for, and how many more there are."""
    ends = accumulate(len(cell) + len(", ") for cell in cells)
    fitting = max(1, sum(end <= longest for end in ends))
    more = len(cells) - fitting
    return cells if not more else [*cells[:fitting], f"and {more:,} more column{'s' * (more > 1)}"]


def _cell(value: Any, longest: int = LONGEST_CELL) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return shown(value, longest)
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < MOST_WHOLE  # such as 20241123, with all digits
        return f"{value:.0f}" if whole else significant(value)
    return printable(value, longest)


def _wanted(answers: Any) -> str:
    if isinstance(answers, str) or not isinstance(answers, Sequence):
        return _answer(answers)
    return " or ".join(map(_answer, answers))


def _answer(value: Any) -> str:
    if value is None:
        return "no class of the model's"
    if isinstance(value, float):
        return significant(value) if isfinite(value) else "no number"
    return printable(value, LONGEST_ANSWER)
