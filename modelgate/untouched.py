"""What a trial reads and so never writes over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from modelgate.atomic import refuse_overwriting as refuse
from modelgate.errors import DataError
from modelgate.formats.named import ENDPOINTS, parted
from modelgate.project import find_project
from modelgate.sources import suffixes
from modelgate.sources.whereabouts import files
from modelgate.trial import Trial


def refuse_overwriting(trial: Trial) -> None:
    """Nothing that a trial reads is written over by what it writes.

    Raises:
        UsageError: MG2035, a file to write is a model, the data, or says what is asked of them.
    """
    if trial.options.writes:
        refuse(trial.options.writes, [*_models(trial), *_data(trial), *_questions(trial)])


def _models(trial: Trial) -> Iterator[Path]:
    """The suite's champion is one even where it is left out."""
    for asker in (trial.asker, trial.champion):
        if asker is not None:
            path = asker.artifact.path
            if path.startswith(ENDPOINTS):
                continue
            function = parted(path)
            yield Path(path if function is None else function[0])
    if trial.suite is not None and trial.suite.champion is not None:
        yield Path(trial.suite.path).parent / trial.suite.champion


def _data(trial: Trial) -> Iterator[Path]:
    for place in trial.places.values():
        if isinstance(place.rows, str | Path):
            with suppress(DataError):  # what is not there is told when it is opened
                for path, _ in files(str(place.rows), place.base, suffixes):
                    yield path


def _questions(trial: Trial) -> Iterator[Path]:
    """The files of project, suite and checks."""
    project = find_project(Path.cwd())
    if project is not None:
        yield Path(project.where.file)
    if trial.suite is not None:
        yield Path(trial.suite.path)
        yield from trial.suite.files
        prepare = trial.suite.model.prepare
        if prepare is not None and prepare.file is not None:
            yield prepare.file
    for check in trial.library.values():
        if check.path is not None:
            yield check.path
