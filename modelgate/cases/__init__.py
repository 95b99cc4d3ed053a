"""Hand-written cases: inputs, each with the answers that are right, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from modelgate.errors import Where

Input = str | dict[str, Any]
"""What the model is given: a text, or column -> value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One input and what is right about it.

    Attributes:
        input: what the model is given.
        expect: the answers that are right, one or several: labels, or numbers.
        critical: whether a wrong answer fails all cases together.
        capability: what the model shows by it, such as "negation"; "" where nobody said.
        tolerance: by so much a number may be off.
        where: file and line.
    """

    input: Input
    expect: tuple[Any, ...]
    critical: bool = False
    capability: str = ""
    tolerance: float = 0.0
    where: Where


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of one file.

    Attributes:
        path: the file.
        cases: at least one.
    """

    path: Path
    cases: tuple[Case, ...]

    def __len__(self) -> int:
        return len(self.cases)


def schema_of(cases: Sequence[Case], inputs: Sequence[str]) -> pa.Schema:
    """Columns as the cases themselves show them, where there is no data to say.

    Args:
        cases: at least one.
        inputs: of the model; a text that stands alone feeds the only one.
    """
    first = cases[0].input
    if isinstance(first, str):
        name = inputs[0] if len(inputs) == 1 else "text"
        return pa.schema([pa.field(name, pa.large_string())])
    names = list(dict.fromkeys(name for case in cases for name in _columns(case)))
    return pa.schema(
        [pa.field(name, _type([_cell(case, name) for case in cases])) for name in names]
    )


def _columns(case: Case) -> Sequence[str]:
    return list(case.input) if isinstance(case.input, dict) else []


def _cell(case: Case, name: str) -> Any:
    return case.input.get(name) if isinstance(case.input, dict) else None


def _type(values: Sequence[Any]) -> pa.DataType:
    known = [value for value in values if value is not None]
    if any(isinstance(value, str) for value in known) or not known:
        return pa.large_string()
    if all(isinstance(value, bool) for value in known):
        return pa.bool_()
    return pa.int64() if all(isinstance(value, int) for value in known) else pa.float64()
