"""What a command costs: CPU, wall and memory of its whole process tree, workers included."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import psutil

PAUSE = 0.02
"""Seconds between two looks at the memory."""
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: orphans of a command come to us, so that they are counted


class FailedError(Exception):
    """The command did not do its work, so its time means nothing."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took.

    Attributes:
        cpu: seconds, user and system, of the command and everything it started.
        wall: seconds.
    """

    cpu: float
    wall: float


def timed(command: Sequence[str], *, good: Sequence[int] = (0,), times: int = 1) -> Cost:
    """Run a command so many times, and give the cost of all of them.

    Raises:
        FailedError: it ended with an exit code that is not good.
    """
    before, start = _children(), time.perf_counter()
    for _ in range(times):
        with tempfile.TemporaryFile() as said:
            code = subprocess.call(command, env=_env(), stdout=subprocess.DEVNULL, stderr=said)
            _judge(command, code, good, said)
    wall = time.perf_counter() - start
    _reap()
    return Cost(_children() - before, wall)


def peak_memory(command: Sequence[str], *, good: Sequence[int] = (0,)) -> float:
    """The most memory, in MiB, that a command and its children held at one moment.

    The sum over all processes of the proportional set size, which counts a page that several share
    once; of the resident set size where the system does not tell the former. Seen every 20 ms.
    """
    with tempfile.TemporaryFile() as said:
        process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        most = 0
        while process.poll() is None:
            family = [process]
            with contextlib.suppress(psutil.Error):
                family += process.children(recursive=True)
            most = max(most, sum(_held(member) for member in family))
            time.sleep(PAUSE)
        _judge(command, process.returncode, good, said)
    _reap()
    return most / 2**20


def ratio(left: Sequence[float], right: Sequence[float]) -> float:
    """The median of the ratios of each round."""
    return median(one / other for one, other in zip(left, right, strict=True))


def _env() -> dict[str, str]:
    """Ours, but that modules are compiled once, as where pip has installed them."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _judge(command: Sequence[str], code: int, good: Sequence[int], said: object) -> None:
    if code in good:
        return
    said.seek(0)  # type: ignore[attr-defined]
    text = said.read().decode("utf-8", "replace").strip()  # type: ignore[attr-defined]
    last = text.splitlines()[-1] if text else "it said nothing"
    raise FailedError(f"exit code {code} of {' '.join(command[:4])} ...: {last[:200]}")


def _held(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (psutil.AccessDenied, AttributeError):
        with contextlib.suppress(psutil.Error):
            return int(process.memory_info().rss)
    except psutil.Error:
        pass
    return 0


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def adopt_orphans() -> None:
    """Become the parent of what a command leaves behind, so that its CPU is counted here."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
