"""The walls around the worker, put up by itself before it reads a byte of the user's.

Each layer that holds is reported by a word; one that this system lacks is left out of the report
and the work goes on, because the engine says in its report what held.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal

from modelgate.worker import landlock, seccomp

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_MOST_FILES = 256


def end_with_parent(parent: int) -> None:
    """Have the kernel end this process when the thread that started it ends."""
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def before_libraries(folder: str, *, strict: bool) -> list[str]:
    """Give up privileges, the network and the file system.

    Args:
        folder: the only place that may be written to.
        strict: refuse whatever a model on a processor does not need; drivers of other devices
            need more.
    """
    held = ["process"]
    if prctl(_PR_SET_NO_NEW_PRIVS, 1):
        held.insert(0, "no-new-privs")
    if seccomp.install(strict=strict):
        held.insert(0, "seccomp-net")
    if strict and landlock.install(folder):
        held.insert(0, "landlock")
    return held


def after_libraries(memory: int | None, file: int, cpu: int) -> list[str]:
    """Bound memory, files and processor time; the libraries themselves are loaded by now.

    Args:
        memory: bytes of address space; None for no bound.
        file: bytes of the largest file that may be written.
        cpu: seconds.
    """
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: file,
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_NOFILE: _MOST_FILES,
    }
    if memory is not None:
        bounds[resource.RLIMIT_AS] = memory
    return ["rlimits"] if all(_bound(what, most) for what, most in bounds.items()) else []


def no_more_processes() -> None:
    """No further threads or processes, where the user is an ordinary one."""
    _bound(resource.RLIMIT_NPROC, 0)


def prctl(option: int, value: int) -> bool:
    """Whether the kernel did it."""
    libc = ctypes.CDLL(None, use_errno=True)
    return int(libc.prctl(option, value, 0, 0, 0)) == 0


def _bound(what: int, most: int) -> bool:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    try:
        resource.setrlimit(what, (most, most))
    except (OSError, ValueError):
        return False
    return True
