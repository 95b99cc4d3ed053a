"""The process of a command: `modelgate`, or `python -m modelgate`."""

from __future__ import annotations

import atexit
import os
import sys
from pathlib import Path
from typing import NoReturn

from modelgate.cli import main


def run() -> NoReturn:
    """Run one command, and end the process with its exit code.

    Arrow's threads may still read ahead, through an object of Python's, what nobody wants any more.
    An interpreter that is taken down breaks such a thread off, and the process with it: SIGABRT in
    place of the exit code, once in some twenty errors in a CSV file. So it is not taken down.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # whoever closed it wants to read nothing
            nothing = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (till the end)
            setattr(sys, name, nothing)
    code = main()
    atexit._run_exitfuncs()  # noqa: SLF001 (workers are stopped, folders removed)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
