"""The report as JSON: all of it, for programs."""

from __future__ import annotations

from typing import ClassVar

from modelgate.report import Report
from modelgate.report_file import report_json
from modelgate.reporters import Reporter


class Json(Reporter):
    """`modelgate.report/1`, as `modelgate report` and the other commands read it."""

    name: ClassVar[str] = "json"

    def render(self, report: Report) -> bytes:
        """The bytes of the file."""
        return report_json(report)
