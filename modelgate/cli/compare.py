"""`modelgate compare MODEL MODEL...`: which of many is best, and which are really different."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from modelgate.cli.allowing import allow_code as allowing
from modelgate.cli.reporting import report_options


@click.command(
    name="compare",
    short_help="which of many models is best, and which are really different",
    epilog="Examples: modelgate compare 'runs/*.onnx' --data test.csv --target churned;"
    " modelgate compare runs/ --suite suites/churn.yaml --report json:board.json",
)
@click.argument("models", nargs=-1, required=True, metavar="MODEL...")
@click.option("--data", metavar="FILE", help="The labelled rows; the suite's if left out.")
@click.option("--target", metavar="COLUMN", help="The column that holds the right answers.")
@click.option("--suite", metavar="NAME|FILE", help="Judge each by it; name the best it promotes.")
@click.option("--champion", metavar="MODEL", help="For the suite's comparisons.")
@click.option("--metric", metavar="NAME", help="Rank by it; accuracy or rmse if left out.")
@report_options
@click.option("--no-cache", is_flag=True, help="Ask a model even where its answers are known.")
@allowing
@click.option("--seed", metavar="N", type=click.IntRange(0), help="In place of the suite's.")
@click.option("--threads", metavar="N", type=click.IntRange(1, 256), default=1, show_default=True)
@click.option(
    "--provider",
    metavar="NAME",
    default="CPUExecutionProvider",
    show_default=True,
    help="onnxruntime's execution provider.",
)
def command(
    models: tuple[str, ...],
    data: str | None,
    target: str | None,
    suite: str | None,
    champion: str | None,
    metric: str | None,
    reports: tuple[str, ...],
    no_cache: bool,
    allow_code: tuple[str, ...],
    seed: int | None,
    threads: int,
    provider: str,
) -> int:
    """Rank models on the same rows, row by row.

    MODEL is a file, columns:NAME for predictions that stand in the data, a folder with all ONNX
    files in it, or a pattern in quotes, as of a grid search. Up to eight are alive at once, and the
    rows are read once for each eight; with --suite they are judged one after the other. A file that
    cannot be judged is a line of the page, not the end.

    Models that the rows cannot tell apart are called tied. The one that comes first was picked by
    the same rows that show how good it is: the page says how much of its lead is owed to that.

    Exit codes without --suite: 0 the models are ranked, 3 fewer than two could be judged. With it:
    0 a model is named that the suite promotes even as the pick of so many, and that comes first
    among those; a tie does not hold it up, since any of the tied would do. 11 there is none. Others
    as `modelgate check`.
    """
    from modelgate.delivery import page_options
    from modelgate.leaderboard import compare
    from modelgate.leaderboard.files import found
    from modelgate.leaderboard.page import deliver
    from modelgate.options import Options

    chosen = page_options(reports, "a leaderboard")
    options = Options(
        threads=threads,
        provider=provider,
        seed=seed,
        cache=not no_cache,
        allow_code=allow_code,
        writes=[option.path for option in chosen if option.path != "-"],
    )
    with _watching() as watch:
        board = compare(
            found(models),
            data=data,
            target=target,
            suite=suite,
            champion=champion,
            metric=metric,
            options=options,
            watch=watch,
        )
    for option in chosen:
        deliver(board, option)
    return board.exit_code


@contextmanager
def _watching() -> Iterator[Callable[[str], None] | None]:
    """A line on standard error that says what is being done; nothing where nobody watches."""
    import sys

    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status("loading the models") as status:
        yield status.update
