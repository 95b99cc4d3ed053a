"""`modelgate report REPORT.json --as FORMAT`: show a stored report once more, in any format."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    name="report",
    short_help="show a stored report in another format",
    epilog="Example: modelgate report report.json --as terminal",
)
@click.argument("file", metavar="REPORT.json")
@click.option(
    "--as", "form", metavar="FORMAT", default="terminal", show_default=True, help="terminal or json"
)
@click.option("--output", metavar="PATH", default="-", help="the file to write  [default: screen]")
def command(file: str, form: str, output: str) -> None:
    """Show the report that a check wrote, without asking the model again.

    The exit code is 0 when the report could be shown, whatever it says. A report whose verdict does
    not follow from its own results is refused.
    """
    from modelgate.report_file import load_report
    from modelgate.reporters import ReportOption, deliver, reporter

    reporter(form)  # an unknown name is told before the file is read
    deliver(load_report(Path(file)), ReportOption(form, output))
