"""Models asked side by side: each block of rows is read once, and answered by all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pyarrow as pa

from modelgate.asking import Asker
from modelgate.binding import Reading
from modelgate.binding.labelled import first_labels
from modelgate.contest import bind_other
from modelgate.data_binding import look_at_data
from modelgate.errors import about
from modelgate.evaluation import started
from modelgate.judgement import asker_of, named
from modelgate.leaderboard.answers import Rows
from modelgate.leaderboard.duels import step_of
from modelgate.leaderboard.heard import OWN_FAULTS, Heard, Watch, unlabelled
from modelgate.library import Library
from modelgate.options import Options
from modelgate.remembered import answering
from modelgate.role import Role
from modelgate.suite import ModelPart, Suite
from modelgate.trial import Trial, places
from modelgate.untouched import refuse_overwriting

AT_ONCE = 8
"""Models that are alive at the same time: each has a process of its own, of about 100 MB. The rows
are read once for each so many."""


def side_by_side(
    models: Mapping[str, Any],
    where: tuple[Any, str | None],
    heard: Heard,
    options: Options,
    watch: Watch,
) -> None:
    """Ask models about all rows, a few of them at a time.

    Where a project stands, what its suite says of model and data holds here too.

    Args:
        models: name -> model.
        where: data and target, as `evaluate` takes them.
        heard: takes in what they say.
        options: how they are run.
        watch: told what is being done.

    Raises:
        ModelgateError: the data cannot be read, or has no labels.
    """
    library, suite = named(None)
    names = list(models)
    for start in range(0, len(names), AT_ONCE):
        some = {name: models[name] for name in names[start : start + AT_ONCE]}
        watch(f"{start:,} of {len(names):,} models answered")
        with ExitStack() as stack:
            told = None if suite is None else suite.model
            askers = _opened(some, options, stack, heard, told)
            if heard.role is None:
                _bind_first(askers, (library, suite), where, heard, options)
            if heard.role is not None:
                told = ModelPart() if suite is None else suite.model
                _pass(_bound(askers, told, heard.role, heard), heard, options, watch)


def _opened(
    models: Mapping[str, Any],
    options: Options,
    stack: ExitStack,
    heard: Heard,
    told: ModelPart | None,
) -> dict[str, Asker]:
    """Those that open; all load at the same time."""
    begun: dict[str, Any] = {}
    found: dict[str, Asker] = {}
    for name, model in models.items():
        try:
            begun[name] = started(model, options, stack)
        except OWN_FAULTS as error:
            heard.lose(name, error)
    for name, model in begun.items():
        try:
            found[name] = asker_of(model, options, told)
        except OWN_FAULTS as error:
            heard.lose(name, error)
    return found


def _bind_first(
    askers: dict[str, Asker],
    known: tuple[Library, Suite | None],
    where: tuple[Any, str | None],
    heard: Heard,
    options: Options,
) -> None:
    """Bind the first that can be: it says what the rows are, and which classes count."""
    library, chosen = known
    step = step_of(library["metric"], heard.metric or "accuracy")
    empty = Suite(name="compare", title="compare", path="compare", digest="")
    suite = replace(chosen or empty, steps=(step,))
    for name in list(askers):
        trial = Trial(library, suite, askers[name], options, places(chosen, *where))
        refuse_overwriting(trial)
        try:
            look_at_data(trial)
        except OWN_FAULTS as error:
            heard.lose(name, error)
            del askers[name]
            continue
        if "test" not in trial.roles:
            raise unlabelled()
        heard.begin(trial.roles["test"])
        return


def _bound(
    askers: Mapping[str, Asker], told: ModelPart, role: Role, heard: Heard
) -> dict[str, tuple[Asker, Reading]]:
    """Those that can be asked about these rows, and how they are read."""
    first = next(role.data.blocks())
    assert role.part.target is not None
    apart = (role.part.target, role.part.weight, role.part.group)
    sample = first_labels(role.data, role.part.target, first)
    task = heard.reading.task
    found = {}
    for name, asker in askers.items():
        try:
            with about(asker.artifact.path):
                found[name] = (
                    asker,
                    bind_other(asker, first, apart, sample=sample, told=told, task=task),
                )
        except OWN_FAULTS as error:
            heard.lose(name, error)
    return found


def _pass(
    bound: Mapping[str, tuple[Asker, Reading]], heard: Heard, options: Options, watch: Watch
) -> None:
    """Read the rows once, with these models."""
    role, labels = heard.role, None
    assert role is not None
    if heard.rows is None:
        labels = heard.rows = heard.new_rows()
    said: list[_Speaker] = []
    try:
        for name, (asker, reading) in bound.items():
            try:
                said.append(_Speaker(name, asker, reading, heard, options))
            except OWN_FAULTS as error:
                heard.lose(name, error)
        _listen(said, labels, role, watch)
        for one in said:
            one.end()
    except BaseException as error:
        for one in said:
            one.leave(error)
        raise
    finally:
        if labels is not None:
            labels.close()
    heard.refuse_too_much()


class _Speaker:
    """A model on its way through the rows; out of it at its first fault."""

    def __init__(
        self, name: str, asker: Asker, reading: Reading, heard: Heard, options: Options
    ) -> None:
        assert heard.role is not None
        self._name, self._heard, self._path = name, heard, asker.artifact.path
        self._voice = heard.new_voice(reading)
        self._stack = ExitStack()
        remember = options.cache and not options.quick
        self._answering = self._stack.enter_context(
            answering(asker, heard.role.data, reading.outputs, remember=remember)
        )
        self.ahead = self._answering.ahead
        self.columns = self._answering.columns
        self.alive = True
        heard.voices[name] = self._voice
        heard.digests[name] = asker.artifact.digest

    def submit(self, block: pa.RecordBatch) -> None:
        """Give it a block."""
        self._dare(lambda: self._answering.submit(block))

    def collect(self) -> None:
        """Take in what it says of the oldest block."""
        self._dare(lambda: self._voice.add(self._answering.collect()))

    def end(self) -> None:
        """It has answered all rows."""
        self._dare(self._stack.close)
        self._voice.close()

    def leave(self, error: BaseException) -> None:
        """Break off, and keep nothing of what it said."""
        self.alive = False
        self._voice.close()
        self._stack.__exit__(type(error), error, error.__traceback__)

    def _dare(self, act: Callable[[], None]) -> None:
        if not self.alive:
            return
        try:
            with about(self._path):
                act()
        except OWN_FAULTS as error:
            self._heard.lose(self._name, error)
            self.leave(error)


def _listen(said: Sequence[_Speaker], labels: Rows | None, role: Role, watch: Watch) -> None:
    """Every block to every model, some blocks ahead."""
    ahead = min((one.ahead for one in said), default=1)
    waiting = rows = 0
    for block in role.data.blocks(_columns(said, role)):
        if waiting >= ahead:
            waiting -= 1
            for one in said:
                one.collect()
        for one in said:
            one.submit(block)
        waiting += 1
        rows += len(block)
        if labels is not None:
            labels.add(block)
        watch(f"{rows:,} rows put to {sum(one.alive for one in said)} models")
    for _ in range(waiting):
        for one in said:
            one.collect()


def _columns(said: Sequence[_Speaker], role: Role) -> list[str] | None:
    """The columns that anybody reads; None for all."""
    wanted = {role.part.target, role.part.weight, role.part.group}
    for one in said:
        if one.columns is None:
            return None
        wanted.update(one.columns)
    return [name for name in role.data.schema.names if name in wanted]
