"""Where the result of a selftest goes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from modelgate.atomic import write_file
from modelgate.errors import UsageError, did_you_mean
from modelgate.escape import shown
from modelgate.selftest import SelfTest
from modelgate.selftest.page import show
from modelgate.selftest.written import written

FORMATS = ("terminal", "json")
STANDARD_OUTPUT = "-"
WIDTH = 80
"""Columns of a page that goes to a file."""


def chosen(texts: Sequence[str]) -> list[tuple[str, str]]:
    """(format, path) of each `FORMAT[:PATH]`; the terminal where there is none.

    Raises:
        UsageError: MG2071, no such format, or a colon without a path.
    """
    found = []
    for text in texts or FORMATS[:1]:
        form, colon, path = text.partition(":")
        if form not in FORMATS:
            raise UsageError(
                "MG2071",
                f"a selftest is not reported as {shown(form)}; {did_you_mean(form, FORMATS)}",
                hint="write --report terminal or --report json:FILE",
            )
        if colon and not path:
            raise UsageError("MG2071", f"--report {form}: names no file; write {form}:FILE")
        found.append((form, path or STANDARD_OUTPUT))
    return found


def deliver(found: SelfTest, form: str, path: str) -> None:
    """Write it wholly to a file, or to standard output.

    Raises:
        StorageError: MG6050, the file cannot be written.
    """
    from io import StringIO

    from rich.console import Console

    if form == "json":
        content = written(found)
    elif path == STANDARD_OUTPUT:
        show(found, Console(file=sys.stdout))
        return
    else:
        paper = StringIO()
        show(found, Console(file=paper, width=WIDTH, color_system=None))
        content = paper.getvalue().encode()
    if path == STANDARD_OUTPUT:
        sys.stdout.write(content.decode())
    else:
        write_file(Path(path), content)
