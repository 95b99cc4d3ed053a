"""Hand-written cases as rows that a model takes, and as answers that it can give."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any

import pyarrow as pa

from modelgate.aggregates import Facts
from modelgate.arrays import is_text
from modelgate.binding import listed
from modelgate.binding.labels import key
from modelgate.cases import Case, Cases, Cell, Input
from modelgate.cases.written import KEYS
from modelgate.errors import MistakesError, UsageError
from modelgate.escape import shown

LARGEST = {"halffloat": 65504.0, "float": 3.4028234663852886e38, "double": float("inf")}
"""Type of Arrow -> its largest number."""


def rows_of(cases: Cases, schema: pa.Schema) -> pa.RecordBatch:
    """The inputs as rows of these columns: all of the first case, all of the second, and so on.

    Args:
        cases: the cases.
        schema: of the columns that feed the model.

    Raises:
        MistakesError: MG2143, inputs lack a column, or are texts where there are several;
            MG2144, a value is none of the column's type; all of them.
    """
    mistakes: list[UsageError] = []
    flat = [(given, case) for case in cases.cases for given in case.inputs]
    rows = [_row(given, case, schema, mistakes) for given, case in flat]
    owners = [case for _, case in flat]
    arrays = [
        _column(field, [row.get(field.name) for row in rows], owners, mistakes) for field in schema
    ]
    if mistakes:
        raise MistakesError(mistakes)
    return pa.RecordBatch.from_arrays(arrays, names=schema.names)


def refuse_absent_images(cases: Cases, columns: Collection[str]) -> None:
    """Every image file that a case names can be opened.

    Args:
        cases: the cases.
        columns: that hold names of image files; names are relative to the file of cases.

    Raises:
        MistakesError: MG2154, each file that is not there, or must not be read.
    """
    folder = cases.path.parent
    found = {
        (case.where, name): UsageError(
            "MG2154",
            f"there is no image file {shown(name, 100)}",
            where=case.where,
            hint=f"names of images are relative to the folder of the cases ({folder})",
        )
        for case in cases.cases
        for given in case.inputs
        for name in ([given] if isinstance(given, str) else map(given.get, columns))
        if columns and isinstance(name, str) and not _can_be_read(folder, name)
    }
    if found:
        raise MistakesError(list(found.values()))


def _can_be_read(folder: Path, name: str) -> bool:
    """Whether there is such a file; what leads out of the folder is refused elsewhere."""
    try:
        return (folder / name).is_file() and os.access(folder / name, os.R_OK)
    except (OSError, ValueError):  # too long a name, or one with a zero in it
        return False


def refuse_strange(cases: Cases, facts: Facts) -> None:
    """Only what a model can answer can be expected of it.

    Raises:
        MistakesError: MG2145, each answer that it cannot give.
    """
    if facts.task == "classification":
        refuse_unknown(cases, facts.classes)
        _refuse_unnamed(cases, facts)
        return
    _refuse(cases, lambda label: isinstance(label, str | bool), "the model answers numbers")
    watched = next((case for case in cases.cases if case.moves and case.moves.of is not None), None)
    if watched is not None:
        message = "there is no class whose score could move: the model answers numbers"
        raise MistakesError([UsageError("MG2145", message, where=watched.where)])


def refuse_unknown(cases: Cases, classes: Sequence[Any]) -> None:
    """Only the model's classes can be expected of it.

    Raises:
        MistakesError: MG2145, each answer that is none of them.
    """
    keys = set(map(key, classes))
    _refuse(
        cases, lambda label: key(label) not in keys, f"the model answers {listed(list(classes))}"
    )


def _refuse_unnamed(cases: Cases, facts: Facts) -> None:
    """Of more than two classes none is the positive one."""
    if facts.positive is not None:
        return
    mistakes = [
        UsageError(
            "MG2145",
            f"which class's score is meant? The model answers {listed(list(facts.classes))}",
            where=case.where,
            hint="write `of: CLASS` into the case",
        )
        for case in cases.cases
        if case.moves is not None and case.moves.of is None
    ]
    if mistakes:
        raise MistakesError(mistakes)


def _refuse(cases: Cases, strange: Callable[[Any], bool], known: str) -> None:
    """Name each strange label once a place: a test of CheckList has many cases in one line."""
    found = {
        (case.where, label): UsageError(
            "MG2145",
            f"{_quoted(label)} is expected, and {known}",
            where=case.where,
            hint="write the classes for 0, 1, ... into the step: `labels: [...]`"
            if isinstance(label, int)
            else None,
        )
        for case in cases.cases
        for label in case.labels
        if strange(label)
    }
    if found:
        raise MistakesError(list(found.values()))


def _row(given: Input, case: Case, schema: pa.Schema, mistakes: list[UsageError]) -> dict[str, Any]:
    """Column -> value."""
    if isinstance(given, str):
        if len(schema) == 1 and is_text(schema.field(0).type):
            return {schema.names[0]: given}
        message = f"the model takes {listed(list(schema.names))}, not one text"
        hint = "write `input: {COLUMN: VALUE, ...}`"
        mistakes.append(UsageError("MG2143", message, where=case.where, hint=hint))
        return {}
    absent = [name for name in schema.names if name not in given]
    if absent:
        message = f"the input lacks {listed(absent)}, which the model reads"
        hint = "write `null` for a value that is missing"
        mistakes.append(UsageError("MG2143", message, where=case.where, hint=hint))
    for name in given:
        near = get_close_matches(name.casefold(), KEYS, 1, 0.8)
        if name not in schema.names and near:
            message = f"the model reads no column {name!r}, and a case has no such word"
            hint = f"did you mean {near[0]!r}?"
            mistakes.append(UsageError("MG2143", message, where=case.where, hint=hint))
    return given


def _column(
    field: pa.Field, values: list[Any], cases: Sequence[Case], mistakes: list[UsageError]
) -> pa.Array:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if is_text(kind):
        values = [str(value) if _is_plain(value) else value for value in values]
    else:
        values = [_meant(value, kind) if isinstance(value, Cell) else value for value in values]
    found = _array(values, kind)
    if found is not None:
        return found
    for value, case in zip(values, cases, strict=True):
        if _array([value], kind) is None:
            message = f"{field.name!r} takes {kind}, not {_quoted(value)}"
            mistakes.append(UsageError("MG2144", message, where=case.where))
    return pa.nulls(len(values), kind)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array | None:
    """A column of these values; None where one of them would become another."""
    try:
        return None if any(_bends(value, kind) for value in values) else pa.array(values, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return None


def _bends(value: Any, kind: pa.DataType) -> bool:
    """Whether Arrow would take the value without a word, and make another of it."""
    if isinstance(value, list) and hasattr(kind, "value_type"):
        return any(_bends(one, kind.value_type) for one in value)
    if isinstance(value, dict) and pa.types.is_struct(kind):
        return any(_bends(value.get(field.name), field.type) for field in kind)
    if isinstance(value, bool):
        return not pa.types.is_boolean(kind)
    if not isinstance(value, int | float):
        return False
    if pa.types.is_integer(kind):
        return value != value // 1
    if pa.types.is_floating(kind):
        return isfinite(value) and abs(value) > LARGEST[str(kind)]
    return not (pa.types.is_decimal(kind) or is_text(kind))


def _meant(cell: Cell, kind: pa.DataType) -> Any:
    """What a cell of a table says in a column that holds no texts; as it stands where nothing."""
    if pa.types.is_boolean(kind):
        return {"true": True, "false": False}.get(cell.strip().casefold(), str(cell))
    return str(cell) if cell.number is None else cell.number


def _is_plain(value: Any) -> bool:
    """Whether a text can be meant by it: a number may stand without quotes."""
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _quoted(value: Any) -> str:
    return shown(value) if isinstance(value, str) else repr(value)[:60]
