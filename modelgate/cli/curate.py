"""`modelgate curate DATA`: rows worth a label."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from modelgate.cli.allowing import allow_code as allowing

if TYPE_CHECKING:
    from modelgate.curation import Curated


@click.command(
    name="curate",
    short_help="rows worth a label, where labels are dear",
    epilog="Examples: modelgate curate rows.csv --model new.onnx --model old.onnx --budget 200"
    " --target churned --out label-me.csv; then, filled in: modelgate curate rows.csv"
    " --labels label-me.csv --out labelled.csv",
)
@click.argument("data")
@click.option("--model", "models", metavar="MODEL", multiple=True, help="Repeat for several.")
@click.option("--budget", metavar="N", type=click.IntRange(1), help="Rows that you can label.")
@click.option("--target", metavar="COLUMN", help="The column of the labels; `label` if left out.")
@click.option("--by", metavar="COLUMN", multiple=True, help="Its slices take turns; repeatable.")
@click.option("--suite", metavar="NAME|FILE", help="Says how models and data are read.")
@click.option("--labels", metavar="FILE", help="Put labels back: the file, with them filled in.")
@click.option("--out", metavar="FILE", help="Write here; standard output if left out.")
@click.option("--blind", is_flag=True, help="Do not write down what the models say.")
@click.option("--seed", metavar="N", type=click.IntRange(0), default=0, show_default=True)
@allowing
@click.option("--threads", metavar="N", type=click.IntRange(1, 256), default=1, show_default=True)
def command(
    data: str,
    models: tuple[str, ...],
    budget: int | None,
    target: str | None,
    by: tuple[str, ...],
    suite: str | None,
    labels: str | None,
    out: str | None,
    blind: bool,
    seed: int,
    allow_code: tuple[str, ...],
    threads: int,
) -> int:
    """Pick the rows of DATA whose labels tell most of which model is better.

    First those on which the models disagree: a comparison of accuracy needs a label nowhere else.
    Then those of which they are least sure, in turns from each class that the first answers and
    each slice of --by. The file that is written has the row's number, an empty column for the
    label, and all columns of the data; the rows that matter most come first.

    Once it is filled in, --labels FILE --out MERGED puts the labels into the data, and `modelgate
    check MODEL --champion OTHER --data MERGED` with a suite of `metric: accuracy` and a `margin`
    says what it would say if every row had a label.

    Exit codes: 0 written; 2 a mistake in what was asked; 3 model or data unusable; 4 a model broke
    off; 5 refused for safety; 6 disk.
    """
    if labels is not None:
        if out is None or models or budget is not None:
            raise click.UsageError("--labels FILE goes with --out FILE, and no --model or --budget")
        return _merged(data, labels, out, target)
    if not models or budget is None:
        raise click.UsageError("name --model MODEL (best two of them) and --budget N")
    from modelgate.atomic import refuse_overwriting
    from modelgate.curation import curate
    from modelgate.options import Options
    from modelgate.sources import files_of

    refuse_overwriting([out] if out else [], [*models, *files_of(data)])
    with _progress() as progress:
        found = curate(
            data,
            models,
            budget,
            target=target,
            by=by,
            suite=suite,
            seed=seed,
            options=Options(threads=threads, allow_code=allow_code),
            progress=progress,
        )
    return _told(found, data, models, out, blind=blind)


def _told(
    found: Curated, data: str, models: tuple[str, ...], out: str | None, *, blind: bool
) -> int:
    """Write the rows, and say what they are; beside the rows themselves on standard error."""
    from pathlib import Path

    from modelgate.atomic import write_file
    from modelgate.curation.files import written
    from modelgate.curation.wording import sentences
    from modelgate.escape import printable

    content = written(found, blind=blind)
    if out is None:
        click.echo(content.decode(), nl=False)
    else:
        write_file(Path(out), content)
    for line in sentences(found):
        click.echo(printable(line), err=out is None)
    if out is not None:
        click.echo(f"Fill in the column {printable(found.target)!r} of {printable(out)}, then:")
        for step in _steps(found, data, models, out):
            click.echo(f"  {printable(step)}")
    return 0


def _steps(found: Curated, data: str, models: tuple[str, ...], out: str) -> list[str]:
    """The commands that follow."""
    from math import ceil
    from shlex import join

    steps = [join(["modelgate", "curate", data, "--labels", out, "--out", "labelled.csv"])]
    if found.rules_out is not None:
        margin = ceil(200 * found.rules_out) / 2  # what these labels are likely to rule out
        steps.append(f"echo 'checks: [{{metric: accuracy, margin: {margin:g}%}}]' > paired.yaml")
        words = ["modelgate", "check", models[0], "--champion", models[1], "--suite", "paired.yaml"]
        steps.append(join([*words, "--data", "labelled.csv", "--target", found.target]))
    return steps


def _merged(data: str, labels: str, out: str, target: str | None) -> int:
    from pathlib import Path

    from modelgate.curation.files import merged
    from modelgate.escape import printable

    found = merged(data, Path(labels), Path(out), target=target)
    said = f"{found.taken:,} labels put into {printable(out)}; {found.empty:,} rows have none yet."
    if found.standing:
        said += f" {found.standing:,} rows had one already and keep it."
    click.echo(said)
    return 0


@contextmanager
def _progress() -> Iterator[Callable[[int], None] | None]:
    """A line on standard error that counts rows; nothing where nobody watches."""
    import sys

    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status("loading the models") as status:
        yield lambda rows: status.update(f"{rows:,} rows answered")
