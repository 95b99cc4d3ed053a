"""In the process of MLflow's client: name -> what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from modelgate.mlflow_worker.fetching import fetch, reach
from modelgate.mlflow_worker.logging_to import log
from modelgate.mlflow_worker.placing import place, withdraw

TASKS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "fetch": fetch,
    "log": log,
    "place": place,
    "reach": reach,
    "withdraw": withdraw,
}
