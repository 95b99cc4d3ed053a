"""MLflow's client in a process of its own: a task goes in, its answer comes back.

It takes a second to import, sets up logging and telemetry as it is imported, and waits without end
for a server that does not answer; here it is told not to, and is ended with its time.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from modelgate.errors import ModelgateError, RefusedError, ServiceError, StorageError, UsageError
from modelgate.escape import printable

SECONDS = 60.0
"""For a task that moves no model."""
LONG = 1800.0
"""For one that does."""
SERVER, REGISTRY = "MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"
RAISED: Mapping[str, type[ModelgateError]] = {
    kind.__name__: kind for kind in (UsageError, RefusedError, ServiceError, StorageError)
}
"""What a task may end with; the other process names one of these."""
_SECRETS = re.compile(r"//[^/@\s]*@")
_ADDRESS = re.compile(r"https?://[^\s]+")
_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # Addresses that a server hands out for this may lead anywhere.
    "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "false",
    "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "false",
    "MLFLOW_ALLOW_HTTP_REDIRECTS": "false",
    "PYTHONWARNINGS": "ignore",
}
_PATIENCE = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "20", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2"}
"""Where the environment says nothing; MLflow's own patience is 7 times 120 s."""


def asked(task: str, *, seconds: float = SECONDS, **given: Any) -> dict[str, Any]:
    """What MLflow answers to a task.

    Args:
        task: a name that `tasks.py` knows.
        seconds: after which the process is ended.
        given: of the task, JSON-ready.

    Raises:
        UsageError: MG2440, MLflow is not installed; MG2444, no server is named; or as the task.
        ServiceError: MG7240, the server does not do it; MG7241, not in time; or as the task.
    """
    server_named()
    try:
        ended = subprocess.run(  # noqa: S603 (this very program)
            [sys.executable, "-P", "-m", __name__],
            input=json.dumps({"task": task, **given}).encode(),
            capture_output=True,
            check=False,
            env=_PATIENCE | dict(os.environ) | _QUIET,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise ServiceError(
            "MG7241",
            f"MLflow did not do it within {seconds:g} s",
            hint=f"see whether {SERVER} runs",
        ) from None
    try:
        answer = json.loads(ended.stdout)
    except ValueError:
        lines = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        why = lines[-1] if lines else f"exit code {ended.returncode}"
        raise ServiceError("MG7240", f"MLflow's client broke off: {redacted(why)}") from None
    if isinstance(answer, dict) and "done" in answer:
        return dict(answer["done"])
    raise RAISED[answer["raised"]](answer["code"], answer["message"], hint=answer["hint"])


def server_named() -> str:
    """The address of the server, from the environment alone.

    Raises:
        UsageError: MG2444, none is named, or it is no server: stores in files and databases are
            opened by MLflow itself, and what they name lies on this machine.
    """
    address = os.environ.get(SERVER, "")
    other = os.environ.get(REGISTRY, address)
    for name, written in ((SERVER, address), (REGISTRY, other)):
        if not _ADDRESS.fullmatch(written):
            raise UsageError(
                "MG2444",
                f"{name} is not set to the address of an MLflow server",
                hint=f"{name}=https://HOST[:PORT]",
            )
    return address


def redacted(text: str, longest: int = 200) -> str:
    """What MLflow says, in a line, without what stands before the @ of an address."""
    return printable(" ".join(_SECRETS.sub("//", text).split()), longest)
