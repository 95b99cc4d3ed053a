"""Would a suite catch a worse model? Faults are put into a good model's answers, and judged.

The model is asked about every row once. Then the same checks and the same gate judge its answers as
they are, and changed in ways in which models go wrong. It is asked again as a model that misreads
its rows; how many more rows that took is told.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from modelgate.errors import UsageError
from modelgate.escape import shown
from modelgate.evaluation import started
from modelgate.judgement import prepare
from modelgate.options import Options
from modelgate.replay import Ask, Recording, play, record
from modelgate.replay.beyond import reply
from modelgate.replay.slices import slices_of
from modelgate.selftest.advice import Advice, advised
from modelgate.selftest.fault import Fault, Untried
from modelgate.selftest.label_faults import label_faults
from modelgate.selftest.labels import Labels
from modelgate.selftest.misreading import misreadings
from modelgate.selftest.trying import Tried, share, tried
from modelgate.selftest.values import Values, value_faults

CAUGHT = 0.90
"""Share of each kind of faulty models that must not be promoted."""
DRAWS = 20
"""Models of each kind."""
MOST_GOOD_BLOCKED = 0.05
"""Share of equally good models that may be blocked before the suite is called unsound."""

Told = Callable[[int, int], None]
"""Told how many models were judged, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Faults that are counted together.

    Attributes:
        name: "drop-5", "slice-5".
        tried: the faults, with what became of their models; one a slice or class.
    """

    name: str
    tried: tuple[Tried, ...]

    @property
    def group(self) -> str:
        """What kinds are alike."""
        return self.tried[0].fault.group

    @property
    def counted(self) -> tuple[Tried, ...]:
        """Those that the suite does not tolerate."""
        return tuple(one for one in self.tried if one.tolerance is None)

    @property
    def caught(self) -> bool:
        """Whether enough of those are caught: of all together, and of no slice surely too few."""
        models = sum(one.models for one in self.counted)
        promoted = sum(one.promoted for one in self.counted)
        most = 1 - CAUGHT + 1e-9
        return promoted <= most * models and all(
            share(one.promoted, one.models).low <= most for one in self.counted
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """What a suite does with faulty models.

    Attributes:
        subject: {"model", "champion", "suite", "data"}: what was tested with what.
        controls: models of which everybody knows what has to become of them.
        kinds: the faults.
        untried: faults that cannot be made of this model.
        unchanged: the verdict on the model itself: {"decision", "because"}.
        slices_left_out: slices beyond the most that are tried.
        advice: what to add to the suite.
        asked: rows that the model was asked about beside those of its data.
        apart: steps that ask about rows of their own: they were put to the model itself, and to
            those that misread their rows.
        unasked: steps that were put to no model: they need its file, or another data set's rows.
        seconds: that it took.
    """

    subject: Mapping[str, Any]
    controls: tuple[Tried, ...]
    kinds: tuple[Kind, ...]
    untried: tuple[Untried, ...]
    unchanged: Mapping[str, Any]
    slices_left_out: int
    advice: tuple[Advice, ...]
    asked: int
    apart: tuple[str, ...]
    unasked: tuple[str, ...]
    seconds: float

    @property
    def misbehaved(self) -> tuple[Tried, ...]:
        """Controls that did not end as they have to."""
        good = any(one.promoted for one in self.controls if one.fault.good)
        return tuple(one for one in self.controls if not behaves(one, good=good, apart=self.apart))

    @property
    def holes(self) -> tuple[Kind, ...]:
        """Kinds of faults of which too many models are let through."""
        return tuple(kind for kind in self.kinds if not kind.caught)

    @property
    def decision(self) -> Literal["sound", "unsound"]:
        """Whether the suite catches what it should, and promotes what it should."""
        return "unsound" if self.misbehaved or self.holes else "sound"

    @property
    def exit_code(self) -> int:
        """0 sound, 11 not."""
        return 0 if self.decision == "sound" else 11


def behaves(one: Tried, *, good: bool, apart: Collection[str] = ()) -> bool:
    """Whether a control ended as it has to.

    The model itself must not be blocked; where it is held for want of rows, some other one that is
    as good has to be promoted: a suite that holds everything catches nothing. A bad model must
    never be promoted.

    Args:
        one: the control.
        good: whether any good model was promoted.
        apart: checks that were put to the model itself, and to no other good one: they must not
            hold it either.
    """
    if one.fault.name == "copy":
        held = any(result.partition("[")[0] in apart for result in one.because)
        return good and one.blocked == 0 and not held
    if one.fault.good:
        return one.blocked <= MOST_GOOD_BLOCKED * one.models
    return one.promoted == 0


def selftest(
    model: Any,
    *,
    suite: str | Path | None = None,
    data: Any = None,
    target: str | None = None,
    champion: Any = None,
    draws: int = DRAWS,
    options: Options | None = None,
    told: Told | None = None,
) -> SelfTest:
    """Tell whether a suite would catch a worse model.

    Args:
        model: known to be good; as `evaluate` takes it.
        suite: a file, or the name of a ready-made or a project's suite; chosen by the task where
            None. A champion that it names is left out: the model is compared with itself.
        data: the test set; the suite's where None.
        target: the column with the right answers.
        champion: in place of the model itself.
        draws: models of each kind of fault, 1 or more; a quarter as many of each slice.
        options: how the model is run.
        told: hears how many models were judged.

    Raises:
        UsageError: MG2070, there are no labelled rows; MG2072, no answer to any of them can be
            judged; MG2073, there is one class alone; and what `evaluate` raises.
    """
    began = time.monotonic()
    options = options or Options()
    with ExitStack() as stack:
        asked = started(model, options, stack)
        rival = None if champion is None else started(champion, options, stack)
        trial = prepare(asked, data, target, suite, options, champion=rival, start=None)
        recording = record(trial, progress=options.progress)
        if recording is None:
            raise UsageError(
                "MG2070",
                "there are no labelled rows, so no answer can be made worse",
                hint="name the rows and their column of right answers: --data FILE --target COLUMN",
            )
        if not recording.usable.any():
            name = trial.asker.artifact.name
            raise UsageError(
                "MG2072",
                f"{name!r} answers none of the labelled rows with anything that can be judged, so"
                " no answer can be made worse",
                hint="take a model that you know to be good; `modelgate check` tells what is wrong",
            )
        if len(recording.reading.classes) == 1:
            raise UsageError(
                "MG2073",
                f"all labels and all answers are {shown(recording.reading.classes[0])}, so no right"
                " answer can be turned into a wrong one",
                hint="take rows of all the classes that the model is to tell apart",
            )
        return _tested(recording, draws, began, told)


def _tested(recording: Recording, draws: int, began: float, told: Told | None) -> SelfTest:
    unchanged = play(recording, asked=_itself(recording))
    part = recording.roles["test"].part
    apart = {part.target, part.weight, *_predicted(recording)}
    rng = np.random.default_rng(recording.trial.seed)
    slices, left_out = slices_of(recording.table, recording.usable, apart, rng)
    few = max(draws // 4, 1)
    if recording.reading.task == "classification":
        made = [*label_faults(Labels.of(recording), slices, draws, few)]
    else:
        made = [*value_faults(Values.of(recording), slices, draws, few)]
    made += misreadings(recording)
    faults = [one for one in made if isinstance(one, Fault)]
    done, total = 0, sum(fault.draws for fault in faults)
    found: list[Tried] = []
    for fault in faults:
        found.append(tried(fault, recording, unchanged))
        done += fault.draws
        if told is not None:
            told(done, total)
    controls = tuple(one for one in found if one.fault.group == "control")
    kinds = _kinds([one for one in found if one.fault.group != "control"])
    holes = [kind for kind in kinds if not kind.caught]
    slipped = [one for kind in holes for one in kind.counted if one.promoted]
    return SelfTest(
        subject=_subject(recording, unchanged.subject),
        controls=controls,
        kinds=kinds,
        untried=tuple(one for one in made if isinstance(one, Untried)),
        unchanged={
            "decision": unchanged.verdict.decision,
            "because": list(unchanged.verdict.because),
        },
        slices_left_out=left_out,
        advice=advised(slipped, recording, unchanged),
        asked=0 if recording.model is None else recording.model.asked,
        apart=tuple(dict.fromkeys(step.check for step in recording.live)),
        unasked=recording.unasked,
        seconds=time.monotonic() - began,
    )


def _itself(recording: Recording) -> Ask | None:
    """What the model itself says of rows that no data set holds."""
    model = recording.model
    return None if model is None else partial(reply, model)


def _kinds(found: list[Tried]) -> tuple[Kind, ...]:
    grouped: dict[str, list[Tried]] = {}
    for one in found:
        grouped.setdefault(one.fault.kind, []).append(one)
    return tuple(Kind(name=name, tried=tuple(some)) for name, some in grouped.items())


def _predicted(recording: Recording) -> tuple[str, ...]:
    """Columns that hold the model's own predictions."""
    path = recording.trial.asker.artifact.path
    return tuple(path.removeprefix("columns:").split(",")) if path.startswith("columns:") else ()


def _subject(recording: Recording, said: Mapping[str, Any]) -> dict[str, Any]:
    rival = recording.trial.champion
    return {
        "model": {key: said["model"][key] for key in ("name", "path", "digest")},
        "champion": None if rival is None else rival.artifact.path,
        "suite": {key: said["suite"][key] for key in ("title", "path", "digest")},
        "data": {
            "path": recording.roles["test"].data.name,
            "digest": recording.roles["test"].data.digest,
            "rows": recording.rows,
            "kept": len(recording.truth),
            "usable": int(recording.usable.sum()),
            "target": recording.roles["test"].part.target,
        },
        "task": recording.reading.task,
        "seed": recording.trial.seed,
    }
