"""Answers that were given once, played back as often as a question is put to them.

A model answers every row once. What it said is kept, and is played back as it was, or changed, to
the same checks and the same gate: no row is asked about again.
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
from modelgate.arrays import numbers
from modelgate.asking import Raw
from modelgate.binding import Reading
from modelgate.binding.labels import Coder
from modelgate.errors import about
from modelgate.judgement import judge
from modelgate.passing import Progress, Role
from modelgate.replay.kept import Kept
from modelgate.replay.replies import Once, Replay, Replies, spoken
from modelgate.replay.tape import Tape
from modelgate.report import Report
from modelgate.suite import Suite
from modelgate.trial import Trial, look_at_data, ready_made

__all__ = ["Recording", "Replies", "play", "record"]


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

    @property
    def table(self) -> pa.Table:
        """The rows of the role "test", without columns of tensors."""
        data = self.roles["test"].data
        assert isinstance(data, Kept)
        return data.table

    @property
    def suite(self) -> Suite:
        """What is asked."""
        assert self.trial.suite is not None
        return self.trial.suite


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
    if trial.suite is None:
        task = next((role.reading.task for role in trial.roles.values() if role.reading), "smoke")
        trial.suite = ready_made(task, trial.library)
    reading = trial.roles["test"].reading if "test" in trial.roles else None
    if reading is None:
        return None
    _leave_out_live(trial)
    tapes: dict[str, Tape] = {}
    for name, role in sorted(trial.roles.items(), key=lambda one: one[1].reading is not None):
        with about(role.data.name):
            tapes[name] = Tape(
                role, trial.asker, trial.champion, seed=trial.seed, progress=progress
            )
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
        unlabelled={name: tape.raw for name, tape in tapes.items() if tape.replies is None},
        reading=reading,
        truth=truth,
        usable=usable,
        rows=tapes["test"].rows,
    )


def _leave_out_live(trial: Trial) -> None:
    """Without steps that ask the model about rows of their own: what is played back has no answer.

    Those are left out of the suite, and that is told.
    """
    assert trial.suite is not None
    library, steps = trial.library, trial.suite.steps
    live = {name for name, check in library.items() if check.asks_model}
    left_out = sorted({step.check for step in steps if step.check in live})
    if left_out:
        kept = tuple(step for step in steps if step.check not in live)
        trial.suite = replace(trial.suite, steps=kept)
        why = "answers that are played back hold none to changed rows"
        trial.taken.append(f"not asked: {', '.join(left_out)}; {why}")


def play(
    recording: Recording, replies: Replies | None = None, suite: Suite | None = None
) -> Report:
    """Judge a model that says `replies` of the role "test", and else what was recorded.

    Args:
        recording: of the pass.
        replies: as they were recorded where None.
        suite: in place of the one that was recorded; it asks the same data sets.
    """
    model = recording.trial.asker
    assert isinstance(model, Once)
    told = recording.replies if replies is None else {**recording.replies, "test": replies}
    said, other = [], []
    for name, role in recording.roles.items():
        if role.reading is not None and role.champion is not None:
            said.append(spoken(told[name], role.reading))
            other.append(spoken(recording.champion[name], role.champion))
    trial = replace(
        recording.trial,
        suite=suite or recording.suite,
        asker=Replay(model, said, list(recording.unlabelled.values())),
        champion=Replay(model, other, ()),
        places={},
        roles=dict(recording.roles),
        taken=[],
    )
    return judge(trial, time.monotonic())


def _truth(role: Role, reading: Reading) -> tuple[NDArray[Any], Flags]:
    """(n,) the right answers, as batches hold them; (n,) whether there is one."""
    assert role.part.target is not None
    codes, known = [], []
    coder = Coder(reading.classes, reading.own)
    for block in role.data.blocks([role.part.target]):
        if reading.task == "classification":
            code, _ = coder.of_column(block.column(0))
            codes.append(code)
            known.append(code >= 0)
            continue
        values, absent = numbers(block.column(0))
        values = values.astype(np.float64)
        codes.append(values)
        known.append(np.isfinite(values) & (True if absent is None else ~absent))
    return np.concatenate(codes), np.concatenate(known)
