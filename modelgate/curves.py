"""How good a model is while its inputs get worse, as people are shown it."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from modelgate.figures import number
from modelgate.report import Result

UNKNOWN = "no number"
MOST_STRENGTHS = 9


def is_curve(result: Result) -> bool:
    """Whether a result tells what it is at several strengths, or beside the champion's."""
    details = result.details
    strengths, curve = details.get("strengths"), details.get("curve")
    if not isinstance(strengths, Sequence) or not isinstance(curve, Sequence):
        return False
    if len(strengths) != len(curve) or len(curve) > MOST_STRENGTHS:
        return False
    return len(curve) > 1 or bool(details.get("champion"))


def table(result: Result) -> list[list[str]]:
    """Lines of cells: the strengths, from 0 for inputs as they are; the model; the champion.

    Args:
        result: one that `is_curve`.
    """
    details, unit = result.details, _unit(result)
    lines = [
        ["strength", "0", *map(str, details["strengths"])],
        ["model", *_cells(details.get("unchanged"), details["curve"], unit)],
    ]
    champion = details.get("champion")
    if isinstance(champion, Sequence) and len(champion) == len(details["curve"]):
        lines.append(["champion", *_cells(details.get("champion_unchanged"), champion, unit)])
    return lines


def beside(result: Result) -> str:
    """How far the whole of it lies from the champion's; "" where that is not known."""
    share, value = result.unit == "share", result.details.get("difference")
    if value is None or not _finite(value):
        return ""
    ends = result.details.get("difference_interval")
    between = ""
    if isinstance(ends, Sequence) and len(ends) == 2 and all(map(_finite, ends)):
        low, high = (_signed(end, share=share) for end in ends)
        between = f", between {low} and {high}"
    unit = "points" if share else result.unit
    return f"difference from the champion: {_signed(value, share=share)}{between} {unit}".rstrip()


def _cells(first: Any, others: Sequence[Any], unit: str) -> list[str]:
    return [number(one, unit) if _finite(one) else UNKNOWN for one in (first, *others)]


def _unit(result: Result) -> str:
    """As a cell has it: percent, or nothing."""
    return "share" if result.unit == "share" else ""


def _signed(value: float, *, share: bool) -> str:
    shown = f"{100 * value:+.1f}" if share else f"{value:+.3g}"
    return shown.replace("+0.0", "0.0") if shown in {"+0.0", "-0.0"} else shown


def _finite(value: Any) -> bool:
    return isinstance(value, float | int) and isfinite(value)
