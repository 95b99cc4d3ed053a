"""`modelgate demo [DIR]`: six small real models, gated and explained."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = "modelgate-demo"


@click.command(
    name="demo",
    short_help="see the gate at work on six small real models",
    epilog="Example: modelgate demo /tmp/tumours",
)
@click.argument("folder", metavar="[DIR]", default=FOLDER)
@click.option("--threads", metavar="N", type=click.IntRange(1), default=1, show_default=True)
def command(folder: str, threads: int) -> None:
    """Write six small models, their data and a suite into DIR, and put each model on trial.

    The models tell benign from malignant tumours. Three are good enough, one is a hold for want of
    evidence, and one is blocked. DIR is modelgate-demo unless you name another; nothing in it is
    overwritten. The exit code is 0 when every verdict was as told.
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
