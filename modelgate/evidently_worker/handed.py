"""What Evidently gets of two samples: their rows, and which column is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from modelgate.aggregates import Facts
from modelgate.binding.labels import is_missing, key
from modelgate.errors import UsageError
from modelgate.escape import shown
from modelgate.surveys.row_sample import AnsweredRows, RowSample

FEW_WHOLE = 10
"""Distinct whole numbers up to which Evidently takes a column for categories."""
TARGET, ANSWER, SCORE = "target", "prediction", "score"
"""What the columns of a model's answers are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What is handed over.

    Attributes:
        reference, current: n rows of each, in the same columns.
        definition: for Evidently's `DataDefinition`: "numerical", "categorical", "text" and
            "datetime" -> columns; "task" -> which of them is the target, and which the answer.
        notes: what was left out, for people.
        lack: why nothing can be told of it; None where something can.
    """

    reference: pa.Table
    current: pa.Table
    definition: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    lack: str | None = None


@dataclass(slots=True)
class _Columns:
    """Columns that are handed over, as they come."""

    reference: dict[str, pa.Array] = field(default_factory=dict)
    current: dict[str, pa.Array] = field(default_factory=dict)
    kinds: dict[str, list[str]] = field(
        default_factory=lambda: {"numerical": [], "categorical": [], "text": [], "datetime": []}
    )

    def add(self, name: str, kind: str, one: pa.Array, two: pa.Array) -> None:
        self.reference[name], self.current[name] = one, two
        self.kinds[kind].append(name)


def rows_handed(
    reference: RowSample, current: RowSample, columns: Sequence[str] | None = None
) -> Handed:
    """The columns that both have, each taken for what Evidently would take both together for.

    Its own guess looks at each side by itself, so that a column may be numbers there and categories
    here. Labels are categories, however many there are.

    Args:
        reference: what is compared with.
        current: what is judged.
        columns: only these; all that both have, where None.

    Raises:
        UsageError: MG2260, a column is not there; MG2293, it holds what Evidently cannot take.
    """
    shared = [one for one in reference.layout.schema.names if one in current.layout.schema.names]
    wanted = shared if columns is None else list(dict.fromkeys(columns))
    if lost := [one for one in wanted if one not in shared]:
        raise UsageError("MG2260", f"no column {shown(lost[0])} stands in both sets of rows")
    facts = current.layout.facts
    found, left = _Columns(), []
    for name in wanted:
        one, two = reference.rows.column(name), current.rows.column(name)
        one, two = _alike(one, two)
        kind = None if one is None or two is None else _kind(one, two)
        if kind is None:
            left.append(name)
            continue
        if name == current.layout.target and facts is not None and facts.classes:
            kind = "categorical"
        found.add(name, kind, one, two)
    if left and columns is not None:
        holds = current.layout.schema.field(left[0]).type
        raise UsageError("MG2293", f"Evidently cannot take the column {shown(left[0])}: {holds}")
    notes = [f"left out, since Evidently cannot take it: {', '.join(left)}"] if left else []
    return Handed(
        reference=pa.table(found.reference),
        current=pa.table(found.current),
        definition=found.kinds | {"task": None},
        notes=tuple(notes),
        lack=None if found.current else "there is no column that Evidently can take",
    )


def answers_handed(
    reference: AnsweredRows, current: AnsweredRows, task: str, name: str = "the step"
) -> Handed:
    """The right answers and the model's, of the rows that have a right one.

    Args:
        reference: what is compared with.
        current: what is judged.
        task: that Evidently's preset or metric judges.
        name: of that, for the message.

    Raises:
        UsageError: MG2294, the model answers to another task.
    """
    facts = current.layout.facts
    if facts is None or facts.task != task:
        told = "unknown" if facts is None else facts.task
        raise UsageError("MG2294", f"{name} judges {task}, and the model's task is {told}")
    sides = [_answered(side, facts) for side in (reference, current)]
    names = ("the reference", "the data")
    lacks = [f"{name} {side.lack}" for side, name in zip(sides, names, strict=True) if side.lack]
    notes = tuple(
        f"{side.unlabelled:,} rows of {name} without a right answer are left out"
        for side, name in zip(sides, names, strict=True)
        if side.unlabelled
    )
    return Handed(
        reference=pa.table(sides[0].columns),
        current=pa.table(sides[1].columns),
        definition=_definition(facts, set(sides[0].columns) & set(sides[1].columns)),
        notes=notes,
        lack=lacks[0] if lacks else None,
    )


@dataclass(frozen=True, slots=True)
class _Answered:
    """One side's right answers and the model's."""

    columns: Mapping[str, Any]
    unlabelled: int = 0
    lack: str | None = None


def _answered(sample: AnsweredRows, facts: Facts) -> _Answered:
    target = sample.layout.target
    if target is None or target not in sample.layout.schema.names:
        return _Answered({}, lack="has no right answers")
    truth = sample.rows.column(target)
    if facts.task == "regression":
        right = np.asarray(truth.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
        there = np.isfinite(right)
        given = sample.answered.values
        if given is None or not np.isfinite(given[there]).all():
            return _Answered({}, lack="holds answers of the model that are no finite numbers")
        columns: dict[str, Any] = {TARGET: right[there], ANSWER: given[there].astype(np.float64)}
        return _Answered(columns, int((~there).sum()))
    return _classified(sample, facts, truth.to_pylist())


def _classified(sample: AnsweredRows, facts: Facts, truth: Sequence[Any]) -> _Answered:
    """Classes by their names: Evidently mistakes numbers for probabilities."""
    words = {key(label): str(label) for label in facts.classes}
    right = [None if is_missing(label) else words.get(key(label)) for label in truth]
    there = np.array([word is not None for word in right], dtype=np.bool_)
    labels, scores = sample.answered.labels, sample.answered.scores
    sound = labels is not None and bool((labels[there] >= 0).all())
    if not sound or not (scores is None or np.isfinite(scores[there]).all()):
        return _Answered({}, lack="holds answers of the model that are no class, or not finite")
    assert labels is not None
    names = [str(label) for label in facts.classes]
    columns: dict[str, Any] = {
        _free(TARGET, facts): [word for word in right if word is not None],
        _free(ANSWER, facts): [names[label] for label in labels[there]],
    }
    if scores is not None:
        columns |= {name: scores[there, place] for name, place in _scores(facts).items()}
    return _Answered(columns, int((~there).sum()))


def _free(name: str, facts: Facts) -> str:
    """A name that no class bears: the columns of scores are called as the classes are."""
    while name in map(str, facts.classes):
        name += "_"
    return name


def _scores(facts: Facts) -> dict[str, int]:
    """Column -> whose scores stand there: of two classes one says all."""
    if facts.positive is not None:
        return {SCORE: facts.positive}
    return {str(label): place for place, label in enumerate(facts.classes)}


def _definition(facts: Facts, there: set[str]) -> dict[str, Any]:
    scores = [name for name in _scores(facts) if name in there] if facts.classes else []
    target, answer = _free(TARGET, facts), _free(ANSWER, facts)
    words, numbers = [target, answer], scores
    if facts.task == "regression":
        words, numbers = [], [target, answer]
    task = {
        "task": facts.task,
        "target": target,
        "answer": answer,
        "scores": scores,
        "classes": [str(label) for label in facts.classes],
        "positive": None if facts.positive is None else str(facts.classes[facts.positive]),
    }
    kinds = {"numerical": numbers, "categorical": words, "text": [], "datetime": []}
    return {**kinds, "task": task}


def _alike(one: pa.Array, two: pa.Array) -> tuple[pa.Array | None, pa.Array | None]:
    """Both in one type that pandas has; None where there is no such type."""
    plain = _plain(one.type), _plain(two.type)
    if None in plain:
        return None, None
    wanted = plain[0] if plain[0] == plain[1] else pa.string()
    if plain[0] != plain[1] and all(map(_is_number, plain)):
        wanted = pa.float64()
    return one.cast(wanted, safe=False), two.cast(wanted, safe=False)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _plain(kind: pa.DataType) -> pa.DataType | None:
    types = pa.types
    if types.is_dictionary(kind):
        return _plain(kind.value_type)
    if types.is_floating(kind) or types.is_decimal(kind) or types.is_uint64(kind):
        return pa.float64()
    if types.is_integer(kind):
        return pa.int64()
    if types.is_boolean(kind) or types.is_string(kind) or types.is_large_string(kind):
        return pa.string()
    if types.is_timestamp(kind) or types.is_date(kind):
        return pa.timestamp("us")
    return None


def _kind(one: pa.Array, two: pa.Array) -> str | None:
    """Evidently's own rule, of both together; None for a column without any value."""
    whole = pa.chunked_array([one, two]).drop_null()
    if not len(whole):
        return None
    if pa.types.is_floating(whole.type):
        return "numerical"
    if pa.types.is_timestamp(whole.type):
        return "datetime"
    distinct = pc.count_distinct(whole).as_py()
    if pa.types.is_integer(whole.type):
        return "categorical" if distinct <= FEW_WHOLE else "numerical"
    return "text" if distinct > len(whole) / 2 else "categorical"
