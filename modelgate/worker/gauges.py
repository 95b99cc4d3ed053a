"""What a worker takes of time and memory, as far as the engine believes it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.worker import wire
from modelgate.worker.questions import Question, Questions

WARM = 2
"""Questions before those that count: the first ones of a round find cold caches."""
_FILLED = 0.25
"""Share of the time that went by which has to be told."""
_COMPUTED, _WAITED = 0.05, 2.0
"""Seconds that are not held against it: of computing, for a message; of the clock on the wall, on a
machine so busy that a message waits for its turn."""


def clock(
    questions: Questions,
    packed: tuple[list[dict[str, Any]], list[Any]],
    *,
    given: int,
    rows: int,
    times: int,
    outputs: Sequence[str],
) -> NDArray[np.float64]:
    """The seconds that the model takes for each of so many questions.

    The clock is the worker's own, so that the wire is not measured; what it tells has to fit the
    time that the engine sees go by, and the processor time that the system counts.

    Args:
        questions: the conversation with the worker.
        packed: the rows, described and as buffers.
        given: how many rows these are.
        rows: of each question, at most `given`.
        times: questions.
        outputs: those wanted.

    Returns:
        (times,) seconds above 0.

    Raises:
        ModelCrashedError: MG4005, it tells more or far less time than went by; and what asking
            raises.
        ModelError: the model does not take these rows.
    """
    described, buffers = packed
    header = {
        "is": "time",
        "arrays": described,
        "outputs": list(outputs),
        "given": given,
        "a_question": rows,
    }
    times += WARM
    question = Question(times, ("seconds",), calls=times + times // 8)
    pid = questions.process.pid
    began, before = time.monotonic(), computed(pid)
    (seconds,) = questions.result(questions.ask(question, header, buffers)).values()
    passed, worked = time.monotonic() - began, computed(pid) - before
    if seconds.dtype != np.float64 or seconds.shape != (times,):
        raise questions.lied(wire.NonsenseError("times that are no seconds"))
    told = float(seconds.sum())
    if not (np.isfinite(told) and (seconds > 0).all() and told <= passed):
        raise questions.lied(wire.NonsenseError("more time than went by"))
    if told < _FILLED * max(passed - _WAITED, worked - _COMPUTED):
        raise questions.lied(wire.NonsenseError("far less time than went by"))
    return seconds[WARM:]


def computed(pid: int) -> float:
    """Seconds of processor time that a process took so far; 0 where the system does not tell.

    Source: utime and stime of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return 0.0


def seconds_told(header: Mapping[str, Any], passed: float) -> float:
    """How long the worker says that it opened its model.

    Raises:
        NonsenseError: that is no time, or more than went by.
    """
    told = header.get("seconds")
    if not isinstance(told, float) or not 0 < told <= passed:
        raise wire.NonsenseError("a time to open that cannot be")
    return told


def memory(pid: int) -> tuple[int, int]:
    """What a process holds in memory, and the most that it held so far; in bytes.

    Raises:
        OSError: it is gone, or the system does not tell.
    """
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    try:
        now, most = (int(fields[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
    except (KeyError, IndexError, ValueError):
        raise OSError(f"/proc/{pid}/status tells of no memory") from None
    return now, most
