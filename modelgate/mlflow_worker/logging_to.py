"""In the process of MLflow's client: numbers and files of a run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelgate.mlflow_worker.fetching import client

METRICS, OTHERS = 1000, 100
"""What MLflow takes at a time."""


def log(
    run: str,
    metrics: Mapping[str, float],
    params: Mapping[str, str],
    tags: Mapping[str, str],
    folder: str,
) -> dict[str, Any]:
    """Add to a run; what is a parameter there already keeps its value, as MLflow wants it.

    Args:
        run: its identifier.
        metrics: name -> finite number.
        params: name -> text.
        tags: name -> text.
        folder: its files are added under "modelgate".
    """
    from mlflow.entities import Metric, Param, RunTag

    mlflow = client()
    known = mlflow.get_run(run).data.params
    instant = int(time.time() * 1000)
    measured = [Metric(key, value, instant, 0) for key, value in metrics.items()]
    mlflow.log_batch(
        run,
        params=[Param(key, value) for key, value in params.items() if key not in known][:OTHERS],
        tags=[RunTag(key, value) for key, value in tags.items()][:OTHERS],
    )
    for start in range(0, len(measured), METRICS):
        mlflow.log_batch(run, metrics=measured[start : start + METRICS])
    for path in sorted(Path(folder).iterdir()):
        mlflow.log_artifact(run, str(path), "modelgate")
    return {}
