"""One pass over a data set: every row is read once, the model is asked once, all aggregates fed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Aggregate, Facts, Need
from modelgate.aggregates.answers import Answers
from modelgate.aggregates.columns import Column
from modelgate.aggregates.confusion import Confusion
from modelgate.aggregates.lots import Lots
from modelgate.aggregates.worst import Worst
from modelgate.asking import Asker
from modelgate.binding.labels import Coder
from modelgate.declare import Check, is_aggregate
from modelgate.errors import MistakesError, UsageError
from modelgate.judging import Gathered, Judge, predictions, told
from modelgate.provided import Groups
from modelgate.recalling import drawing_of, search_of
from modelgate.remembered import Answering, answering
from modelgate.role import Role
from modelgate.slices import Part, Slicing, column_of
from modelgate.suite import DataPart, Step
from modelgate.surveying import Surveying

Progress = Callable[[str, int], None]
Keep = Callable[[Role, pa.RecordBatch, Mapping[str, NDArray[Any]]], None]


def need_of(check: Check, step: Step, facts: Facts) -> list[Need]:
    """The aggregates that a step asks for.

    Raises:
        UsageError: its settings ask for what these facts do not allow.
    """
    needs = []
    for kind in check.provided.values():
        if kind is Aggregate or kind is Groups:
            assert check.needs is not None
            try:
                needs.append(check.needs(facts, step.settings))
            except UsageError as error:
                raise placed(error, step) from error
        elif is_aggregate(kind):
            needs.append(Need(kind))
    return needs


def need_in(part: DataPart, need: Need) -> Need:
    """The same aggregate, in lots of groups where the rows of a data set belong together."""
    return need if part.group is None else Need(Lots, (("inner", need),))


def pair_of(check: Check, step: Step, facts: Facts) -> Need | None:
    """The aggregate by which a step compares with the champion; None where it does not."""
    if check.pairs is None or step.margin.none:
        return None
    try:
        return check.pairs(facts, step.settings)
    except UsageError as error:
        raise placed(error, step) from error


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
    champion: Asker | None = None,
    remember: bool = False,
    seed: int = 0,
    surveys: Surveying | None = None,
) -> Gathered:
    """Read every row of a data set once, ask the model once, feed all aggregates.

    Args:
        role: the data set.
        asker: the model, bound to its columns.
        steps: the steps that ask this data set.
        progress: told the role and the rows done, after each block.
        keep: given the data set, and each block with the raw answers, in the file's order.
        champion: the model to compare with, bound likewise.
        remember: whether answers are kept, and recalled where they were given before.
        seed: of the rows that are drawn for checks that change rows.
        surveys: given every row as it stands.

    Raises:
        UsageError: steps ask for what these facts do not allow; all of them are told.
    """
    assert role.reading is not None
    assert role.part.target is not None
    rival = role.champion if champion is not None else None
    whole, slicings, named = _wanted(role, steps, paired=rival is not None)
    searching = [need for needs in (whole, *named.values()) for need in needs if need.kind.searches]
    search = None if searching else search_of(role, asker, remember=remember)
    if search is not None and search.known is None:
        whole.append(search.need)
        searching.append(search.need)
    columns = role.columns if searching else ()
    askers = [asker, *([champion] if champion else [])]
    drawing = drawing_of(role, askers, steps, seed=seed, remember=remember)
    sampling = None if drawing is None else drawing.sampling
    judge = Judge(
        role.reading,
        whole,
        target=role.part.target,
        weight=role.part.weight,
        group=role.part.group,
        slicings=slicings,
        named=named,
        columns=columns,
        champion=rival,
        sampling=sampling,
    )
    asked = [(asker, role.reading)]
    if champion is not None and rival is not None:
        asked.append((champion, rival))
    with ExitStack() as stack:
        answerers = [
            stack.enter_context(answering(one, role.data, reading.outputs, remember=remember))
            for one, reading in asked
        ]
        read = _read(slicings, named, columns)
        read += [] if sampling is None else sampling.columns
        read += [] if surveys is None else surveys.columns
        for block, (raw, *others) in answered(role, answerers, read):
            said = judge.add(block, raw, *others)
            if surveys is not None:
                surveys.add(block, said)
            if keep is not None:
                keep(role, block, raw)
            if progress is not None:
                progress(role.name, judge.gathered.answers.rows)
    judge.gathered.answers.seen = role.seen
    if search is not None:
        judge.gathered.whole[search.need] = search.settled(judge.gathered.whole)
    if drawing is not None:
        judge.gathered.sample = drawing.settled(role.reading.facts.task)
    return judge.gathered


def _wanted(
    role: Role, steps: Sequence[tuple[Check, Step]], *, paired: bool
) -> tuple[list[Need], dict[Slicing, list[Need]], dict[Part, list[Need]]]:
    """What is gathered of all rows, of the slices, and of those that the suite names."""
    assert role.reading is not None
    facts = role.reading.facts
    whole: dict[Need, None] = {Need(Worst): None}
    if facts.task == "classification":
        whole[Need(Confusion)] = None
    slicings: dict[Slicing, dict[Need, None]] = {}
    named: dict[Part, dict[Need, None]] = {}
    there = set(role.data.schema.names)
    mistakes: list[UsageError] = []
    for check, step in steps:
        if facts.task not in check.tasks:
            continue
        try:
            needs = dict.fromkeys(need_of(check, step, facts))
            pair = pair_of(check, step, facts)
        except UsageError as error:
            mistakes.append(error)
            continue
        needs |= {} if pair is None else {pair: None}
        needs = {need_in(role.part, need): None for need in needs if paired or not need.kind.paired}
        grouped = check.grouped(step.settings)
        divided = (*step.by, *((grouped,) if grouped else ()))
        if not divided and not step.part:
            whole.update(needs)
        if step.part and {column for column, _ in step.part} <= there:
            named.setdefault(step.part, {}).update(needs)
        for slicing in divided:
            if set(map(column_of, slicing)) <= there:
                slicings.setdefault(slicing, {}).update(needs)
    if mistakes:
        raise MistakesError(mistakes)
    return (
        list(whole),
        {slicing: list(needs) for slicing, needs in slicings.items()},
        {part: list(needs) for part, needs in named.items()},
    )


def _read(
    slicings: Mapping[Slicing, Any], named: Mapping[Part, Any], searched: Sequence[Column]
) -> list[str]:
    """The columns that slices are made of."""
    columns = [column_of(axis) for slicing in slicings for axis in slicing]
    columns += [column for part in named for column, _ in part]
    return [*columns, *(column.name for column in searched)]


def answered_all(
    role: Role, asker: Asker, *, surveys: Surveying, progress: Progress | None = None
) -> Answers:
    """The same pass over rows without labels: what became of them is counted, and surveyed."""
    answers = Answers()
    answers.seen = role.seen
    asker.beside = role.data.folder
    asker.prepare(tuple(role.seen))
    reading = role.answers if surveys.take_answers else None
    coder = None if reading is None else Coder(reading.classes, reading.own)
    for block, (raw,) in answered(role, [asker], surveys.columns):
        answers.add([output for output in raw.values() if output.dtype.kind == "f"], len(block))
        said = None
        if reading is not None and coder is not None:
            said = told(raw, reading, *predictions(raw, reading, coder))
        surveys.add(block, said)
        if progress is not None:
            progress(role.name, answers.rows)
    return answers


def read_all(role: Role, surveys: Surveying, *, progress: Progress | None = None) -> Answers:
    """A pass over rows that the model is not asked about."""
    answers = Answers()
    if surveys.stored is not None:
        answers.rows = surveys.stored.rows
        return answers
    wanted = set(surveys.columns)
    for block in role.data.blocks([name for name in role.data.schema.names if name in wanted]):
        surveys.add(block)
        answers.rows += len(block)
        if progress is not None:
            progress(role.name, answers.rows)
    return answers


def answered(
    role: Role, askers: Sequence[Answering], columns: Collection[str] = ()
) -> Iterator[tuple[pa.RecordBatch, list[Mapping[str, NDArray[Any]]]]]:
    """Every block with each model's answers, in the order of the file.

    The models work blocks ahead, all on the same ones: a row is read once, whoever answers it.

    Args:
        role: the data set.
        askers: the models.
        columns: that are read besides the models' own, target, weight and group.
    """
    waiting: deque[pa.RecordBatch] = deque()
    ahead = min((asker.ahead for asker in askers), default=1)
    for block in role.data.blocks(_columns(role, askers, columns)):
        if len(waiting) >= ahead:
            yield waiting.popleft(), [asker.collect() for asker in askers]
        for asker in askers:
            asker.submit(block)
        waiting.append(block)
    while waiting:
        yield waiting.popleft(), [asker.collect() for asker in askers]


def _columns(role: Role, askers: Sequence[Answering], columns: Collection[str]) -> list[str] | None:
    """The columns that anybody reads, in the order of the file; None for all of them."""
    wanted = {role.part.target, role.part.weight, role.part.group, *columns}
    for asker in askers:
        if asker.columns is None:
            return None
        wanted.update(asker.columns)
    return [name for name in role.data.schema.names if name in wanted]
