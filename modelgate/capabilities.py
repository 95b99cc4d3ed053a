"""What a model can do, as hand-written cases tell: capability by kind of case, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modelgate.report import Result

KINDS: Mapping[str, str] = {"MFT": "right answers", "INV": "the same answer", "DIR": "direction"}
"""What is asked of a case: CheckList's minimum functionality, invariance and direction."""
NONE = "-"
MOST_CAPABILITIES = 30
LEFT_OUT = "all {} capabilities are in the JSON report"


def is_matrix(result: Result) -> bool:
    """Whether a result tells of cases with capabilities, or of several kinds."""
    matrix = result.details.get("matrix")
    if not isinstance(matrix, Mapping) or not matrix:
        return False
    cells = [cell for row in matrix.values() for cell in (_cells(row) or [None])]
    return len(cells) > 1 and all(map(_is_count, cells))


def table(result: Result) -> list[list[str]]:
    """Lines of cells: the kinds of cases, then how many of each failed, capability by capability.

    Args:
        result: one that `is_matrix`.
    """
    matrix: Mapping[str, Mapping[str, Sequence[int]]] = result.details["matrix"]
    kinds = [kind for kind in KINDS if any(kind in row for row in matrix.values())]
    lines = [["failed of", *(f"{KINDS[kind]} ({kind})" for kind in kinds)]]
    for capability, row in list(matrix.items())[:MOST_CAPABILITIES]:
        told = (_told(row[kind]) if kind in row else NONE for kind in kinds)
        lines.append([str(capability), *told])
    return lines


def beneath(result: Result) -> str:
    """What is not in the table; "" where all is."""
    many = len(result.details["matrix"])
    return LEFT_OUT.format(f"{many:,}") if many > MOST_CAPABILITIES else ""


def _told(cell: Sequence[int]) -> str:
    failed, asked = cell
    return f"{failed:,} of {asked:,}"


def _cells(row: Any) -> list[Any] | None:
    """The cells of one capability; None where it has none, or of a kind that is unknown."""
    known = isinstance(row, Mapping) and set(row) <= set(KINDS)
    return list(row.values()) if known else None


def _is_count(cell: Any) -> bool:
    return (
        isinstance(cell, Sequence)
        and len(cell) == 2
        and all(isinstance(one, int) and not isinstance(one, bool) for one in cell)
    )
