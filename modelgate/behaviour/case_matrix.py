"""Hand-written cases counted by what they ask of a model: capability by kind, and test by test."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from modelgate.behaviour.case_verdicts import Verdicts
from modelgate.cases import Case, Cases

OTHERS = "all others"
"""The capability of cases that name none."""


def by_capability(cases: Cases, found: Verdicts) -> dict[str, dict[str, list[int]]]:
    """Capability -> MFT, INV or DIR -> how many cases failed, and how many were judged."""
    counts = _counted(cases, found, lambda case: (case.capability or OTHERS, case.kind))
    table: dict[str, dict[str, list[int]]] = {}
    for (capability, kind), (failed, asked, _) in counts.items():
        table.setdefault(capability, {})[kind] = [failed, asked]
    return table


def by_test(cases: Cases, found: Verdicts) -> list[dict[str, Any]]:
    """Each test that has a name: its cases that failed, that were judged, that were set aside."""
    counts = _counted(cases, found, lambda case: (case.test, case.capability, case.kind))
    return [
        {
            "test": test,
            "capability": capability,
            "type": kind,
            "failed": failed,
            "cases": asked,
            "set_aside": aside,
        }
        for (test, capability, kind), (failed, asked, aside) in counts.items()
        if test
    ]


def _counted(
    cases: Cases, found: Verdicts, named: Callable[[Case], Hashable]
) -> dict[Any, list[int]]:
    """Name -> cases that failed, that were judged, that were set aside; in the file's order."""
    counts: dict[Any, list[int]] = {}
    for case, wrong, asked in zip(cases.cases, found.wrong, found.asked, strict=True):
        one = counts.setdefault(named(case), [0, 0, 0])
        one[0] += bool(wrong)
        one[1] += bool(asked)
        one[2] += not asked
    return counts
