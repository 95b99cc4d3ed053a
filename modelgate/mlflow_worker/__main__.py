"""The process: one task on its standard input, one answer on its standard output."""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

from modelgate.errors import ModelgateError, ServiceError, UsageError
from modelgate.mlflow_worker import RAISED, redacted
from modelgate.mlflow_worker.fetching import BYTES


def main() -> None:
    """Do the task; whatever the client prints meanwhile goes to standard error."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    most = BYTES if hard == resource.RLIM_INFINITY else min(BYTES, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    answer = os.dup(1)
    os.dup2(2, 1)
    given = json.load(sys.stdin)
    try:
        told: dict[str, Any] = {"done": _done(given.pop("task"), given)}
    except ModelgateError as error:
        kind = type(error).__name__
        told = {
            "raised": kind if kind in RAISED else "ServiceError",
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
        }
    with os.fdopen(answer, "wb") as stream:
        stream.write(json.dumps(told).encode())


def _done(task: str, given: dict[str, Any]) -> dict[str, Any]:
    try:
        import mlflow.tracking.client  # noqa: F401 (whether it is there)
    except ImportError as error:
        raise UsageError(
            "MG2440",
            f"MLflow's client is not installed: {redacted(str(error), 80)}",
            hint="pip install 'modelgate-ci[mlflow]'",
        ) from error
    from modelgate.mlflow_worker.tasks import TASKS

    try:
        return TASKS[task](**given)
    except ModelgateError:
        raise
    except Exception as error:
        raise ServiceError(
            "MG7240", f"MLflow does not do it: {redacted(str(error) or type(error).__name__)}"
        ) from error


if __name__ == "__main__":
    main()
