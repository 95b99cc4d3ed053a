"""An end to code that may have none."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from modelgate.errors import CheckCrashedError
from modelgate.escape import shown

SECONDS = 60.0
"""That a project's own function may take for one batch of rows."""


class _LateError(BaseException):
    """Its time is over; no `except Exception` on the way holds it up."""


@contextmanager
def bounded(function: Callable[..., Any], seconds: float | None = None) -> Iterator[None]:
    """Break off what takes longer, by a signal: it also ends a loop of pure Python, and a sleep.

    Only the main thread can be told by signals, and only where the system has them; elsewhere
    nothing is bounded.

    Args:
        function: that runs, for the message.
        seconds: that it may take, above 0; `SECONDS` where None.

    Raises:
        CheckCrashedError: MG4073, it took longer.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(
        signal, "setitimer"
    ):
        yield
        return
    most = SECONDS if seconds is None else seconds
    before = signal.signal(signal.SIGALRM, _late)
    began = time.monotonic()
    left, again = signal.setitimer(signal.ITIMER_REAL, most)
    try:
        try:
            yield
        finally:
            if left:  # somebody else's alarm
                left = max(left - (time.monotonic() - began), 0.001)
            signal.setitimer(signal.ITIMER_REAL, left, again)
            signal.signal(signal.SIGALRM, before)
    except _LateError:
        message = f"{_named(function)} took more than {most:g} s for one batch of rows"
        raise CheckCrashedError("MG4073", message) from None


def _named(function: Callable[..., Any]) -> str:
    """What it is called, and where it stands."""
    name = shown(getattr(function, "__name__", type(function).__name__))
    code = getattr(function, "__code__", None)
    return f"{name} ({Path(code.co_filename).name}:{code.co_firstlineno})" if code else name


def _late(*_: Any) -> None:
    raise _LateError
