"""How a report is shown: one file a reporter, named as `--report` names it."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from modelgate.atomic import write_file
from modelgate.errors import UsageError, did_you_mean
from modelgate.escape import printable
from modelgate.plugins import found
from modelgate.report import Report

if TYPE_CHECKING:
    from rich.console import Console

GROUP = "modelgate.reporters"
STANDARD_OUTPUT = "-"


class Reporter(ABC):
    """Draws a report. It changes nothing and concludes nothing: both are done.

    Attributes:
        name: the name of its file, and of the format.
    """

    name: ClassVar[str]

    @abstractmethod
    def render(self, report: Report) -> str | bytes:
        """The whole report, ready to be written to a file."""

    def show(self, report: Report, console: Console) -> None:
        """Put the report on a terminal; as it stands where the reporter knows nothing better."""
        content = self.render(report)
        text = content if isinstance(content, str) else content.decode("utf-8")
        console.file.write(text)


@dataclass(frozen=True, slots=True)
class ReportOption:
    """One `--report FORMAT[:PATH]`.

    Attributes:
        format: the name of a reporter.
        path: the file to write; "-" is standard output.
    """

    format: str
    path: str = STANDARD_OUTPUT


def formats() -> tuple[str, ...]:
    """The names of all reporters, our own first; none is loaded for that."""
    return tuple(plugin.name for plugin in found(__name__, group=GROUP))


def reporter(name: str) -> Reporter:
    """The reporter of that name.

    Raises:
        UsageError: MG2050, there is none.
    """
    plugin = next((one for one in found(__name__, group=GROUP) if one.name == name), None)
    if plugin is None:
        shown = printable(name, 40)
        raise UsageError(
            "MG2050", f"no report format is called {shown!r}; {did_you_mean(shown, formats())}"
        )
    kinds = plugin.classes(Reporter)  # type: ignore[type-abstract]
    assert kinds, f"the file of {name} defines no reporter"
    return kinds[0]()


def parse_report_option(text: str) -> ReportOption:
    """Read `json`, `json:out.json` or `json:-`; without a path the report goes to standard output.

    Raises:
        UsageError: MG2050 an unknown format, MG2051 a colon without a path.
    """
    name, colon, path = text.partition(":")
    reporter(name)  # raises where there is none
    if colon and not path:
        raise UsageError(
            "MG2051",
            f"--report {printable(text, 40)} names no file; write {name}:FILE, or {name}:- for"
            " standard output",
        )
    return ReportOption(name, path or STANDARD_OUTPUT)


def deliver(report: Report, option: ReportOption) -> None:
    """Write a report where the option says: wholly to a file, or to standard output.

    Raises:
        StorageError: MG6050, the file cannot be written.
    """
    drawn = reporter(option.format)
    if option.path != STANDARD_OUTPUT:
        content = drawn.render(report)
        write_file(
            Path(option.path), content.encode("utf-8") if isinstance(content, str) else content
        )
        return
    from rich.console import Console

    drawn.show(report, Console(file=sys.stdout))
