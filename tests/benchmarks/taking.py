"""What a figure is, the commands it times, and rounds that take turns."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks import material
from tests.benchmarks.measure import Cost

VERDICTS = (0, 1, 11)
"""A gate that promotes, blocks or holds has done its work; any other end has not."""
PROGRAM = str(Path(sys.executable).with_name("modelgate"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a measurement is: rows of the data, and rounds that take turns."""

    rows: int
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a measurement found.

    Attributes:
        value: the figure itself.
        parts: what it was made of, with units in the names.
        unclear: why this machine cannot tell just now; empty where it can.
    """

    value: float
    parts: Mapping[str, float] = field(default_factory=dict)
    unclear: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table.

    Attributes:
        name: for `--only`.
        what: what is divided by what.
        must: the figure may not be larger.
        aim: what we would like it to be.
        take: measures it.
    """

    name: str
    what: str
    must: float
    aim: float
    take: Callable[[Size], Taken]


def gate(
    model: str,
    data: Path,
    *,
    threads: int = 1,
    report: Path | None = None,
    cached: bool = False,
    drift: bool = False,
) -> list[str]:
    """The command line that a user would write."""
    return [
        *(PROGRAM, "check", str(material.model(model))),
        *("--data", str(data), "--target", material.TARGET),
        *("--suite", str(material.suite(model, drift=drift)), "--threads", str(threads)),
        *("--report", f"json:{report or material.CACHE / 'report.json'}"),
        *(() if cached else ("--no-cache",)),
    ]


def raw(model: str, data: Path) -> list[str]:
    """The frozen loop, in a process of its own."""
    return [sys.executable, "-m", "tests.benchmarks.frozen", str(material.model(model)), str(data)]


def in_turn(
    rounds: int, left: Callable[[], Cost], right: Callable[[], Cost]
) -> tuple[list[Cost], list[Cost]]:
    """Both in every round, the one first that was second before; one round goes by uncounted."""
    left()
    right()
    lefts, rights = [], []
    for number in range(rounds):
        if number % 2:
            rights.append(right())
            lefts.append(left())
        else:
            lefts.append(left())
            rights.append(right())
    return lefts, rights
