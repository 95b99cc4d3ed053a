"""The properties that every suite can name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isnan

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import numbers
from modelgate.errors import UsageError
from modelgate.escape import shown
from modelgate.model import Model
from modelgate.predictions import Predictions
from modelgate.properties.asked import (
    Answered,
    Flags,
    Property,
    alone,
    beside,
    reordered,
    twice,
)
from modelgate.properties.naming import number_column, scores_of, told_number

SUM_TOLERANCE = 1e-3
"""Of probabilities: the same as that of the check `signature`."""
ROUNDING = 1e-5
"""Of two answers to one row, as a share of the larger of 1 and the answer: what the order of
additions in float32 may do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a suite says of a property.

    Attributes:
        column: that `monotone` is about.
        increasing: whether its answer may only rise with the column; else only fall.
        of: the class whose score is meant; None for the positive one.
        lowest: the least answer for `range`.
        highest: the largest.
        tolerance: how much an answer may be off; None for the property's own.
    """

    column: str | None = None
    increasing: bool = True
    of: str | None = None
    lowest: float | None = None
    highest: float | None = None
    tolerance: float | None = None


def known(name: str, wish: Wish, model: Model, answers: Predictions) -> Property | str:
    """A property by its name, or why it is none of this model.

    Args:
        name: one of `finite`, `sums_to_one`, `range`, `monotone`, `row_order`, `duplicates`.
        wish: what the suite says of it.
        model: that it is asked of.
        answers: some of the model's.

    Raises:
        UsageError: MG2150, a setting is missing, or is none of this property; MG2151, the model has
            no such column, or none of numbers; MG2152, there is no such class; MG2153, a number
            makes no sense.
    """
    _refuse_strange(name, wish)
    if name == "sums_to_one" and answers.scores is None:
        return "the model answers no probabilities"
    return _KNOWN[name](wish, model)


_OWN: Mapping[str, frozenset[str]] = {
    "finite": frozenset(),
    "sums_to_one": frozenset({"tolerance"}),
    "range": frozenset({"of", "lowest", "highest", "tolerance"}),
    "monotone": frozenset({"column", "increasing", "of", "tolerance"}),
    "row_order": frozenset({"tolerance"}),
    "duplicates": frozenset({"tolerance"}),
}


def _refuse_strange(name: str, wish: Wish) -> None:
    usual = Wish()
    for key in Wish.__dataclass_fields__:
        if getattr(wish, key) != getattr(usual, key) and key not in _OWN[name]:
            takes = ", ".join(sorted(_OWN[name])) or "none but `examples` and `reach`"
            raise UsageError(
                "MG2150", f"the property {name!r} has no setting {key!r}; it takes {takes}"
            )
    if wish.tolerance is not None and not 0 <= wish.tolerance < float("inf"):
        raise UsageError("MG2153", f"a tolerance is 0 or more, not {wish.tolerance:g}")
    for bound in (wish.lowest, wish.highest):
        if bound is not None and isnan(bound):
            raise UsageError("MG2153", "lowest and highest are numbers")
    if wish.lowest is not None and wish.highest is not None and wish.lowest > wish.highest:
        raise UsageError("MG2153", f"lowest: {wish.lowest:g} lies above highest: {wish.highest:g}")


def _finite(wish: Wish, model: Model) -> Property:
    del wish
    what = "value" if model.facts.task == "regression" else "score"

    def held(asked: Answered) -> Flags:
        parts = [asked.answers.scores, asked.answers.values]
        found = np.ones(len(asked.rows), dtype=np.bool_)
        for part in parts:
            if part is not None:
                found &= np.isfinite(part).reshape(len(found), -1).all(axis=1)
        if asked.answers.labels is not None:
            found &= asked.answers.labels >= 0
        return found

    return Property(name="finite", says=f"every {what} is a finite number", held=held, ask=alone)


def _sums_to_one(wish: Wish, model: Model) -> Property:
    del model
    tolerance = SUM_TOLERANCE if wish.tolerance is None else wish.tolerance

    def held(asked: Answered) -> Flags:
        scores = scores_of(asked.answers)
        inside = ((scores >= -tolerance) & (scores <= 1 + tolerance)).all(axis=1)
        return np.asarray(inside & (np.abs(scores.sum(axis=1) - 1) <= tolerance))

    return Property(
        name="sums_to_one",
        says="probabilities lie in [0, 1] and sum to one",
        held=held,
        ask=alone,
    )


def _range(wish: Wish, model: Model) -> Property:
    lowest, highest = wish.lowest, wish.highest
    if lowest is None and highest is None:
        if model.facts.task == "regression":
            raise UsageError(
                "MG2150",
                "the property 'range' needs `lowest:` or `highest:`",
                hint="write the least and the largest value that makes sense, such as lowest: 0",
            )
        lowest, highest = 0.0, 1.0
    answer, what = told_number(model, wish.of)
    tolerance = wish.tolerance or 0.0
    low = -np.inf if lowest is None else lowest - tolerance
    high = np.inf if highest is None else highest + tolerance

    def held(asked: Answered) -> Flags:
        found = answer(asked.answers)
        return (found >= low) & (found <= high)

    ends = [f"at least {lowest:g}"] if lowest is not None else []
    ends += [f"at most {highest:g}"] if highest is not None else []
    return Property(name="range", says=f"the {what} is {' and '.join(ends)}", held=held, ask=alone)


def _monotone(wish: Wish, model: Model) -> Property:
    column = number_column(wish.column, model)
    answer, what = told_number(model, wish.of)
    tolerance = 1e-6 if wish.tolerance is None else wish.tolerance
    other = f"{column} (another)"
    while other in model.columns:
        other += "'"

    def sides(rows: pa.RecordBatch) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        pair = []
        for name in (column, other):
            values, absent = numbers(rows.column(name))
            real = values.astype(np.float64)
            pair.append(real if absent is None else np.where(absent, np.nan, real))
        return pair[0], pair[1]

    def raised(rows: pa.RecordBatch) -> pa.RecordBatch:
        place = rows.schema.get_field_index(other)
        return rows.set_column(
            rows.schema.get_field_index(column), rows.schema.field(column), rows.column(place)
        )

    def counts(asked: Answered) -> Flags:
        first, second = sides(asked.rows)
        return (first < second) | (first > second)  # missing ones are neither

    def held(asked: Answered) -> Flags:
        assert asked.after is not None
        first, second = sides(asked.rows)
        before, after = answer(asked.answers), answer(asked.after)
        up = np.where(second > first, after - before, before - after)
        slack = (
            tolerance * np.maximum(1, np.abs(before))
            if model.facts.task == "regression"
            else tolerance
        )
        return up >= -slack if wish.increasing else up <= slack

    moves = "falls" if wish.increasing else "rises"
    return Property(
        name="monotone",
        says=f"the {what} never {moves} as {shown(column)} rises",
        held=held,
        ask=beside(raised),
        counts=counts,
        beside={other: column},
    )


def _row_order(wish: Wish, model: Model) -> Property:
    del model
    return Property(
        name="row_order",
        says="a row is answered alike whatever the order of the rows",
        held=_alike(wish),
        ask=reordered,
        counts=lambda asked: np.full(len(asked.rows), len(asked.rows) > 1),
        alone=False,
    )


def _duplicates(wish: Wish, model: Model) -> Property:
    del model
    return Property(
        name="duplicates",
        says="a row that stands twice in one call is answered alike both times",
        held=_alike(wish),
        ask=twice,
        alone=False,
    )


def _alike(wish: Wish) -> Callable[[Answered], Flags]:
    """Whether both answers agree: numbers up to rounding, labels but for ties."""
    tolerance = ROUNDING if wish.tolerance is None else wish.tolerance

    def held(asked: Answered) -> Flags:
        one, other = asked.answers, asked.after
        assert other is not None
        found = np.ones(len(asked.rows), dtype=np.bool_)
        for first, second in ((one.scores, other.scores), (one.values, other.values)):
            if first is not None and second is not None:
                apart = np.abs(first - second) / np.maximum(1, np.abs(first))
                same = (first == second) | (np.isnan(first) & np.isnan(second))
                found &= ((apart <= tolerance) | same).reshape(len(found), -1).all(axis=1)
        if one.labels is not None and other.labels is not None:
            found &= (one.labels == other.labels) | _tied(one, tolerance)
        return found

    return held


def _tied(answers: Predictions, tolerance: float) -> Flags:
    """(n,) whether the two best scores are equal up to rounding, so that either label is right."""
    if answers.scores is None or answers.scores.shape[1] < 2:
        return np.zeros(len(answers), dtype=np.bool_)
    best = np.sort(answers.scores, axis=1)[:, -2:]
    return np.asarray(best[:, 1] - best[:, 0] <= 2 * tolerance)


_KNOWN: Mapping[str, Callable[[Wish, Model], Property]] = {
    "finite": _finite,
    "sums_to_one": _sums_to_one,
    "range": _range,
    "monotone": _monotone,
    "row_order": _row_order,
    "duplicates": _duplicates,
}
