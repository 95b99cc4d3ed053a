"""A real `mlflow server` on loopback, and versions in it as its own protocol adds them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest

COMMAND = "MODELGATE_MLFLOW"
"""Names the program `mlflow`, which may lie in an environment of its own."""


@dataclass(frozen=True)
class Server:
    """One that runs.

    Attributes:
        url: of it.
        folder: its artifacts.
    """

    url: str
    folder: Path

    def post(self, path: str, **body: Any) -> Any:
        found = httpx.post(f"{self.url}/api/2.0/mlflow/{path}", json=body, timeout=30)
        assert found.is_success, found.text
        return found.json()

    def get(self, path: str, **query: str) -> Any:
        found = httpx.get(f"{self.url}/api/2.0/mlflow/{path}", params=query, timeout=30)
        assert found.is_success, found.text
        return found.json()

    def run(self) -> Mapping[str, str]:
        """A run of training; its "run_id" and "artifact_uri"."""
        info = self.post("runs/create", experiment_id="0", start_time=1)["run"]["info"]
        return dict(info)

    def put(self, path: str, content: bytes) -> None:
        address = f"{self.url}/api/2.0/mlflow-artifacts/artifacts/{path}"
        assert httpx.put(address, content=content, timeout=30).is_success

    def version(
        self,
        name: str,
        files: Mapping[str, bytes],
        *,
        source: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> int:
        """A version of those files, as somebody who may add versions makes it."""
        httpx.post(
            f"{self.url}/api/2.0/mlflow/registered-models/create", json={"name": name}, timeout=30
        )
        run = self.run()
        home = f"{run['artifact_uri']}/model"
        for path, content in files.items():
            self.put(f"{home.partition(':/')[2]}/{path}", content)
        made = self.post(
            "model-versions/create",
            name=name,
            source=source or home,
            run_id=run["run_id"],
            tags=[{"key": key, "value": value} for key, value in (tags or {}).items()],
        )
        return int(made["model_version"]["version"])

    def alias(self, name: str, alias: str) -> Any:
        """The version that an alias leads to; None where it leads nowhere."""
        found = httpx.get(
            f"{self.url}/api/2.0/mlflow/registered-models/alias",
            params={"name": name, "alias": alias},
            timeout=30,
        )
        return found.json()["model_version"] if found.is_success else None


def client_or_skip() -> None:
    """MLflow's client is there; it is not imported, since doing so changes much of the process."""
    if find_spec("mlflow") is None:
        pytest.skip("MLflow's client is not installed: pip install 'modelgate-ci[mlflow]'")


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """`mlflow server`, its database and its artifacts in a folder; skipped where it is missing."""
    command = os.environ.get(COMMAND) or _beside()
    if command is None:
        pytest.skip(f"no `mlflow server` here: pip install mlflow, or name it by {COMMAND}")
    client_or_skip()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    output = folder / "server.txt"
    words = ["server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    words += ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db"]
    words += ["--artifacts-destination", str(folder / "artifacts")]
    with output.open("wb") as file:
        process = subprocess.Popen(
            [command, *words],
            cwd=folder,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"},
            start_new_session=True,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        ends = time.monotonic() + 240
        while not _answers(url):
            assert process.poll() is None, output.read_text("utf-8")
            assert time.monotonic() < ends, output.read_text("utf-8")
            time.sleep(0.2)
        yield Server(url, folder / "artifacts")
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


def _beside() -> str | None:
    """A full MLflow of the same environment; mlflow-skinny has the command, too, but no server."""
    beside = Path(sys.executable).with_name("mlflow")
    if find_spec("flask") is None or not beside.exists():
        return None
    return shutil.which(str(beside))


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=5).is_success
    except httpx.TransportError:
        return False
