"""`modelgate selftest MODEL`: would this suite catch a worse model?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from modelgate.cli.allowing import allow_code as allowing
from modelgate.cli.reporting import report_options

if TYPE_CHECKING:
    from modelgate.passing import Progress
    from modelgate.selftest import Told


@click.command(
    name="selftest",
    short_help="would this suite catch a worse model?",
    epilog="Example: modelgate selftest --suite suites/churn.yaml model.onnx",
)
@click.argument("model")
@click.option("--suite", metavar="NAME|FILE", help="What to test; chosen by the task if left out.")
@click.option("--data", metavar="FILE", help="The labelled rows; the suite's if left out.")
@click.option("--target", metavar="COLUMN", help="The column that holds the right answers.")
@click.option("--champion", metavar="MODEL", help="Compare with it, and not with MODEL itself.")
@click.option(
    "--draws",
    metavar="N",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    help="Models of each kind of fault; a quarter as many of each slice.",
)
@report_options
@click.option("--seed", metavar="N", type=click.IntRange(0), help="In place of the suite's.")
@allowing
@click.option("--threads", metavar="N", type=click.IntRange(1, 256), default=1, show_default=True)
def command(
    model: str,
    suite: str | None,
    data: str | None,
    target: str | None,
    champion: str | None,
    draws: int,
    reports: tuple[str, ...],
    seed: int | None,
    allow_code: tuple[str, ...],
    threads: int,
) -> int:
    """Tell whether a suite would catch a worse model than MODEL.

    MODEL is one that you know to be good. It answers every row once (a sample of 200,000, where
    there are more). Then faults are put into its answers: right ones turned wrong, everywhere or in
    one slice, scores made too sure, another threshold, labels answered by chance. And it is asked
    again with faults in what it is given: two columns taken for one another, half of the words of a
    text not known any more. The suite judges each faulty model, with MODEL for a champion, and you
    are told how many it would let through, and what to write into the suite against them.

    Exit codes: 0 the suite promotes MODEL or models as good, never a useless one, and lets through
    at most 10 % of each kind of fault beyond what it says that it tolerates; 11 it does not; others
    as `modelgate check`.
    """
    from modelgate.delivery import page_options
    from modelgate.options import Options
    from modelgate.selftest import selftest
    from modelgate.selftest.page import deliver

    chosen = page_options(reports, "a selftest")
    with _progress() as (progress, told):
        options = Options(
            threads=threads,
            allow_code=allow_code,
            seed=seed,
            progress=progress,
            writes=[option.path for option in chosen if option.path != "-"],
        )
        found = selftest(
            model,
            suite=suite,
            data=data,
            target=target,
            champion=champion,
            draws=draws,
            options=options,
            told=told,
        )
    for option in chosen:
        deliver(found, option)
    return found.exit_code


@contextmanager
def _progress() -> Iterator[tuple[Progress | None, Told | None]]:
    """A line on standard error that counts rows and models; nothing where nobody watches."""
    import sys

    if not sys.stderr.isatty():
        yield None, None
        return
    from rich.console import Console

    with Console(stderr=True).status("loading the model") as status:
        yield (
            lambda role, rows: status.update(f"{role}: {rows:,} rows answered"),
            lambda done, of: status.update(f"{done:,} of {of:,} faulty models judged"),
        )
