"""`modelgate compare MODEL MODEL...`: which of many is best, and which are really different."""

from __future__ import annotations

import click


@click.command(
    name="compare",
    short_help="which of many models is best, and which are really different",
    epilog="Example: modelgate compare 'runs/*.onnx' --data test.csv --target churned",
)
@click.argument("models", nargs=-1, required=True, metavar="MODEL...")
@click.option("--data", metavar="FILE", help="The labelled rows; the suite's if left out.")
@click.option("--target", metavar="COLUMN", help="The column that holds the right answers.")
@click.option("--suite", metavar="NAME|FILE", help="Judge each by it; name the best it promotes.")
@click.option("--champion", metavar="MODEL", help="For the suite's comparisons.")
@click.option("--metric", metavar="NAME", help="Rank by it; accuracy or rmse if left out.")
@click.option(
    "--report",
    "reports",
    metavar="FORMAT[:PATH]",
    multiple=True,
    help="terminal (the default) or json; several at once; PATH - is standard output.",
)
@click.option("--threads", metavar="N", type=click.IntRange(1, 256), default=1, show_default=True)
def command(
    models: tuple[str, ...],
    data: str | None,
    target: str | None,
    suite: str | None,
    champion: str | None,
    metric: str | None,
    reports: tuple[str, ...],
    threads: int,
) -> int:
    """Rank models on the same rows, row by row.

    MODEL is a file, a folder of ONNX files, or a pattern in quotes, as of a grid search. They are
    judged one after the other; a file that cannot be judged is a line of the table, not the end.

    Exit codes: 0 a best model is named; 11 the suite promotes none; 3 none could be judged; others
    as `modelgate check`.
    """
    from modelgate.leaderboard import compare
    from modelgate.leaderboard.files import found
    from modelgate.leaderboard.page import deliver
    from modelgate.options import Options
    from modelgate.reporters import parse_report_option

    chosen = [parse_report_option(text) for text in reports or ("terminal",)]
    writes = [option.path for option in chosen if option.path != "-"]
    board = compare(
        found(models),
        data=data,
        target=target,
        suite=suite,
        champion=champion,
        metric=metric,
        options=Options(threads=threads, writes=writes),
    )
    for option in chosen:
        deliver(board, option)
    return board.exit_code
