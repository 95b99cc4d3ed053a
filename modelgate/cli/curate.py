"""`modelgate curate DATA`: rows worth a label."""

from __future__ import annotations

import click


@click.command(
    name="curate",
    short_help="rows worth a label, where labels are dear",
    epilog="Example: modelgate curate rows.csv --model new.onnx --model old.onnx --budget 200"
    " --out label-me.csv",
)
@click.argument("data")
@click.option("--model", "models", metavar="MODEL", multiple=True, help="Repeat for several.")
@click.option("--budget", metavar="N", type=click.IntRange(1), help="Rows that you can label.")
@click.option("--target", metavar="COLUMN", help="The column of the labels.")
@click.option("--labels", metavar="FILE", help="Put labels back: the file, with them filled in.")
@click.option("--out", metavar="FILE", help="Write here; standard output if left out.")
@click.option("--seed", metavar="N", type=click.IntRange(0), default=0, show_default=True)
@click.option("--threads", metavar="N", type=click.IntRange(1, 256), default=1, show_default=True)
def command(
    data: str,
    models: tuple[str, ...],
    budget: int | None,
    target: str | None,
    labels: str | None,
    out: str | None,
    seed: int,
    threads: int,
) -> int:
    """Pick the rows of DATA whose labels tell most of which model is better.

    First those on which the models disagree: a comparison needs a label nowhere else. Then those of
    which they are unsure, and rows spread over all answers. The file has an empty column for the
    label. Filled in, `--labels FILE --out MERGED` puts the labels into the data, and `modelgate
    check` compares the two models on it, although most rows have no label.
    """
    from pathlib import Path

    from modelgate.curation.files import merged

    if labels is not None:
        if out is None:
            raise click.UsageError("--labels needs --out FILE for the data with its labels")
        taken, empty = merged(data, Path(labels), Path(out), target=target)
        click.echo(f"{taken:,} labels put into {out}; {empty:,} picked rows have none yet.")
        return 0
    if not models or budget is None:
        raise click.UsageError("name --model MODEL (best two of them) and --budget N")
    return _picked(data, models, budget, target, out, seed=seed, threads=threads)


def _picked(
    data: str,
    models: tuple[str, ...],
    budget: int,
    target: str | None,
    out: str | None,
    *,
    seed: int,
    threads: int,
) -> int:
    from pathlib import Path

    from modelgate.atomic import write_file
    from modelgate.curation import curate
    from modelgate.curation.files import written
    from modelgate.options import Options

    found = curate(data, models, budget, target=target, seed=seed, options=Options(threads=threads))
    content = written(found)
    if out is None:
        click.echo(content.decode(), nl=False)
    else:
        write_file(Path(out), content)
    for reason, count in found.counts.items():
        click.echo(f"{count:,} rows: {reason}", err=True)
    missing = found.apart - found.counts["the models disagree"]
    if missing > 0:
        click.echo(
            f"{missing:,} more rows on which the models disagree are not among them: until they"
            " have a label, each could speak for either model.",
            err=True,
        )
    return 0
