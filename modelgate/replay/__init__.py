"""Answers that were given once, played back as often as a question is put to them.

A model answers every row once. What it said is kept, and is played back as it was, or changed, to
the same checks and the same gate: no row is asked about again. Checks that ask about rows of their
own are put only where it is known what is said of these.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Flags
from modelgate.arrays import floats
from modelgate.asking import Raw
from modelgate.bench import Bench
from modelgate.binding import Reading
from modelgate.binding.labels import Coder
from modelgate.data_binding import look_at_data
from modelgate.errors import about
from modelgate.judgement import judge
from modelgate.live import LiveModel
from modelgate.passing import Progress
from modelgate.replay.beyond import models_beyond, said_beyond
from modelgate.replay.in_memory import RowsInMemory
from modelgate.replay.replies import Ask, Once, Replay, Replies, spoken
from modelgate.replay.tape import Tape
from modelgate.report import Report
from modelgate.role import Role
from modelgate.suite import Step, Suite
from modelgate.trial import Trial

__all__ = ["Ask", "Recording", "Replies", "play", "record"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """All of one pass that is needed to judge as if there had been another.

    Attributes:
        trial: the trial that was recorded: checks, suite, the model.
        roles: role -> its rows in memory, and how replies are read.
        replies: role -> what the model said; labelled roles only.
        champion: role -> what it is compared with: the champion, else the model itself.
        unlabelled: role -> output -> what the model said, of the other roles.
        reading: of the model as it was asked about the role "test".
        truth: (n,) the right answers of the role "test": positions of classes, or values.
        usable: (n,) whether there is one, and the model's answer can be judged.
        rows: that the data of the role "test" has; more than n where a sample was kept.
        live: steps that ask the model about rows of their own, which `suite` is without.
        unasked: checks of the suite that cannot be asked at all of answers that are played back.
        model: to be asked about other rows; None where it cannot be, or is fed with arrays.
        rival: what is said of other rows by what it is compared with; None where nobody knows.
    """

    trial: Trial
    roles: Mapping[str, Role]
    replies: Mapping[str, Replies]
    champion: Mapping[str, Replies]
    unlabelled: Mapping[str, Raw]
    reading: Reading
    truth: NDArray[Any]
    usable: Flags
    rows: int
    live: tuple[Step, ...] = ()
    unasked: tuple[str, ...] = ()
    model: LiveModel | None = None
    rival: Ask | None = None

    @property
    def table(self) -> pa.Table:
        """The rows of the role "test", without columns of tensors."""
        data = self.roles["test"].data
        assert isinstance(data, RowsInMemory)
        return data.table

    @property
    def suite(self) -> Suite:
        """What is asked."""
        assert self.trial.suite is not None
        return self.trial.suite

    @property
    def whole(self) -> Suite:
        """What is asked of a model that answers other rows too."""
        return replace(self.suite, steps=(*self.suite.steps, *self.live))


def record(trial: Trial, *, progress: Progress | None = None) -> Recording | None:
    """Answer every row once, and keep what was said.

    Args:
        trial: as `prepare` left it.
        progress: told the role and the rows done, after each block.

    Returns:
        What was recorded; None where the role "test" has no labelled rows.

    Raises:
        ModelgateError: whatever is wrong with model, data or suite.
    """
    look_at_data(trial)
    assert trial.suite is not None
    reading = trial.roles["test"].reading if "test" in trial.roles else None
    if reading is None:
        return None
    left_out = _leave_out_live(trial)
    tapes: dict[str, Tape] = {}
    for name, role in sorted(trial.roles.items(), key=lambda one: one[1].reading is not None):
        with about(role.data.name):
            tapes[name] = Tape(
                role, trial.asker, trial.champion, seed=trial.seed, progress=progress
            )
    model, rival = models_beyond(trial, reading)
    live = () if model is None else tuple(one for one in left_out if _askable(one, trial))
    trial.asker = Once(trial.asker)
    replies = {name: tape.replies for name, tape in tapes.items() if tape.replies}
    truth, usable = _truth(tapes["test"].role, reading)
    answer = replies["test"].answer
    usable &= answer >= 0 if reading.task == "classification" else np.isfinite(answer)
    if replies["test"].scores is not None:
        usable &= np.isfinite(replies["test"].scores).all(axis=1)
    return Recording(
        trial=trial,
        roles={name: tape.role for name, tape in tapes.items()},
        replies=replies,
        champion={name: tapes[name].champion or said for name, said in replies.items()},
        unlabelled={
            name: tape.raw
            for name, tape in tapes.items()
            if tape.replies is None and tape.role.asked
        },
        reading=reading,
        truth=truth,
        usable=usable,
        rows=tapes["test"].rows,
        live=live,
        unasked=tuple(dict.fromkeys(step.check for step in left_out if step not in live)),
        model=model,
        rival=rival,
    )


def _leave_out_live(trial: Trial) -> tuple[Step, ...]:
    """Without steps that ask the model about rows of their own: what is played back has no answer.

    Those are left out of the suite, and that is told.

    Returns:
        Those steps.
    """
    assert trial.suite is not None
    library, steps = trial.library, trial.suite.steps
    left_out = tuple(step for step in steps if library[step.check].asks_model)
    if left_out:
        kept = tuple(step for step in steps if step not in left_out)
        trial.suite = replace(trial.suite, steps=kept)
        names = sorted({step.check for step in left_out})
        why = "answers that are played back hold none to changed rows"
        trial.taken.append(f"not asked: {', '.join(names)}; {why}")
    return left_out


def _askable(step: Step, trial: Trial) -> bool:
    """Whether a step can be put to whoever answers other rows, but has no file to be opened."""
    return step.data == "test" and Bench not in trial.library[step.check].provided.values()


def play(
    recording: Recording,
    replies: Replies | None = None,
    suite: Suite | None = None,
    *,
    asked: Ask | None = None,
) -> Report:
    """Judge a model that says `replies` of the role "test", and else what was recorded.

    Args:
        recording: of the pass.
        replies: as they were recorded where None.
        suite: in place of the one that was recorded; it asks the same data sets.
        asked: what that model says of rows that no data set holds: then the steps are put that ask
            about such; None where nobody knows.
    """
    model = recording.trial.asker
    assert isinstance(model, Once)
    told = recording.replies if replies is None else {**recording.replies, "test": replies}
    said, other = [], []
    for name, role in recording.roles.items():
        if role.reading is not None and role.champion is not None:
            said.append(spoken(told[name], role.reading))
            other.append(spoken(recording.champion[name], role.champion))
    unlabelled = list(recording.unlabelled.values())
    test = recording.roles["test"]
    mine = None if asked is None else said_beyond(asked, test.reading)
    its = None if asked is None else said_beyond(recording.rival, test.champion)
    champion = Replay(model, other, (), its)
    champion.answers_again = its is not None
    trial = replace(
        recording.trial,
        suite=suite or (recording.suite if asked is None else recording.whole),
        asker=Replay(model, said, unlabelled, mine),
        champion=champion,
        places={},
        roles=dict(recording.roles),
        taken=[],
    )
    return judge(trial, time.monotonic())


def _truth(role: Role, reading: Reading) -> tuple[NDArray[Any], Flags]:
    """(n,) the right answers, as batches hold them; (n,) whether there is one."""
    assert role.part.target is not None
    codes: list[NDArray[Any]] = []
    known: list[Flags] = []
    coder = Coder(reading.classes, reading.own)
    for block in role.data.blocks([role.part.target]):
        if reading.task == "classification":
            code, _ = coder.of_column(block.column(0))
            codes.append(code)
            known.append(code >= 0)
            continue
        values = floats(block.column(0))
        codes.append(values)
        known.append(np.isfinite(values))
    return np.concatenate(codes), np.concatenate(known)
