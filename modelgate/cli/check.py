"""`modelgate check MODEL`: put a model on trial."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import click

from modelgate.cli.allowing import allow_code as allowing
from modelgate.cli.reporting import report_options

if TYPE_CHECKING:
    from modelgate.options import Options
    from modelgate.passing import Keep, Progress
    from modelgate.reporters import ReportOption


@click.command(
    name="check",
    short_help="put a model on trial",
    epilog="Example: modelgate check model.onnx --data test.csv --target churned",
)
@click.argument("model")
@click.option("--data", metavar="FILE", help="The labelled rows: a file, a folder or a pattern.")
@click.option("--target", metavar="COLUMN", help="The column that holds the right answers.")
@click.option("--reference", metavar="FILE", help="The rows that the model was trained on.")
@click.option("--champion", metavar="MODEL", help="The model in production, to compare with.")
@click.option("--suite", metavar="NAME|FILE", help="What to ask; chosen by the task if left out.")
@report_options
@click.option("--save-predictions", metavar="FILE", help="Write the answers: .csv or .parquet.")
@click.option(
    "--plan",
    "planning",
    is_flag=True,
    help="Say what so many rows can tell, judge nothing; ends with 11.",
)
@click.option("--quick", is_flag=True, help="Judge a sample of 2,048 rows; promotes nothing.")
@click.option("--no-cache", is_flag=True, help="Ask the model even where its answers are known.")
@allowing
@click.option("--seed", metavar="N", type=int, help="In place of the suite's.")
@click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Blocks of rows answered at the same time; they change no number.",
)
@click.option(
    "--provider",
    metavar="NAME",
    default="CPUExecutionProvider",
    show_default=True,
    help="onnxruntime's execution provider.",
)
def command(
    model: str,
    data: str | None,
    target: str | None,
    reference: str | None,
    champion: str | None,
    suite: str | None,
    reports: tuple[str, ...],
    save_predictions: str | None,
    planning: bool,
    quick: bool,
    no_cache: bool,
    allow_code: tuple[str, ...],
    seed: int | None,
    threads: int,
    provider: str,
) -> int:
    """Put MODEL on trial.

    MODEL is a file (ONNX, scikit-learn, XGBoost, LightGBM), FILE.py:FUNCTION where it is approved,
    NAME@VERSION of the registry, models:/NAME@ALIAS of MLflow, the address of an endpoint, or
    columns:NAME[,NAME...] for predictions that stand in the data.
    `modelgate list formats` names them all.
    """
    from modelgate.delivery import page_options
    from modelgate.evaluation import evaluate
    from modelgate.options import Options
    from modelgate.reporters import deliver, parse_report_option

    if planning:
        chosen = page_options(reports, "a plan")
    else:
        chosen = [parse_report_option(text) for text in reports or ("terminal",)]
    writes = [option.path for option in chosen if option.path != "-"]
    writes += [save_predictions] if save_predictions else []
    with _saving(save_predictions) as keep, _progress() as (progress, asking):
        options = Options(
            threads=threads,
            provider=provider,
            seed=seed,
            quick=quick,
            cache=not no_cache,
            allow_code=allow_code,
            progress=progress,
            asking=asking,
            keep=keep,
            writes=writes,
        )
        asked: dict[str, Any] = {"data": data, "target": target, "reference": reference}
        asked |= {"champion": champion, "suite": suite}
        if planning:
            return _planned(model, asked, options, chosen)
        report = evaluate(model, **asked, options=options)
    for option in chosen:
        deliver(report, option)
    run = report.provenance.get("mlflow")
    if run and run["not_logged"]:
        click.echo(f"modelgate: not logged to the run in MLflow: {run['not_logged']}", err=True)
    return report.verdict.exit_code


def _planned(
    model: str, asked: dict[str, Any], options: Options, chosen: Sequence[ReportOption]
) -> int:
    """What the suite could tell; nothing is judged, and so the gate stays shut."""
    from modelgate.plan import plan
    from modelgate.plan_page import deliver

    found = plan(model, **asked, options=options)
    for option in chosen:
        deliver(found, option)
    return 11


def _saving(path: str | None) -> AbstractContextManager[Keep | None]:
    """What keeps the answers, loaded only where they are to be kept."""
    if path is None:
        return nullcontext()
    from modelgate.saving import saving

    return saving(path)


@contextmanager
def _progress() -> Iterator[tuple[Progress | None, Callable[[str], None] | None]]:
    """A line on standard error: the rows so far, then each question; none where nobody watches."""
    import sys

    if not sys.stderr.isatty():
        yield None, None
        return
    from rich.console import Console

    from modelgate.escape import printable

    with Console(stderr=True).status("loading the model") as status:
        yield (
            lambda role, rows: status.update(f"{role}: {rows:,} rows answered"),
            lambda question: status.update(printable(f"asking {question}", 60)),
        )
