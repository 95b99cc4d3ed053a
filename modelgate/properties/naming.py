"""What a property is about: a column, a class, one number of each answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Facts
from modelgate.arrays import is_number
from modelgate.errors import UsageError, did_you_mean
from modelgate.escape import shown
from modelgate.model import Model
from modelgate.predictions import Predictions


def told_number(
    model: Model, of: str | None
) -> tuple[Callable[[Predictions], NDArray[np.float64]], str]:
    """The one number that an answer is about, and its name.

    Raises:
        UsageError: MG2152, the class is none of the model's, or has to be named; MG2150, there are
            no classes.
    """
    facts = model.facts
    if facts.task == "regression":
        if of is not None:
            raise UsageError("MG2150", "`of:` names a class, and the model answers values")
        return values_of, "value"
    position = _class(facts, of)

    def score(answers: Predictions) -> NDArray[np.float64]:
        if answers.scores is None:  # labels alone: sure of its answer, or of another
            assert answers.labels is not None
            return np.asarray(answers.labels == position, dtype=np.float64)
        return np.asarray(answers.scores[:, position], dtype=np.float64)

    return score, f"score of {shown(facts.classes[position])}"


def _class(facts: Facts, of: str | None) -> int:
    names = [str(one) for one in facts.classes]
    if of is None and facts.positive is not None:
        return facts.positive
    if of is None:
        raise UsageError(
            "MG2152",
            f"which class's score is meant? There are {', '.join(map(shown, names[:8]))}",
            hint="write of: CLASS",
        )
    if of not in names:
        raise UsageError("MG2152", f"there is no class {shown(of)}; {did_you_mean(of, names)}")
    return names.index(of)


def number_column(name: str | None, model: Model) -> str:
    """A column of numbers that feeds the model, by its name.

    Raises:
        UsageError: MG2150, none is named; MG2151, there is none of that name, or none of numbers.
    """
    if name is None:
        raise UsageError(
            "MG2150", "the property 'monotone' needs `column:`", hint="write column: NAME"
        )
    if name not in model.columns:
        near = did_you_mean(name, model.columns)
        raise UsageError("MG2151", f"no column {shown(name)} feeds the model; {near}")
    kind = model.schema.field(name).type
    if not is_number(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind):
        raise UsageError(
            "MG2151", f"the column {shown(name)} holds {kind}; monotone is a matter of numbers"
        )
    return name


def scores_of(answers: Predictions) -> NDArray[np.float64]:
    """(n, classes) probabilities."""
    assert answers.scores is not None
    return answers.scores.astype(np.float64)


def values_of(answers: Predictions) -> NDArray[np.float64]:
    """(n,) numbers of a regression."""
    assert answers.values is not None
    return answers.values.astype(np.float64)
