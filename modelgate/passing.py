"""One pass over a data set: every row is read once, the model is asked once, all aggregates fed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Aggregate, Facts, Need
from modelgate.aggregates.answers import Answers
from modelgate.aggregates.confusion import Confusion
from modelgate.aggregates.worst import Worst
from modelgate.asking import Asker
from modelgate.binding import Reading
from modelgate.dataset import Dataset
from modelgate.declare import Check, is_aggregate
from modelgate.errors import MistakesError, UsageError
from modelgate.judging import Gathered, Judge, Slicing
from modelgate.suite import DataPart, Step

Progress = Callable[[str, int], None]
Keep = Callable[[Reading, pa.RecordBatch, Mapping[str, NDArray[Any]]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One data set of the suite, opened.

    Attributes:
        name: the role: "test", "reference" ...
        data: its rows.
        part: what the suite says of it, target included.
        reading: how the model's answers are read against its labels; None without labels.
        seen: output -> the raw answers to its first rows.
    """

    name: str
    data: Dataset
    part: DataPart
    reading: Reading | None
    seen: Mapping[str, NDArray[Any]]


def need_of(check: Check, step: Step, facts: Facts) -> list[Need]:
    """The aggregates that a step asks for.

    Raises:
        UsageError: its settings ask for what these facts do not allow.
    """
    needs = []
    for kind in check.provided.values():
        if kind is Aggregate:
            assert check.needs is not None
            try:
                needs.append(check.needs(facts, step.settings))
            except UsageError as error:
                raise placed(error, step) from error
        elif is_aggregate(kind):
            needs.append(Need(kind))
    return needs


def placed(error: UsageError, step: Step) -> UsageError:
    """A mistake that only the data could tell, with the step's place in the suite."""
    if error.where is not None:
        return error
    return UsageError(error.code, error.message, where=step.where, hint=error.hint)


def passed_over(
    role: Role,
    asker: Asker,
    steps: Sequence[tuple[Check, Step]],
    *,
    progress: Progress | None = None,
    keep: Keep | None = None,
) -> Gathered:
    """Read every row of a data set once, ask the model once, feed all aggregates.

    Args:
        role: the data set.
        asker: the model, bound to its columns.
        steps: the steps that ask this data set.
        progress: told the role and the rows done, after each block.
        keep: given how answers are read, and each block with its raw ones, in the file's order.

    Raises:
        UsageError: steps ask for what these facts do not allow; all of them are told.
    """
    assert role.reading is not None
    assert role.part.target is not None
    whole, slicings = _wanted(role, role.reading.facts, steps)
    judge = Judge(
        role.reading,
        whole,
        target=role.part.target,
        weight=role.part.weight,
        slicings=slicings,
    )
    asker.prepare(role.reading.outputs)
    for block, raw in answered(role, asker, slicings):
        judge.add(block, raw)
        if keep is not None:
            keep(role.reading, block, raw)
        if progress is not None:
            progress(role.name, judge.gathered.answers.rows)
    judge.gathered.answers.seen = role.seen
    return judge.gathered


def _wanted(
    role: Role, facts: Facts, steps: Sequence[tuple[Check, Step]]
) -> tuple[list[Need], dict[Slicing, list[Need]]]:
    """What is gathered of all rows, and of the slices."""
    whole: dict[Need, None] = {Need(Worst): None}
    if facts.task == "classification":
        whole[Need(Confusion)] = None
    slicings: dict[Slicing, dict[Need, None]] = {}
    mistakes: list[UsageError] = []
    for check, step in steps:
        if facts.task not in check.tasks:
            continue
        try:
            needs = dict.fromkeys(need_of(check, step, facts))
        except UsageError as error:
            mistakes.append(error)
            continue
        if not step.by:
            whole.update(needs)
        for slicing in step.by:
            if set(slicing) <= set(role.data.schema.names):
                slicings.setdefault(slicing, {}).update(needs)
    if mistakes:
        raise MistakesError(mistakes)
    return list(whole), {slicing: list(needs) for slicing, needs in slicings.items()}


def answered_all(role: Role, asker: Asker, *, progress: Progress | None = None) -> Answers:
    """The same pass over rows without labels: only what became of them is counted."""
    answers = Answers()
    answers.seen = role.seen
    asker.prepare(tuple(role.seen))
    for block, raw in answered(role, asker, {}):
        answers.add([output for output in raw.values() if output.dtype.kind == "f"], len(block))
        if progress is not None:
            progress(role.name, answers.rows)
    return answers


def answered(
    role: Role, asker: Asker, slicings: Mapping[Slicing, Any]
) -> Iterator[tuple[pa.RecordBatch, Mapping[str, NDArray[Any]]]]:
    """Every block with its answers, in the order of the file; the model works blocks ahead."""
    waiting: deque[pa.RecordBatch] = deque()
    for block in role.data.blocks(_columns(role, asker, slicings)):
        if len(waiting) >= asker.ahead:
            yield waiting.popleft(), asker.collect()
        asker.submit(block)
        waiting.append(block)
    while waiting:
        yield waiting.popleft(), asker.collect()


def _columns(role: Role, asker: Asker, slicings: Mapping[Slicing, Any]) -> list[str] | None:
    """The columns that anybody reads, in the order of the file; None for all of them."""
    if asker.columns is None:
        return None
    wanted = {*asker.columns, role.part.target, role.part.weight}
    wanted.update(column for slicing in slicings for column in slicing)
    return [name for name in role.data.schema.names if name in wanted]
