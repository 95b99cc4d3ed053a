"""Hand-written cases: inputs, each with the answers that are right, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from modelgate.errors import Where

Input = str | dict[str, Any]
"""What the model is given: a text, or column -> value."""


Kind = Literal["MFT", "INV", "DIR"]
"""What a case asks, in CheckList's words: one of the right answers (minimum functionality), the
same answer to all of its inputs (invariance), or a score that moves one way only (direction)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Which way a score may not move from the first input of a case to the others.

    Attributes:
        up: whether it must not fall; else it must not rise.
        of: label -> how much its score counts; empty for the score of the class that the first
            input is answered with; None for the positive class's, or the number answered.
        unless: first answers that leave nothing to judge.
    """

    up: bool
    of: tuple[tuple[Any, float], ...] | None = None
    unless: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the model is asked, and what is right about its answer.

    Attributes:
        input: what the model is given.
        others: what it is given besides, of an INV or a DIR case.
        kind: what is asked of the answers.
        expect: the answers that are right, one or several: labels, or numbers; of an MFT case.
        moves: which way the score may not move; of a DIR case.
        critical: whether a wrong answer fails all cases together.
        capability: what the model shows by it, such as "negation"; "" where nobody said.
        test: the test that it is a case of; "" where nobody said.
        tolerance: by so much a number, or a score that moves, may be off.
        where: file and line.
    """

    input: Input
    others: tuple[Input, ...] = ()
    kind: Kind = "MFT"
    expect: tuple[Any, ...] = ()
    moves: Moves | None = None
    critical: bool = False
    capability: str = ""
    test: str = ""
    tolerance: float = 0.0
    where: Where

    @property
    def inputs(self) -> tuple[Input, ...]:
        """All that the model is given."""
        return (self.input, *self.others)

    @property
    def labels(self) -> tuple[Any, ...]:
        """All answers that are spoken of."""
        if self.moves is None:
            return self.expect
        return (*(label for label, _ in self.moves.of or ()), *self.moves.unless)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A template, and how many of its sentences are cases.

    Attributes:
        template: as it is written.
        cases: that were made of it.
        of: that could have been.
        where: file and line.
    """

    template: str
    cases: int
    of: int
    where: Where


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of one file.

    Attributes:
        path: the file.
        cases: at least one.
        filled: the templates that some of them were made of.
        left_out: cases that the file holds besides, about labels that the model does not know.
        files: what was read besides: lexicons.
    """

    path: Path
    cases: tuple[Case, ...]
    filled: tuple[Filled, ...] = ()
    left_out: int = 0
    files: tuple[Path, ...] = ()

    def __len__(self) -> int:
        return len(self.cases)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """How a step of a suite names cases.

    Attributes:
        path: the file.
        labels: the model's classes for the numbers 0, 1, ... of the file; empty where it says them.
    """

    path: Path
    labels: tuple[Any, ...] = ()


def schema_of(cases: Sequence[Case], inputs: Sequence[str]) -> pa.Schema:
    """Columns as the cases themselves show them, where there is no data to say.

    Args:
        cases: at least one.
        inputs: of the model; a text that stands alone feeds the only one.
    """
    rows = [one for case in cases for one in case.inputs if isinstance(one, dict)]
    if not rows:
        name = inputs[0] if len(inputs) == 1 else "text"
        return pa.schema([pa.field(name, pa.large_string())])
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.schema([pa.field(name, _type([row.get(name) for row in rows])) for name in names])


class Cell(str):
    """A cell of a table, as it is written: what it means is for the column's type to say."""

    __slots__ = ()

    @property
    def number(self) -> int | float | None:
        """The number that it writes; None where it writes none."""
        for kind in (int, float):
            try:
                return kind(self)
            except ValueError:
                continue
        return None

    @property
    def plain(self) -> int | float | str:
        """The number where it is written as one, else the text: "010" and "1e3" are texts."""
        number = self.number
        return number if number is not None and str(number) == self else str(self)


def _type(values: Sequence[Any]) -> pa.DataType:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, Cell) for value in known):
        numbers = [value.number for value in known]
        padded = any(value[:1] == "0" and value.isdigit() and len(value) > 1 for value in known)
        known = known if padded or None in numbers else numbers
    if known and all(isinstance(value, list) for value in known):
        inner = _type([one for value in known for one in value])
        return pa.list_(inner, len(known[0])) if known[0] else pa.list_(inner)
    if any(isinstance(value, str | list | dict) for value in known) or not known:
        return pa.large_string()
    if all(isinstance(value, bool) for value in known):
        return pa.bool_()
    return pa.int64() if all(isinstance(value, int) for value in known) else pa.float64()
