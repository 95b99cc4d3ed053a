"""Every data set read once, for all that the checks may draw on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from modelgate.aggregates.answers import Answers
from modelgate.asked_steps import Steps
from modelgate.bench import Bench
from modelgate.benching import bench_for
from modelgate.errors import about
from modelgate.giving import Asked
from modelgate.judging import Gathered
from modelgate.kept import Kept
from modelgate.library import examples_of
from modelgate.live import LiveChampion, LiveModel
from modelgate.passing import answered_all, passed_over, read_all
from modelgate.probing import FirstRows
from modelgate.project import find_project
from modelgate.recalling import beside
from modelgate.role import Role
from modelgate.suite import Policy
from modelgate.surveying import Surveying
from modelgate.trial import Trial


def gather(trial: Trial, steps: Steps, probe: FirstRows | None) -> Asked:
    """Put every row to the models that are asked about it, and keep what the steps need of it.

    Args:
        trial: its data sets opened, and the models bound.
        steps: those that are asked.
        probe: the model with its first rows; None where it cannot be asked again.

    Raises:
        DataError: rows cannot be read.
        ModelError, ModelCrashedError: the model did not answer.
    """
    # Without labels all outputs are looked at: the memory made for them holds the others' too.
    roles = sorted(trial.roles.values(), key=lambda role: role.reading is not None)
    features = trial.fed
    surveys: dict[str, Surveying] = {}
    gathered: dict[str, Gathered] = {}
    answers: dict[str, Answers] = {}
    with ThreadPoolExecutor(1) as executor:
        # A digest needs every byte of the file: taken aside, it costs the pass no time.
        for role in trial.roles.values():
            if role.data.digested_apart:
                executor.submit(getattr, role.data, "digest")
        for role in roles:
            with about(role.data.name):
                surveys[role.name] = Surveying(role, steps, features=features, seed=trial.seed)
                found = _read(trial, role, steps, surveys[role.name])
            if isinstance(found, Gathered):
                gathered[role.name] = found
            answers[role.name] = found.answers if isinstance(found, Gathered) else found
    if not answers and probe is not None:
        answers["test"] = _of_first_rows(probe)
    return Asked(
        trial.asker,
        probe,
        gathered,
        answers,
        trial.roles,
        {check.name: examples_of(check) for check, _ in steps},
        champion=None if trial.champion is None else trial.champion.artifact,
        unclaimed=trial.unclaimed is not None,
        policy=trial.suite.policy if trial.suite is not None else Policy(),
        models=_models(trial),
        champions=_champions(trial),
        benches=_benches(trial, probe),
        cases=trial.cases,
        kept=_kept(trial),
        surveys=surveys,
        classes=trial.told.classes,
    )


def _read(trial: Trial, role: Role, steps: Steps, surveys: Surveying) -> Gathered | Answers:
    """One data set; of rows without labels, or that are no question to the model, their account."""
    progress = trial.options.progress
    if not role.asked:
        return read_all(role, surveys, progress=progress)
    if role.reading is None:
        return answered_all(role, trial.asker, surveys=surveys, progress=progress)
    mine = [one for one in steps if one[0].reads(role.name, one[1].data, one[1].settings)]
    return passed_over(
        role,
        trial.asker,
        mine,
        progress=progress,
        keep=trial.options.keep if role.name == "test" else None,
        champion=trial.champion,
        remember=_remembers(trial),
        seed=trial.seed,
        surveys=surveys,
    )


def _of_first_rows(probe: FirstRows) -> Answers:
    """The account of rows that were made up."""
    found = Answers()
    found.seen = probe.seen
    found.add([values for values in probe.seen.values() if values.dtype.kind == "f"], probe.rows)
    return found


def _models(trial: Trial) -> dict[str, LiveModel]:
    """Role -> the model, for rows that no data set holds."""
    if not trial.asker.answers_again:
        return {}
    return {
        name: LiveModel(
            trial.asker,
            role.reading,
            role.data.schema,
            role.data.folder,
            beside=beside(role, trial.asker, role.reading, remember=_remembers(trial)),
        )
        for name, role in trial.roles.items()
        if role.reading is not None
    }


def _champions(trial: Trial) -> dict[str, LiveChampion]:
    """Role -> the champion, likewise."""
    if trial.champion is None or not trial.champion.answers_again:
        return {}
    return {
        name: LiveChampion(
            trial.champion,
            role.champion,
            role.data.schema,
            role.reading,
            role.data.folder,
            beside=beside(role, trial.champion, role.champion, remember=_remembers(trial)),
        )
        for name, role in trial.roles.items()
        if role.reading is not None and role.champion is not None
    }


def _remembers(trial: Trial) -> bool:
    return trial.options.cache and not trial.options.quick


def _kept(trial: Trial) -> dict[str, Kept]:
    """Role -> what the project keeps of earlier trials; none where there is no project."""
    project = find_project(Path.cwd()) if trial.keeps else None
    return {} if project is None else {name: Kept(project.root) for name in trial.roles}


def _benches(trial: Trial, probe: FirstRows | None) -> dict[str, Bench]:
    """Role -> the model's file to be opened afresh; "test" where there is no data."""
    roles: dict[str, Role | None] = {**trial.roles} or {"test": None}
    seen = None if probe is None else probe.seen
    found = {
        name: bench_for(trial.asker, trial.champion, seen, role, trial.told)
        for name, role in roles.items()
    }
    return {name: bench for name, bench in found.items() if bench is not None}
