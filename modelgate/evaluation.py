"""Put a model on trial: suite, model and data in; a report out."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelgate.errors import ModelError, UsageError
from modelgate.escape import shown
from modelgate.formats.named import ENDPOINTS, parted, source_of
from modelgate.from_mlflow import borrowed, logged
from modelgate.options import Options
from modelgate.project import Project, find_project
from modelgate.registries.mlflow import Fetched
from modelgate.registry_place import Lent, leads_nowhere, lent, serving_alias
from modelgate.worker import Worker

if TYPE_CHECKING:
    from modelgate.report import Report
    from modelgate.trial import Trial

COLUMNS = "columns:"
"""A model that begins so names columns of the data that hold predictions made beforehand."""
METHODS = ("predict_proba", "predict")
"""Of the estimators of scikit-learn and its kin: what can be put on trial in their place."""


def evaluate(
    model: str | Path | Callable[[Any], Any],
    *,
    data: Any = None,
    target: str | None = None,
    reference: Any = None,
    champion: str | Path | Callable[[Any], Any] | None = None,
    suite: str | Path | None = None,
    threads: int = 1,
    seed: int | None = None,
    options: Options | None = None,
) -> Report:
    """Put a model on trial.

    Args:
        model: path of a file of ONNX, scikit-learn (.skops), XGBoost or LightGBM;
            "file.py:function" or "module:function", where its digest is approved;
            "NAME@VERSION" or "NAME@ALIAS" of the registry, which records a decision;
            "models:/NAME/VERSION" or "models:/NAME@ALIAS" of MLflow, to whose run the report is
            logged; "http(s)://HOST/v2/models/NAME" of an endpoint; "columns:NAME[,NAME...]" for
            predictions that stand in the data; or a callable.
            Functions take a DataFrame of n rows and answer (n,) or (n, classes).
        data: the test set: a path, a folder, a pattern, a DataFrame, an Arrow table. Without it,
            and without a suite that names one, the model is asked about made-up inputs.
        target: the column with the right answers, where it cannot be found out.
        reference: the rows that the model was trained on, as `data`; else the suite's.
        champion: the model in production, as `model`; else the suite's.
        suite: a file, or the name of a ready-made or a project's suite; chosen by the task where
            None.
        threads: blocks that the model answers at the same time; they change no number.
        seed: in place of the suite's.
        options: these two and more.

    Returns:
        The report; its `verdict.decision` is "promote", "block" or "hold".

    Raises:
        UsageError: the suite or a name is wrong.
        ModelError, DataError: the model or the data cannot be judged.
        ModelCrashedError: the model broke off while it answered.
        RefusedError: the model reaches for what it may not.
        ServiceError: an endpoint, or MLflow, does not answer.
    """
    began = time.monotonic()
    options = options or Options(threads=threads, seed=seed)
    with ExitStack() as stack:

        def start(model: Any) -> Any:
            """A champion; None where its alias leads nowhere yet."""
            return None if leads_nowhere(model) else started(model, options, stack)

        # Started before the modules below are loaded: it loads onnxruntime and the model in the
        # meantime.
        candidate = lent(model, stack)
        fetched = None if candidate else borrowed(model, stack)
        asked = started(candidate or fetched or model, options, stack)
        rival = None if champion is None else start(champion)
        from modelgate.judgement import judge, prepare

        project = find_project(Path.cwd())
        trial = prepare(
            asked,
            data,
            target,
            suite,
            options,
            reference=reference,
            champion=rival,
            standing=None if candidate is None or champion else _standing(candidate, project),
            start=start,
        )
        trial.keeps = True
        if candidate is not None:
            name = candidate.version.name
            trial.settled = partial(candidate.registry.margins, name)
        report = judge(trial, began)
        if candidate is not None and not options.quick:
            report = _anchored(report, trial, candidate, stack)
        if candidate is not None or project is not None:
            from modelgate.deciding import kept

            report = kept(report, trial, candidate, project)
        if trial.suite is not None and trial.suite.policy.strict:
            from modelgate.withholding import without_numbers

            report = without_numbers(report)
        if model == champion:  # nothing is learnt of it
            return report
        lineage = candidate.version.lineage if candidate else fetched.lineage if fetched else {}
        return logged(report, lineage)


def _anchored(report: Report, trial: Trial, candidate: Lent, stack: ExitStack) -> Report:
    """The report, compared with the anchor of its test set too; the same where that is no other."""
    test = trial.roles.get("test")
    if test is None or trial.champion is None:
        return report
    registry = candidate.registry
    anchor = registry.anchor(candidate.version.name, test.data.digest)
    if anchor is None or anchor.digest in {
        candidate.version.digest,
        trial.champion.artifact.digest,
    }:
        return report
    from modelgate.anchoring import anchored

    held = Lent(registry, anchor, stack.enter_context(registry.lent(anchor)))
    options = trial.options
    return anchored(
        report, trial, started(candidate, options, stack), started(held, options, stack)
    )


def _standing(candidate: Lent, project: Project | None) -> str:
    """Whoever serves in the place that a version is judged for."""
    name = candidate.version.name
    return f"{name}@{serving_alias(project, name)}"


def started(model: Any, options: Options, stack: ExitStack) -> Any:
    """Whoever answers: a worker that opens the file, an endpoint, a callable, or the columns named.

    Args:
        model: as `evaluate` takes it, or a version that a registry has lent, or MLflow.
        options: how it is run.
        stack: ends a worker, or closes connections, when it is left.

    Raises:
        UsageError: MG2034, it is neither a file nor can be called; MG2037, no address of a model;
            and with RefusedError what `borrowed` raises.
        ServiceError: an endpoint, or MLflow, does not answer.
    """
    found = model if isinstance(model, Lent | Fetched) else _fetched(model, stack)
    if found is not None:
        worker = Worker.start(
            found.path,
            threads=options.threads,
            provider=options.provider,
            called=str(found.version if isinstance(found, Lent) else found.reference),
        )
        return stack.enter_context(worker)
    if isinstance(model, str) and model.startswith(COLUMNS):
        return model.removeprefix(COLUMNS).split(",")
    if callable(model):
        return model
    if isinstance(model, str) and model.startswith(ENDPOINTS):
        from modelgate.asking.endpoint import EndpointAsker

        return stack.enter_context(EndpointAsker(model))
    if not isinstance(model, str | Path | PathLike):
        raise _no_model(model)
    path, function = _function_of(model)
    worker = Worker.start(
        path, threads=options.threads, provider=options.provider, function=function
    )
    return stack.enter_context(worker)


def _fetched(model: Any, stack: ExitStack) -> Lent | Fetched | None:
    """A version of the registry, or of MLflow; None where it is named otherwise."""
    return lent(model, stack) or borrowed(model, stack)


def _function_of(model: str | PathLike[str]) -> tuple[Path, str | None]:
    """The file of a model, and the function in it where one is named.

    Raises:
        ModelError: MG3001, there is no such module.
    """
    named = None if Path(model).exists() else parted(str(model))
    if named is None:
        return Path(model), None
    place, function = named
    if place.endswith(".py"):
        return Path(place), function
    path = source_of(place, Path.cwd())
    if path is None:
        raise ModelError(
            "MG3001",
            f"there is no Python file of the module {shown(place, 100)}",
            hint="name the file: FILE.py:FUNCTION",
        )
    return path, function


def _no_model(model: object) -> UsageError:
    """What is neither a file nor can be called."""
    method = next((name for name in METHODS if callable(getattr(model, name, None))), None)
    kind = type(model).__name__
    hint = "give the path of an ONNX file, columns:NAME, or a function that takes a DataFrame"
    if method:
        hint = f"give its method: evaluate(model.{method}, ...)"
    return UsageError("MG2034", f"a model cannot be of the type {kind}", hint=hint)
