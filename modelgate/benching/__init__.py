"""The bench itself: fresh workers, opened, asked, timed, weighed and closed again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.asking import PROBED, Asker
from modelgate.asking.worker import WorkerAsker
from modelgate.bench import Bench, Rounds
from modelgate.benching.turns import SITTINGS, Plan, planned, turns
from modelgate.binding import Reading
from modelgate.binding.labelled import first_labels
from modelgate.contest import bind_champion
from modelgate.errors import about
from modelgate.live import LiveChampion, LiveModel
from modelgate.model import Artifact, Backend
from modelgate.predictions import Predictions
from modelgate.role import Role
from modelgate.suite import ModelPart

_TRIED = 3
"""Questions by which the pace of a model is judged before the rounds."""


@dataclass(frozen=True, slots=True)
class Workshop(Bench):
    """Opens the files of a trial afresh.

    Attributes:
        candidate: the model on trial, bound.
        rival: the champion, bound; None where there is none that could be opened afresh.
        rows: how many rows the model was shown first.
        role: the data set that is asked about; None where there is none.
        told: what the suite says of models.
    """

    candidate: WorkerAsker
    rival: WorkerAsker | None
    rows: int
    role: Role | None
    told: ModelPart

    @property
    def artifact(self) -> Artifact:
        """See `Bench.artifact`."""
        return self.candidate.artifact

    @property
    def champion(self) -> Artifact | None:
        """See `Bench.champion`."""
        return None if self.rival is None else self.rival.artifact

    def outputs(self, backend: Backend, rows: int) -> Mapping[str, NDArray[Any]]:
        """See `Bench.outputs`."""
        with _open(self.candidate, backend=backend) as other:
            return other.again(min(rows, self.rows))

    def predict(self, backend: Backend, inputs: Any) -> Predictions:
        """See `Bench.predict`."""
        role, reading = self._labelled()
        with _open(self.candidate, backend=backend) as other:
            return LiveModel(other, reading, role.data.schema, role.data.folder).predict(inputs)

    def predict_by(self, path: Path, inputs: Any) -> Predictions:
        """See `Bench.predict_by`."""
        role, reading = self._labelled()
        data, part = role.data, role.part
        first = next(data.blocks())
        assert part.target is not None
        sample = first_labels(data, part.target, first)
        with about(str(path)), _open(self.candidate, path) as other:
            other.beside = data.folder
            apart = (part.target, part.weight, part.group)
            own = bind_champion(other, first, apart, reading, sample=sample, told=self.told)
            return LiveChampion(other, own, data.schema, reading, data.folder).predict(inputs)

    def refitted(
        self, inputs: Any, truth: NDArray[Any], folds: NDArray[np.int64], *, seed: int
    ) -> NDArray[Any]:
        """See `Bench.refitted`."""
        with _open(self.candidate) as other:
            return other.refitted(inputs, truth, folds, seed=seed)

    def _labelled(self) -> tuple[Role, Reading]:
        """The data set whose rows are asked about, and how answers are read against its labels."""
        if self.role is None or self.role.reading is None:
            raise RuntimeError("answers are only read where there are labels")
        return self.role, self.role.reading

    def calls(self, *, rows: int, fewest: int, seconds: float) -> Rounds | None:
        """See `Bench.calls`."""
        askers = self._three()
        plan: Plan | None = None
        order, found = turns(len(askers)), []
        for _ in range(SITTINGS):
            with ExitStack() as stack:
                sessions = [stack.enter_context(_open(one)) for one in askers]
                pace = max(float(np.median(one.clock(rows=rows, times=_TRIED))) for one in sessions)
                plan = plan or planned(pace, sessions=len(askers), fewest=fewest, seconds=seconds)
                if plan is None:
                    return None
                found.append(_sitting(sessions, plan, rows, order))
        return _as_rounds(np.concatenate(found, axis=1), SITTINGS)

    def openings(self, *, rounds: int) -> Rounds:
        """See `Bench.openings`."""
        askers = self._three()
        found = np.empty((len(askers), rounds, 1))
        for at, order in enumerate(islice(turns(len(askers)), rounds)):
            for which in order:
                with _open(askers[which]) as session:
                    found[which, at] = session.worker.opening_seconds
        return _as_rounds(found)

    def memory(self, *, rows: int, rounds: int) -> Rounds:
        """See `Bench.memory`."""
        askers = self._three()
        found = np.empty((len(askers), rounds, 1))
        for at, order in enumerate(islice(turns(len(askers)), rounds)):
            for which in order:
                with _open(askers[which], weighed=True) as session:
                    session.clock(rows=rows, times=1)
                    found[which, at] = session.worker.peak_bytes() - session.worker.idle_bytes
        return _as_rounds(found)

    def _three(self) -> list[WorkerAsker]:
        """The model twice, and the champion where there is one."""
        return [self.candidate, self.candidate, *([] if self.rival is None else [self.rival])]


def bench_for(
    candidate: Asker,
    rival: Asker | None,
    seen: Mapping[str, NDArray[Any]] | None,
    role: Role | None,
    told: ModelPart,
) -> Workshop | None:
    """The bench of a trial; None where there is no file to be opened afresh.

    Args:
        candidate: the model on trial.
        rival: the champion.
        seen: output -> the raw answers to the first rows of the model; None where it has none.
        role: the data set that is asked about.
        told: what the suite says of models.
    """
    if not isinstance(candidate, WorkerAsker) or seen is None:
        return None
    rows = len(next(iter(seen.values()), np.empty(PROBED)))
    other = rival if isinstance(rival, WorkerAsker) else None
    return Workshop(candidate, other, rows, role, told)


@contextmanager
def _open(
    asker: WorkerAsker,
    path: Path | None = None,
    *,
    backend: Backend = "onnxruntime",
    weighed: bool = False,
) -> Iterator[WorkerAsker]:
    """A fresh session, closed at the end of the block."""
    other = asker.afresh(path, backend=backend, weighed=weighed)
    try:
        yield other
    finally:
        other.worker.close()


def _sitting(
    sessions: Sequence[WorkerAsker], plan: Plan, rows: int, order: Iterator[Sequence[int]]
) -> NDArray[np.float64]:
    """(sessions, rounds, questions) seconds of a call."""
    found = np.empty((len(sessions), plan.rounds, plan.questions))
    for at in range(plan.rounds):
        for which in next(order):
            found[which, at] = sessions[which].clock(rows=rows, times=plan.questions)
    return found


def _as_rounds(found: NDArray[np.float64], sittings: int = 1) -> Rounds:
    champion = found[2] if len(found) > 2 else None
    return Rounds(candidate=found[0], again=found[1], champion=champion, sittings=sittings)
