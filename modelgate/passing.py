"""One pass over a data set: every row is read once, the model is asked once, all aggregates fed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack

import pyarrow as pa

from modelgate.aggregates.answers import Answers
from modelgate.asking import Asker, Raw
from modelgate.binding import Reading
from modelgate.binding.labels import Coder
from modelgate.declare import Check
from modelgate.judging import Gathered, Judge, predictions, told
from modelgate.needs import wanted_of
from modelgate.recalling import drawing_of, search_of
from modelgate.remembered import Answering, answering
from modelgate.role import Role
from modelgate.suite import Step
from modelgate.surveying import Surveying

Progress = Callable[[str, int], None]
Keep = Callable[[Role, pa.RecordBatch, Raw], None]
Answered = tuple[pa.RecordBatch, list[Raw]]
"""A block, and the raw answers of each model to it."""


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
    surveys: Surveying,
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
        MistakesError: all the steps that ask for what these facts do not allow.
    """
    assert role.reading is not None
    assert role.part.target is not None
    asked = [(asker, role.reading)]
    rival = role.champion if champion is not None else None
    if champion is not None and rival is not None:
        asked.append((champion, rival))
    wanted = wanted_of(role, steps, paired=rival is not None)
    search = None if wanted.searching else search_of(role, asker, remember=remember)
    if search is not None and search.known is None:
        wanted.whole.append(search.need)
    columns = role.columns if wanted.searching else ()
    askers = [asker, *([champion] if champion else [])]
    drawing = drawing_of(role, askers, steps, seed=seed, remember=remember)
    sampling = None if drawing is None else drawing.sampling
    judge = Judge(
        role.reading,
        wanted.whole,
        target=role.part.target,
        weight=role.part.weight,
        group=role.part.group,
        slicings=wanted.slicings,
        named=wanted.named,
        columns=columns,
        champion=rival,
        sampling=sampling,
    )
    read = [*wanted.columns, *(column.name for column in columns), *surveys.columns]
    read += [] if sampling is None else sampling.columns
    with ExitStack() as stack:
        answerers = [
            stack.enter_context(answering(one, role.data, outputs, remember=remember))
            for one, outputs in _outputs(asked, surveys)
        ]
        blocks = answered(role, answerers, read)
        _feed(judge, blocks, role, surveys=surveys, keep=keep, progress=progress)
    judge.gathered.answers.seen = role.seen
    if search is not None:
        judge.gathered.whole[search.need] = search.settled(judge.gathered.whole)
    if drawing is not None:
        judge.gathered.sample = drawing.settled(role.reading.facts.task)
    return judge.gathered


def _outputs(
    asked: Sequence[tuple[Asker, Reading]], surveys: Surveying
) -> Iterator[tuple[Asker, tuple[str, ...]]]:
    """Each model with the outputs that are wanted of it; surveys are of the first alone."""
    for place, (asker, reading) in enumerate(asked):
        more = surveys.outputs if place == 0 else ()
        yield asker, tuple(dict.fromkeys((*reading.outputs, *more)))


def _feed(
    judge: Judge,
    blocks: Iterator[Answered],
    role: Role,
    *,
    surveys: Surveying,
    keep: Keep | None,
    progress: Progress | None,
) -> None:
    for block, (raw, *others) in blocks:
        surveys.add(block, judge.add(block, raw, *others), raw)
        if keep is not None:
            keep(role, block, raw)
        if progress is not None:
            progress(role.name, judge.gathered.answers.rows)


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
        surveys.add(block, said, raw)
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
) -> Iterator[Answered]:
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
