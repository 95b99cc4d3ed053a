"""What is no report of a model, as a page for people or as JSON: where `--report` says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from modelgate.atomic import write_file
from modelgate.errors import UsageError
from modelgate.reporters import STANDARD_OUTPUT, ReportOption, parse_report_option

if TYPE_CHECKING:
    from rich.console import Console

FORMATS = ("terminal", "json")
WIDTH = 80
"""Columns of a page that goes to a file."""


def page_options(texts: Sequence[str], what: str) -> list[ReportOption]:
    """Each `FORMAT[:PATH]`; the terminal where there is none.

    Args:
        texts: as the user wrote them.
        what: is written, such as "a plan".

    Raises:
        UsageError: MG2036, a format of reports alone; MG2050, MG2051 as `parse_report_option`.
    """
    chosen = [parse_report_option(text) for text in texts or FORMATS[:1]]
    for option in chosen:
        if option.format not in FORMATS:
            raise UsageError(
                "MG2036",
                f"{what} is written as terminal or json, not as {option.format}",
                hint="write --report json:FILE",
            )
    return chosen


def deliver(
    option: ReportOption,
    show: Callable[[Console], None],
    json: Callable[[], str],
    *,
    width: int = WIDTH,
) -> None:
    """Write wholly to a file, or to standard output.

    Args:
        option: one of `page_options`.
        show: draws the page.
        json: the same as JSON.
        width: of the page in a file, in columns.

    Raises:
        StorageError: MG6050, the file cannot be written.
    """
    if option.format == "terminal" and option.path == STANDARD_OUTPUT:
        from rich.console import Console

        show(Console(file=sys.stdout))
        return
    content = json() if option.format == "json" else drawn(show, width)
    if option.path == STANDARD_OUTPUT:
        sys.stdout.write(content)
    else:
        write_file(Path(option.path), content.encode())


def drawn(show: Callable[[Console], None], width: int = WIDTH) -> str:
    """A page as plain text."""
    from rich.console import Console

    paper = StringIO()
    show(Console(file=paper, width=width, color_system=None))
    return paper.getvalue()
