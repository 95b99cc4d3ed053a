"""Properties of a project's own: a function in a file of its `checks/`, `must_hold` above it."""

from __future__ import annotations

from collections.abc import Callable
from inspect import cleandoc
from typing import Any, TypeVar

import pyarrow as pa

from modelgate.declaring import DECLARED, check
from modelgate.errors import CheckCrashedError, ModelgateError
from modelgate.escape import one_line, shown
from modelgate.kept import Kept
from modelgate.model import Model
from modelgate.outcome import Outcome, Severity
from modelgate.properties.asked import Answered, Property, alone, beside
from modelgate.properties.bounded import bounded
from modelgate.properties.domains import Reach
from modelgate.properties.told import outcome_of
from modelgate.provided import Sample

Holds = TypeVar("Holds", bound=Callable[..., Any])
Change = Callable[[pa.RecordBatch], pa.RecordBatch]


def must_hold(
    *,
    change: Change | None = None,
    family: str = "behaviour",
    tasks: tuple[str, ...] = ("classification", "regression"),
    severity: Severity | str = Severity.MAJOR,
) -> Callable[[Holds], Holds]:
    """Declare a function as a property, and thereby as a check of its name.

    The function is given n rows of the columns that feed the model, and the `Predictions` of them;
    it says of each whether the property holds, by (n,) booleans. With `change` it is also given
    the changed rows and the answers to those. A comparison with an answer that is not a number is
    false, as it should be. The first line of its docstring is the property in words.

    Args:
        change: (rows) -> as many rows of the same columns and types; the same whenever it is asked.
        family: the folder under `checks/`.
        tasks: the tasks it can judge.
        severity: the default, where a suite is silent.

    Returns:
        The function itself, with the declaration of a check fastened to it, which has the settings
        `examples` and `reach` of the check `property`, and allows no input that breaks it.
    """

    def declare(function: Holds) -> Holds:
        rule = _property(function, change)

        def ask(
            model: Model,
            sample: Sample,
            kept: Kept | None,
            *,
            examples: int = 1_000,
            reach: Reach = "beyond",
        ) -> Outcome:
            return outcome_of(rule, model, sample, examples=examples, reach=reach, kept=kept)

        ask.__name__ = function.__name__
        declared = check(family=family, tasks=tasks, severity=severity, at_most=0)(ask)
        ask.__doc__ = function.__doc__
        vars(ask)["__wrapped__"] = function  # whoever looks for its lines finds the file
        setattr(function, DECLARED, vars(declared)[DECLARED])
        return function

    return declare


def _property(function: Callable[..., Any], change: Change | None) -> Property:
    name = function.__name__
    told = cleandoc(function.__doc__ or name.replace("_", " ")).splitlines()[0]

    def held(asked: Answered) -> Any:
        changed = () if change is None else (asked.changed, asked.after)
        with bounded(function):
            return function(asked.rows, asked.answers, *changed)

    return Property(
        name=name,
        says=told.strip().rstrip("."),
        ask=alone if change is None else beside(_sound(name, change)),
        held=held,
    )


def _sound(name: str, change: Change) -> Change:
    """The change, held to what it has to answer."""

    def changed(rows: pa.RecordBatch) -> pa.RecordBatch:
        try:
            with bounded(change):
                found = change(rows)
        except ModelgateError:
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {one_line(error)}"
            message = f"the change of the property {shown(name)} raised {reason}"
            raise CheckCrashedError("MG4070", message) from error
        if not isinstance(found, pa.RecordBatch):
            raise _wrong(name, f"{type(found).__name__}, no RecordBatch")
        if len(found) != len(rows):
            raise _wrong(name, f"{len(found)} rows for {len(rows)}")
        for field in rows.schema:
            place = found.schema.get_field_index(field.name)
            if place < 0 or found.schema.field(place).type != field.type:
                there = "nothing" if place < 0 else str(found.schema.field(place).type)
                raise _wrong(name, f"{there} for the column {shown(field.name)} of {field.type}")
        return found.select(rows.schema.names)

    return changed


def _wrong(name: str, what: str) -> CheckCrashedError:
    return CheckCrashedError("MG4071", f"the change of the property {shown(name)} answered {what}")
