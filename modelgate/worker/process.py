"""The worker's process: started bare, watched, and ended with everything it may have begun."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from modelgate.errors import ModelCrashedError
from modelgate.escape import printable
from modelgate.worker import shared
from modelgate.worker.wire import Channel

_PACKAGES = (
    *("modelgate", "numpy", "onnxruntime", "pandas", "tokenizers", "PIL", "skops", "sklearn"),
    *("scipy", "joblib", "xgboost", "lightgbm"),
)
_LAST_WORDS = 2000
_LOGGED = re.compile(r"\[[VIWEF]:onnxruntime:")
"""A line of onnxruntime's own log, which tells nothing of an end."""
_PROGRAM = """\
import sys
parent, folder, socket, memory, provider, tied, *paths = sys.argv[1:]
sys.path[:0] = paths
from modelgate.worker.child import main
main(int(parent), folder, (int(socket), int(memory)), provider, tied=tied == "tied")
"""
"""What the fresh interpreter runs; a test may put a liar in its place."""


class Process:
    """A running worker.

    Attributes:
        channel: how it is spoken to.
        memory: descriptor of the shared memory.
    """

    def __init__(self, folder: Path, provider: str, answer_bytes: int) -> None:
        self._ended = False
        ours, theirs = socket.socketpair()
        self.channel = Channel(ours, answer_bytes)
        self.memory = shared.create()
        self._errors = os.memfd_create("modelgate-errors", os.MFD_CLOEXEC)
        # The kernel ends a tied process with the thread, not the process, that started it.
        tied = threading.current_thread() is threading.main_thread()
        arguments = [
            *(sys.executable, "-I", "-S", "-B", "-c", _PROGRAM),
            *(str(os.getpid()), str(folder), str(theirs.fileno()), str(self.memory), provider),
            *("tied" if tied else "free", *_paths()),
        ]
        try:
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and program)
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                cwd=folder,
                env=_environment(provider),
                pass_fds=(theirs.fileno(), self.memory),
                start_new_session=True,
            )
        except BaseException:
            self._close_descriptors()
            raise
        finally:
            theirs.close()

    def died(self) -> ModelCrashedError:
        """How it ended, for a worker that ended by itself."""
        if self._ended:
            return ModelCrashedError("MG4001", "the model's process was ended before")
        try:
            code = self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
            return ModelCrashedError("MG4001", "the model's process closed its end and hung")
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        hint = "it may have been ended for want of memory" if code == -signal.SIGKILL else None
        return ModelCrashedError(
            "MG4001", f"the model's process died ({how}){self._last_words()}", hint=hint
        )

    def kill(self) -> None:
        """End the whole group of processes; safe at any time, and more than once."""
        self._ended = True
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait()
        self._close_descriptors()

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._process.pid

    def _close_descriptors(self) -> None:
        self.channel.close()
        for descriptor in (self.memory, self._errors):
            if descriptor >= 0:
                os.close(descriptor)
        self.memory = self._errors = -1

    def _last_words(self) -> str:
        if self._errors < 0:
            return ""
        size = os.fstat(self._errors).st_size
        text = os.pread(self._errors, _LAST_WORDS, max(0, size - _LAST_WORDS))
        lines = [
            line
            for line in text.decode("utf-8", "replace").strip().splitlines()
            if not _LOGGED.search(line)
        ]
        return f": {printable(lines[-1], 200)}" if lines else ""


def _paths() -> list[str]:
    """Where the worker finds its packages, in the order of this process and nothing beyond it.

    The worker starts without `site`, so that neither a `.pth` file nor the current folder has a
    say in what it imports.
    """
    found = {Path(__file__).parents[2]}
    for name in _PACKAGES[1:]:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            found.add(Path(spec.origin).parents[1])
    return [str(path) for path in sorted(found, key=_place)]


def _place(path: Path) -> int:
    places = [os.path.realpath(entry) for entry in sys.path]
    return places.index(real) if (real := os.path.realpath(path)) in places else len(places)


def _environment(provider: str) -> dict[str, str]:
    """Nothing of the user's, but where the system's locales lie."""
    kept = ["LOCPATH"]
    if provider != "CPUExecutionProvider":
        kept += ["LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES"]
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    return environment | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
