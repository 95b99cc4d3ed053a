"""From a model, a suite and data to a report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from modelgate.approval import approved_here
from modelgate.asked_steps import steps_of
from modelgate.asking import Asker
from modelgate.asking.columns import ColumnsAsker
from modelgate.asking.function import CallableAsker
from modelgate.asking.worker import WorkerAsker
from modelgate.case_binding import bind_by_cases, cases_of, refuse_unfit
from modelgate.data_binding import look_at_data
from modelgate.errors import UsageError
from modelgate.findings import findings
from modelgate.formats.named import pathless
from modelgate.gate import settled, verdict
from modelgate.gathering import gather
from modelgate.giving import Asked
from modelgate.library import Library, builtin_root
from modelgate.options import Options
from modelgate.probing import FirstRows
from modelgate.project import find_project
from modelgate.provenance import provenance
from modelgate.report import Report, Result
from modelgate.runner import results_of
from modelgate.subject import digests, refuse_changes, subject_of
from modelgate.suite import ModelPart, Suite
from modelgate.suite_asked import find_suite
from modelgate.trial import Trial, places
from modelgate.untouched import refuse_overwriting
from modelgate.worker import Worker
from modelgate.worker.granting import Granted

Started = Worker | Asker | Callable[[Any], Any] | Sequence[str]
"""A worker that opens a file, an endpoint, a callable, or columns of the data."""


def prepare(
    model: Started,
    data: Any,
    target: str | None,
    suite: str | Path | None,
    options: Options,
    *,
    reference: Any = None,
    champion: Started | None = None,
    standing: str | None = None,
    start: Callable[[Any], Started | None] | None,
) -> Trial:
    """Find checks and suite, and whoever answers.

    Args:
        model: whoever answers.
        data: as `evaluate` takes it.
        target: likewise.
        suite: likewise.
        options: likewise.
        reference: likewise.
        champion: whoever answered until now; else the suite's.
        standing: whoever serves, where neither names a champion.
        start: makes a champion answer, None where there is none yet; None to leave it out.

    Raises:
        UsageError: the suite or a name is wrong; MG2035, something read would be written over.
        ModelError: the model does not open.
    """
    library, chosen = named(suite)
    where = places(chosen, data, target, reference)
    serving = standing if chosen is None or chosen.champion is None else champion_of(chosen)
    awaited = champion is None and serving is not None
    if start is not None and awaited:
        champion = start(serving)
    told = None if chosen is None else chosen.model
    cases = {} if chosen is None else cases_of(chosen, library, options.seed)
    trial = Trial(library, chosen, asker_of(model, options, told), options, where, cases=cases)
    if awaited and champion is None and start is not None:
        trial.unclaimed = serving
        trial.taken.append(f"champion: none yet, nothing is {serving}")
    if champion is not None:
        trial.champion = asker_of(champion, options, told)
        trial.taken.append(f"champion: {trial.champion.artifact.path}")
    refuse_overwriting(trial)
    return trial


def named(suite: str | Path | None) -> tuple[Library, Suite | None]:
    """The checks there are, and the suite that is asked for; None where the data has to tell.

    Raises:
        UsageError: the suite or its name is wrong.
    """
    project = find_project(Path.cwd())
    library = Library(builtin_root(), *([project.root] if project else []))
    return library, find_suite(suite, project, library)


def champion_of(suite: Suite) -> str:
    """Where the suite's champion is: relative to the suite's file."""
    assert suite.champion is not None
    if pathless(suite.champion):
        return suite.champion
    path = os.path.normpath(Path(suite.path).parent / suite.champion)
    here = os.path.relpath(path)
    return path if here.startswith(os.pardir) else here


def asker_of(model: Started, options: Options, told: ModelPart | None = None) -> Asker:
    """Whoever answers, ready to be bound to columns.

    Args:
        model: a worker, an endpoint, a callable, or columns.
        options: how it is run.
        told: what the suite says of it: what makes a worker's inputs, which types it may hold.

    Raises:
        ModelError: it does not open.
        RefusedError: it is code, or holds types that may run code, and nobody approved that.
    """
    told = told or ModelPart()
    if isinstance(model, Worker):
        granted = Granted(approved_here(allowed=options.allow_code), told.types)
        return WorkerAsker(model, options.threads, told.prepare, granted)
    if isinstance(model, Asker):
        return model
    if callable(model):
        return CallableAsker(model)
    names = [name.strip() for name in model if name.strip()]
    if not names:
        raise UsageError("MG2030", "columns: names no column; write columns:NAME[,NAME...]")
    return ColumnsAsker(names)


def judge(trial: Trial, began: float) -> Report:
    """Read the data once, put every question, decide.

    Args:
        trial: what `prepare` found.
        began: `time.monotonic()` of the beginning.
    """
    look_at_data(trial)
    assert trial.suite is not None
    seen, asker = trial.first_seen, trial.asker
    by_cases = None
    if trial.cases and not trial.roles:
        by_cases, seen = bind_by_cases(trial)
    elif trial.cases:
        refuse_unfit(trial)
    if seen is None and asker.answers_again:
        seen = asker.look(None)
    probe = FirstRows(asker, seen) if seen is not None and asker.answers_again else None
    steps = steps_of(trial, probed=probe is not None)
    read = (*trial.suite.files, *(path for one in trial.cases.values() for path in one.files))
    files = digests(read)
    asked = gather(trial, steps, probe)
    if by_cases is not None:
        asked.models = {"test": by_cases}
    test = trial.roles.get("test")
    if trial.settled is not None and test is not None:
        asked.margins = trial.settled(test.data.digest)
    results: list[Result] = []
    for check, step in steps:
        if trial.options.asking is not None:
            trial.options.asking(f"{step.check} {step.subject}")
        found = results_of(check, step, asked)
        if step.margin.amount is None and step.data == "test":
            trial.margins |= {one.id: one.limit["margin"] for one in found if "margin" in one.limit}
        results += found
    refuse_changes(read, files)
    return _report(trial, asked, results, files=files, seconds=time.monotonic() - began)


def _report(
    trial: Trial,
    asked: Asked,
    results: list[Result],
    *,
    files: Mapping[str, str],
    seconds: float,
) -> Report:
    suite, artifact = trial.suite, trial.asker.artifact
    assert suite is not None
    results, families = settled(results, suite.policy)
    decided = replace(verdict(results, suite.policy), families=families)
    if trial.options.quick and decided.decision == "promote":
        why = "With --quick a sample of the rows is judged at most: run without it to promote."
        decided = replace(decided, decision="hold", exit_code=11, because=(why,))
    made = provenance(
        seed=trial.seed,
        isolation=artifact.isolation,
        seconds=seconds,
        threads=trial.options.threads,
    )
    searched = [name for name, role in trial.roles.items() if role.searched]
    models = {name: model for name, model in asked.models.items() if name in searched}
    found = findings(asked.gathered, results, models)
    if again := sum(kept.asked for kept in asked.kept.values()):
        made["rows_tried_again"] = again
    if asked.tracebacks:
        made["tracebacks"] = asked.tracebacks
    return Report(
        verdict=decided,
        subject=subject_of(trial, asked, files),
        taken=tuple(trial.taken),
        results=tuple(results),
        findings=found,
        provenance=made,
    )
