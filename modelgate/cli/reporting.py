"""`--report FORMAT[:PATH]`: one option of all commands that tell what they found."""

from __future__ import annotations

import click

report_options = click.option(
    "--report",
    "reports",
    metavar="FORMAT[:PATH]",
    multiple=True,
    help="terminal (the default) or json; several at once; PATH - is standard output.",
)
