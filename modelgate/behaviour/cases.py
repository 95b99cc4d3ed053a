"""Hand-written cases as rows that a model takes, and which of its answers are right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Facts
from modelgate.arrays import is_text
from modelgate.binding import listed
from modelgate.binding.labels import key
from modelgate.cases import Case, Cases
from modelgate.errors import MistakesError, UsageError
from modelgate.escape import shown
from modelgate.predictions import Predictions


def rows_of(cases: Cases, schema: pa.Schema) -> pa.RecordBatch:
    """The inputs as rows of these columns.

    Args:
        cases: the cases.
        schema: of the columns that feed the model.

    Raises:
        MistakesError: MG2143, inputs lack a column, or are texts where there are several;
            MG2144, a value is none of the column's type.
    """
    mistakes: list[UsageError] = []
    given = [_row(case, schema, mistakes) for case in cases.cases]
    if mistakes:
        raise MistakesError(mistakes)
    arrays = [
        _column(field, [row[field.name] for row in given], cases.cases, mistakes)
        for field in schema
    ]
    if mistakes:
        raise MistakesError(mistakes)
    return pa.RecordBatch.from_arrays(arrays, names=schema.names)


def right(cases: Cases, facts: Facts, answers: Predictions) -> NDArray[np.bool_]:
    """(n,) whether each answer is one of those that are right.

    Raises:
        MistakesError: MG2145, answers are expected that the model cannot give.
    """
    if facts.task == "regression":
        return _near(cases, answers)
    refuse_unknown(cases, facts.classes)
    places = {key(label): place for place, label in enumerate(facts.classes)}
    assert answers.labels is not None
    good = [{places[key(label)] for label in case.expect} for case in cases.cases]
    found = np.array([int(a) in g for a, g in zip(answers.labels, good, strict=True)])
    if answers.scores is not None:
        found &= np.isfinite(answers.scores).all(axis=1)
    return found


def refuse_unknown(cases: Cases, classes: Sequence[Any]) -> None:
    """Only what a model can answer can be expected of it.

    Raises:
        MistakesError: MG2145, each answer that is none of the classes.
    """
    keys, known = set(map(key, classes)), listed(list(classes))
    mistakes = [
        UsageError(
            "MG2145",
            f"{_quoted(label)} is expected, and the model answers {known}",
            where=case.where,
        )
        for case in cases.cases
        for label in case.expect
        if key(label) not in keys
    ]
    if mistakes:
        raise MistakesError(mistakes)


def _near(cases: Cases, answers: Predictions) -> NDArray[np.bool_]:
    strange = [
        UsageError(
            "MG2145",
            f"{_quoted(label)} is expected, and the model answers numbers",
            where=case.where,
        )
        for case in cases.cases
        for label in case.expect
        if isinstance(label, str | bool)
    ]
    if strange:
        raise MistakesError(strange)
    assert answers.values is not None
    return np.array(
        [
            any(abs(float(value) - float(one)) <= case.tolerance for one in case.expect)
            for value, case in zip(answers.values, cases.cases, strict=True)
        ]
    )


def _row(case: Case, schema: pa.Schema, mistakes: list[UsageError]) -> dict[str, Any]:
    """Column -> value."""
    if isinstance(case.input, str):
        if len(schema) == 1 and is_text(schema.field(0).type):
            return {schema.names[0]: case.input}
        message = f"the model takes {listed(list(schema.names))}, not one text"
        hint = "write `input: {COLUMN: VALUE, ...}`"
        mistakes.append(UsageError("MG2143", message, where=case.where, hint=hint))
        return {}
    absent = [name for name in schema.names if name not in case.input]
    if absent:
        message = f"the input lacks {listed(absent)}, which the model reads"
        hint = "write `null` for a value that is missing"
        mistakes.append(UsageError("MG2143", message, where=case.where, hint=hint))
    return case.input


def _column(
    field: pa.Field, values: list[Any], cases: Sequence[Case], mistakes: list[UsageError]
) -> pa.Array:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if is_text(kind):
        values = [None if value is None else str(value) for value in values]
    try:
        return pa.array(values, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        for value, case in zip(values, cases, strict=True):
            try:
                pa.array([value], kind)
            except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
                message = f"{field.name!r} takes {kind}, not {_quoted(value)}"
                mistakes.append(UsageError("MG2144", message, where=case.where))
        return pa.nulls(len(values), kind)


def _quoted(value: Any) -> str:
    return shown(value) if isinstance(value, str) else repr(value)[:60]
