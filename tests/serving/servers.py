"""A real server on loopback, started as a user starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx


@dataclass(frozen=True)
class Server:
    """One that serves.

    Attributes:
        process: that serves.
        url: of the model: "http://127.0.0.1:PORT/v2/models/churn".
        output: the file that it writes to.
    """

    process: subprocess.Popen[bytes]
    url: str
    output: Path

    @property
    def root(self) -> str:
        """The server's own address."""
        return self.url.partition("/v2/")[0]

    def waits_for(self, number: int, seconds: float = 20) -> None:
        """Until a version serves."""
        ends = time.monotonic() + seconds
        while httpx.get(self.url).json().get("versions") != [str(number)]:
            assert time.monotonic() < ends, self.output.read_text("utf-8")
            time.sleep(0.02)


@contextmanager
def serving(folder: Path, *words: str, what: str = "churn@production") -> Iterator[Server]:
    """`modelgate serve` in a folder, at a port that is free; ended by SIGTERM."""
    output = folder / "server.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "modelgate", "serve", what, "--port", "0", *words],
            cwd=folder,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
    try:
        ends = time.monotonic() + 60
        while " serves at " not in (said := output.read_text("utf-8")):
            assert process.poll() is None, said
            assert time.monotonic() < ends, said
            time.sleep(0.02)
        yield Server(process, said.partition(" serves at ")[2].split()[0], output)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)


def row(number: float = 0.5, rows: int = 1) -> dict[str, object]:
    """A request for the tumours' model."""
    return {
        "inputs": [
            {
                "name": "measurements",
                "datatype": "FP32",
                "shape": [rows, 30],
                "data": [number] * 30 * rows,
            }
        ]
    }
