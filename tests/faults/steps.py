"""Steps that touch the disk, counted; the k-th of them fails, or the process dies there.

A step is a write, an fsync, a rename, a link, an open for writing, a folder that is made, or a
statement or commit of the database. They are caught where Python calls the system, or SQLite.
"""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal, Self
from unittest.mock import patch

from sqlalchemy.engine.default import DefaultDialect

How = Literal["EIO", "ENOSPC", "kill"]


class Steps:
    """Counts them.

    Attributes:
        at: the one that fails, from 1; 0 for none.
        how: what becomes of it.
        taken: so many there were.
    """

    def __init__(self, at: int = 0, how: How = "EIO") -> None:
        self.at = at
        self.how = how
        self.taken = 0

    def step(self, *, sql: bool = False) -> None:
        """One more."""
        self.taken += 1
        if self.taken != self.at:
            return
        if self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if sql:
            full = self.how == "ENOSPC"
            raise sqlite3.OperationalError("database or disk is full" if full else "disk I/O error")
        number = getattr(errno, self.how)
        raise OSError(number, os.strerror(number))


class _Written:
    """A file whose writes are steps."""

    def __init__(self, file: Any, steps: Steps) -> None:
        self._file = file
        self._steps = steps

    def write(self, content: Any) -> Any:
        self._steps.step()
        return self._file.write(content)

    def __enter__(self) -> Self:
        self._file.__enter__()
        return self

    def __exit__(self, *about: object) -> Any:
        return self._file.__exit__(*about)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


Replace = Callable[[Any, str, Callable[[Any], Any]], None]


@contextmanager
def counted(at: int = 0, how: How = "EIO") -> Iterator[Steps]:
    """Count the steps of a block, and let one fail."""
    steps = Steps(at, how)
    with ExitStack() as stack:

        def replace(where: Any, name: str, make: Callable[[Any], Any]) -> None:
            stack.enter_context(patch.object(where, name, make(getattr(where, name))))

        _calls(steps, replace)
        _files(steps, replace)
        _database(steps, replace)
        yield steps


def _calls(steps: Steps, replace: Replace) -> None:
    """What changes a folder, or waits for the disk."""

    def before(call: Any) -> Any:
        def stepped(*arguments: Any, **named: Any) -> Any:
            steps.step()
            return call(*arguments, **named)

        return stepped

    for name in ("fsync", "replace", "rename", "link", "unlink", "mkdir", "ftruncate"):
        replace(os, name, before)


def _files(steps: Steps, replace: Replace) -> None:
    """Files that are opened for writing, and each write."""

    def opening(call: Any) -> Any:
        def opened(path: Any, flags: int, *more: Any, **named: Any) -> Any:
            if flags & (os.O_WRONLY | os.O_RDWR):
                steps.step()
            return call(path, flags, *more, **named)

        return opened

    def writing(call: Any) -> Any:
        def opened(path: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
            if set(mode) & set("wxa+"):
                steps.step()
                return _Written(call(path, mode, *more, **named), steps)
            return call(path, mode, *more, **named)

        return opened

    replace(os, "open", opening)
    replace(Path, "open", writing)
    replace(os, "fdopen", writing)


def _database(steps: Steps, replace: Replace) -> None:
    """Statements are a step before they are done; a commit is one before, and one after."""

    def executing(call: Any) -> Any:
        def executed(self: Any, cursor: Any, statement: str, *more: Any, **named: Any) -> Any:
            if not statement.lstrip().upper().startswith("SELECT"):
                steps.step(sql=True)
            return call(self, cursor, statement, *more, **named)

        return executed

    def committing(call: Any) -> Any:
        def committed(self: Any, connection: Any) -> Any:
            steps.step(sql=True)
            call(self, connection)
            if steps.how == "kill":  # that it was kept and yet failed, SQLite never says
                steps.step()

        return committed

    replace(DefaultDialect, "do_execute", executing)
    replace(DefaultDialect, "do_commit", committing)
