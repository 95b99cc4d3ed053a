"""Models of MLflow on trial: fetched for a while, and their reports logged to their runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from modelgate.errors import ModelgateError, RefusedError
from modelgate.registries import Version
from modelgate.registries.mlflow import Fetched, fetch, of_mlflow
from modelgate.registries.mlflow_run import log_report
from modelgate.report import Report


def borrowed(model: object, stack: ExitStack) -> Fetched | None:
    """A version in MLflow, fetched; None where a model is named otherwise.

    Args:
        model: as a caller or a suite names it.
        stack: takes the files away again.

    Raises:
        UsageError: MG2440 to MG2444, it is named wrongly, is not there, or nobody can be asked.
        RefusedError: MG5120 to MG5124, it is code, leads elsewhere, or is too large.
        ServiceError: MG7240 to MG7242, the server does not answer.
    """
    reference = of_mlflow(model)
    if reference is None:
        return None
    return fetch(reference, Path(stack.enter_context(TemporaryDirectory(prefix="modelgate-"))))


def refuse_changed(fetched: Fetched, known: Iterable[Version]) -> None:
    """A version in MLflow is what it was when it was registered.

    Args:
        fetched: what it is now.
        known: versions of the model that it is registered as.

    Raises:
        RefusedError: MG5123, it holds other bytes now.
    """
    lineage, now = fetched.lineage, set(fetched.digests.values())
    for version in known:
        same = all(version.lineage.get(key) == lineage[key] for key in ("mlflow", "source"))
        if same and not {part.digest for part in version.parts} <= now:
            raise RefusedError(
                "MG5123",
                f"{fetched.reference} is not what it was when it became {version}",
                hint="somebody changed its files in MLflow; log the model again, as a new version",
            )


def logged(report: Report, lineage: Mapping[str, Any]) -> Report:
    """The report, logged to the run of MLflow that its model came from; it names that run.

    A run that cannot be reached changes no verdict: `provenance["mlflow"]` says why it was not.

    Args:
        report: of the trial.
        lineage: of the version, as `Fetched.lineage`; without a run in MLflow nothing is logged.
    """
    version, run = lineage.get("mlflow"), lineage.get("run")
    if version is None or run is None:
        return report
    try:
        log_report(str(run), report)
    except ModelgateError as error:
        why: str | None = f"{error.code} {error.message}"
    else:
        why = None
    told = {"version": version, "run": run, "not_logged": why}
    return replace(report, provenance={**report.provenance, "mlflow": told})
