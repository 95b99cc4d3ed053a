"""`modelgate demo [DIR]`: nine small real models, gated and explained."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = "modelgate-demo"


@click.command(
    name="demo",
    short_help="see the gate at work on nine small real models",
    epilog="Example: modelgate demo /tmp/tumours",
)
@click.argument("folder", metavar="[DIR]", default=FOLDER)
@click.option("--threads", metavar="N", type=click.IntRange(1), default=1, show_default=True)
def command(folder: str, threads: int) -> None:
    """Write nine small models, their data and suites into DIR, and put each model on trial.

    Six tell benign from malignant tumours: three are good enough, one is a hold for want of
    evidence, two are blocked. Three say what a sentence is about: one is better by the numbers and
    is blocked, because it misreads a sentence that nobody would misread. DIR is modelgate-demo
    unless you name another; nothing in it is overwritten. The exit code is 0 when every
    verdict was as told.
    """
    from rich.console import Console

    from modelgate.demo import gate, write
    from modelgate.demo.tour import Tour

    place = Path(folder)
    write(place)
    tour = Tour(place, Console())
    tour.begin()
    for candidate, report in gate(place, threads=threads):
        tour.show(candidate, report)
    tour.end()
