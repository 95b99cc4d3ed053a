"""The process that Evidently runs in: started once, watched, and ended with the run."""

from __future__ import annotations

import atexit
import contextlib
import importlib.metadata
import importlib.util
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from modelgate.errors import CheckCrashedError, UsageError
from modelgate.escape import printable

_CHILD = Path(__file__).with_name("child.py")
_LAST_WORDS = 2000


class EvidentlyProcess:
    """A running Evidently. Safe to ask from several threads: one question at a time."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="modelgate-evidently-")
        self._errors = os.memfd_create("modelgate-evidently-errors", os.MFD_CLOEXEC)
        self._asking = threading.Lock()
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and program)
            [sys.executable, "-s", "-P", "-B", str(_CHILD), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=self._folder,
            env=_environment(self._folder),
            start_new_session=True,
        )
        atexit.register(self.close)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def ask(
        self, question: Mapping[str, Any], tables: Mapping[str, pa.Table], seconds: float
    ) -> dict[str, Any]:
        """What Evidently answers.

        Args:
            question: JSON-ready; with "html" true, its page comes with the answer, as "page".
            tables: word of the question -> rows, handed over as files that only this user can read.
            seconds: it may take, its own start included.

        Raises:
            UsageError: MG2295, its preset or metric does not take what it is given.
            CheckCrashedError: MG4091 it raised, MG4092 its process ended or took too long.
        """
        with self._asking, tempfile.TemporaryDirectory(dir=self._folder) as folder:
            asked = dict(question)
            for word, table in tables.items():
                asked[word] = str(Path(folder, f"{word}.arrow"))
                with (
                    pa.OSFile(asked[word], "wb") as file,
                    pa.ipc.new_file(file, table.schema) as to,
                ):
                    to.write_table(table)
            page = Path(folder, "page.html")
            asked["html"] = str(page) if asked["html"] else None
            answer = self._exchange(json.dumps(asked).encode() + b"\n", seconds)
            if page.exists():
                answer["page"] = page.read_bytes()
        if "mistake" in answer:
            raise UsageError("MG2295", printable(answer["mistake"], 300))
        if "error" in answer:
            raise CheckCrashedError("MG4091", f"Evidently: {printable(answer['error'], 300)}")
        return answer

    def close(self) -> None:
        """End it and whatever it began; safe at any time, and more than once."""
        atexit.unregister(self.close)
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        if self._errors >= 0:
            os.close(self._errors)
            self._errors = -1
        shutil.rmtree(self._folder, ignore_errors=True)

    def _exchange(self, line: bytes, seconds: float) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except OSError:
            raise self._ended("ended") from None
        until, parts = time.monotonic() + seconds, b""
        while not parts.endswith(b"\n"):
            ready, _, _ = select.select([self._process.stdout], [], [], until - time.monotonic())
            if not ready or time.monotonic() >= until:
                raise self._ended(f"took more than {seconds:g} s")
            if not (part := os.read(self._process.stdout.fileno(), 1 << 16)):
                raise self._ended("ended")
            parts += part
        answer = json.loads(parts)
        assert isinstance(answer, dict)
        return answer

    def _ended(self, how: str) -> CheckCrashedError:
        size = os.fstat(self._errors).st_size
        text = os.pread(self._errors, _LAST_WORDS, max(0, size - _LAST_WORDS)).decode(
            "utf-8", "replace"
        )
        lines = text.strip().splitlines()
        self.close()
        words = f": {printable(lines[-1], 200)}" if lines else ""
        return CheckCrashedError("MG4092", f"the process of Evidently {how}{words}")


_RUNNING: list[EvidentlyProcess] = []
_STARTING = threading.Lock()


def running() -> EvidentlyProcess:
    """The one process of this run, started where there is none.

    Raises:
        UsageError: MG2290, Evidently is not installed, or pandas is too new for it.
    """
    refuse_missing()
    with _STARTING:
        if _RUNNING and not _RUNNING[0].runs:
            _RUNNING.pop().close()
        if not _RUNNING:
            _RUNNING.append(EvidentlyProcess())
        return _RUNNING[0]


def refuse_missing(packages: Sequence[str] = ("evidently",)) -> None:
    """Nothing is asked of what is not there.

    Raises:
        UsageError: MG2290, Evidently is not installed, or pandas is too new for it.
    """
    hint = "pip install 'modelgate-ci[evidently]'"
    for package in packages:
        if importlib.util.find_spec(package) is None:
            message = f"this step needs the package {package}, which is not installed"
            raise UsageError("MG2290", message, hint=hint)
    pandas = importlib.metadata.version("pandas")
    if not pandas.startswith(("1.", "2.")):
        message = f"this step needs Evidently, which needs pandas 2, and {pandas} is installed"
        raise UsageError("MG2290", message, hint=hint)


def _environment(folder: str) -> dict[str, str]:
    """Nothing of the user's; whoever would count its use is told not to.

    Some of its tests add up in the order of a set: the seed of hashes makes that the same one.
    """
    quiet = {"DO_NOT_TRACK": "1", "HOME": folder, "TMPDIR": folder, "MPLBACKEND": "Agg"}
    same = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return quiet | same | {"LC_ALL": "C.UTF-8"}
