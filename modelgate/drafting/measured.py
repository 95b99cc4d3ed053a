"""A suite with limits from a model that is known to be good, tried out on that model."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from modelgate.aggregates import Floats
from modelgate.drafting.behaviour import behaviour, feeding
from modelgate.drafting.cases import STEP, cases_of
from modelgate.drafting.rows import NAMED, UNNAMED, held_to
from modelgate.drafting.suite import (
    FACTS,
    HEAD,
    LIMITS,
    SHOWN,
    Line,
    demoted,
    facts_of,
    lines_for,
    metric_step,
    slices_step,
)
from modelgate.evaluation import COLUMNS, started
from modelgate.formats.named import pathless
from modelgate.gate import settled, verdict
from modelgate.judgement import judge, prepare
from modelgate.options import Options
from modelgate.outcome import Severity, Status
from modelgate.replay import Recording, play, record
from modelgate.replay.slices import whole_columns
from modelgate.report import Report, Result
from modelgate.suite import Suite
from modelgate.suite_file import parse_suite
from modelgate.trial import places
from modelgate.yaml_file.written import as_yaml

MOST_COLUMNS = 4
"""Columns whose groups a draft asks about: more of them would bury the rest."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a draft asks.

    Attributes:
        lines: the metrics.
        columns: whose groups are asked about.
    """

    lines: tuple[Line, ...]
    columns: tuple[str, ...]


def measured(
    model: str,
    data: str,
    target: str | None,
    reference: str | None,
    *,
    path: Path,
    options: Options,
) -> tuple[dict[str, str], Sequence[str], Report]:
    """Draft a suite.

    Args:
        model: known to be good.
        data: labelled rows.
        target: the column with the right answers; None to find it out.
        reference: the rows that the model was trained on; None where nobody names them.
        path: where the suite is going to stand.
        options: how the model is run.

    Returns:
        Name -> text of it, and of the file of cases it names; what was taken for what; and the
        report of the model by this suite.

    Raises:
        ModelgateError: whatever is wrong with model or data.
    """
    with ExitStack() as stack:
        asked = started(model, options, stack)
        trial = prepare(asked, data, target, None, options, start=None)
        # A project further up may have a suite: this one is drafted without it.
        trial.suite, trial.places = None, places(None, data, target)
        recording = record(trial)
        assert recording is not None
        taken = tuple(line for line in trial.taken if not line.startswith("not asked"))
        text, report = _settled(recording, model, data, reference, path)

        def judged(suite: Suite) -> Report:
            again = prepare(asked, data, target, None, options, start=None)
            again.suite, again.places = suite, places(None, data, target, reference)
            return judge(again, time.monotonic())

        def parse(told: str) -> Suite:
            return _parsed(told, recording, path)

        more, results = behaviour(recording, parse, judged)
        rows, found = held_to(reference, parse, judged)
        cases = cases_of(recording, feeding(recording)) if trial.asker.answers_again else None
    files = {path.name: text + more + rows}
    if cases is not None:
        files[path.name] += STEP.format(file=f"{path.stem}-cases.yaml")
        files[f"{path.stem}-cases.yaml"] = cases
    return files, taken, _with(report, [*results, *found])


def _with(report: Report, results: Sequence[Result]) -> Report:
    """What becomes of the model by these questions too."""
    every, families = settled([*report.results, *results])
    return replace(report, results=tuple(every), verdict=replace(verdict(every), families=families))


def relative(file: str, suite: Path) -> str:
    """A path as it is written in a suite: relative to it."""
    return file if pathless(file) else os.path.relpath(file, suite.parent)


def _settled(
    recording: Recording, model: str, data: str, reference: str | None, path: Path
) -> tuple[str, Report]:
    """A text by which the model is promoted; what stands in its way weighs less and less."""
    plan = _Plan(tuple(lines_for(recording)), tuple(_columns(recording)))
    asked = "".join(f"  - metric: {line.name}\n" for line in plan.lines)
    values = play(recording, suite=_parsed(f"checks:\n{asked}", recording, path)).results
    head = _head(recording, model, data, reference, path)
    while True:
        text = head + _checks(plan, values, recording)
        report = play(recording, suite=_parsed(text, recording, path))
        softer = _softer(plan, report.results, len(recording.truth))
        if report.verdict.decision == "promote" or softer == plan:
            return text, report
        plan = softer


def _parsed(text: str, recording: Recording, path: Path) -> Suite:
    return parse_suite(
        text.encode(), name=path.stem, path=str(path), checks=recording.trial.library
    )


def _head(recording: Recording, model: str, data: str, reference: str | None, path: Path) -> str:
    reading, part = recording.reading, recording.roles["test"].part
    names = {"path": relative(data, path), "target": part.target}
    test = ", ".join(f"{name}: {as_yaml(value)}" for name, value in names.items())
    title = as_yaml(f"{path.stem} before every release")
    text = f"{HEAD}title: {title}\ntask: {reading.task}\n\n"
    text += "# The rows to judge by. Paths are relative to this file.\n"
    text += f"data:\n  test: {{{test}}}\n"
    named = NAMED.format(path=as_yaml(relative(reference, path))) if reference else UNNAMED
    text += f"{named}\n"
    text += "# The model that serves today: candidates are compared with it, row by row.\n"
    text += f"champion: {as_yaml(relative(model, path))}\n\n"
    if reading.positive is not None:
        positive = as_yaml(reading.classes[reading.positive])
        text += "# EDIT: the answer to look for. Recall and precision are of it.\n"
        text += f"model:\n  positive: {positive}\n\n"
    return text


def _checks(plan: _Plan, values: Sequence[Result], recording: Recording) -> str:
    own = {one.subject: one for one in values if one.versus is None}
    versus = {one.subject: one for one in values if one.versus is not None}
    steps = [metric_step(line, own.get(line.name), versus.get(line.name)) for line in plan.lines]
    held = "".join(step for step in steps if "severity" in step)
    shown = "".join(step for step in steps if "severity" not in step)
    text = "checks:\n" + FACTS + "".join(facts_of(recording.suite.steps, recording)) + "\n"
    text += LIMITS.format(rows=len(recording.truth)) + held
    if plan.columns:
        metric = "rmse" if recording.reading.task == "regression" else "accuracy"
        text += "\n" + slices_step(metric, plan.columns)
    return text + (f"\n{SHOWN}{shown}" if shown else "")


def _columns(recording: Recording) -> list[str]:
    part = recording.roles["test"].part
    path = recording.trial.asker.artifact.path
    predicted = path.removeprefix(COLUMNS).split(",") if path.startswith(COLUMNS) else []
    apart = {part.target, part.weight, *predicted}
    return whole_columns(recording.table, recording.usable, apart, _worth(recording), MOST_COLUMNS)


def _worth(recording: Recording) -> Floats:
    """(n,) 1 for a right answer and 0 for a wrong one; how near it is, for numbers."""
    answer, truth = recording.replies["test"].answer, recording.truth
    if recording.reading.task == "classification":
        return np.asarray(answer == truth, dtype=np.float64)
    return -np.abs(np.where(recording.usable, answer - truth, 0.0))


def _softer(plan: _Plan, results: Sequence[Result], rows: int) -> _Plan:
    """The plan with less weight on what keeps the model itself from being promoted."""
    bad = {
        (one.subject, bool(one.slice))
        for one in results
        if one.check == "metric" and one.severity is not Severity.MINOR and _in_the_way(one)
    }
    why = f"on {rows:,} rows the champion itself does not surely pass"
    lines = tuple(
        (demoted(line, why) or line) if (line.name, False) in bad else line for line in plan.lines
    )
    columns = () if any(sliced for _, sliced in bad) else plan.columns
    return replace(plan, lines=lines, columns=columns)


def _in_the_way(one: Result) -> bool:
    if one.severity is Severity.MAJOR:
        return one.status not in {Status.PASSED, Status.INFO, Status.UNDECIDED}
    return one.status not in {Status.PASSED, Status.INFO}
