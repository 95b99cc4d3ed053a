"""A PostgreSQL server of the tests' own, where the package is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@dataclass(frozen=True)
class Cluster:
    """A server.

    Attributes:
        programs: where its programs lie.
        folder: of its files, and of its socket.
    """

    programs: Path
    folder: Path

    def run(self, program: str, *words: str) -> None:
        """Run one of its programs, as somebody who is not root."""
        command = [str(self.programs / program), *words]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
        ended = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd="/", timeout=60
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr

    def start(self) -> None:
        options = f"-c listen_addresses='' -k {self.folder} -c fsync=off"
        log = str(self.folder / "log.txt")
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "stop")

    def database(self, name: str) -> str:
        """A new database; its URL."""
        self.run("createdb", "-h", str(self.folder), "-U", "gate", name)
        return f"postgresql+psycopg://gate@/{name}?host={self.folder}"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    pytest.importorskip("psycopg")
    if not PROGRAMS or (os.getuid() == 0 and shutil.which("setpriv") is None):
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    folder.chmod(0o777)
    made = Cluster(PROGRAMS[-1], folder)
    try:
        made.run(
            *("initdb", "-D", str(folder / "data"), "-U", "gate", "-A", "trust", "-N"),
            *("--locale=C", "-E", "UTF8"),
        )
        made.start()
        yield made
        made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
