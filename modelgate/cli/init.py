"""`modelgate init [MODEL]`: draft a project and a suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelgate.cli.allowing import allow_code as allowing

if TYPE_CHECKING:
    from modelgate.drafting import Draft


@click.command(
    name="init",
    short_help="draft modelgate.yaml and a suite",
    epilog="Example: modelgate init model.onnx --data test.csv --target churned",
)
@click.argument("model", required=False)
@click.option("--data", metavar="FILE", help="Labelled rows: limits are drafted from them.")
@click.option("--target", metavar="COLUMN", help="The column that holds the right answers.")
@click.option("--reference", metavar="FILE", help="The rows that MODEL was trained on.")
@allowing
@click.option("--threads", metavar="N", type=click.IntRange(1, 256), default=1, show_default=True)
def command(
    model: str | None,
    data: str | None,
    target: str | None,
    reference: str | None,
    allow_code: tuple[str, ...],
    threads: int,
) -> None:
    """Draft modelgate.yaml and suites/NAME.yaml in the current folder.

    MODEL is one that you know to be good: it becomes the champion, and what it surely reaches on
    the rows of --data becomes the limits, which the comments explain. Without MODEL the suite is a
    skeleton to fill in. A file that is there already is never overwritten: then nothing is written
    at all. The exit code is 0 once the files are there.
    """
    from modelgate.drafting import draft
    from modelgate.options import Options

    options = Options(threads=threads, allow_code=allow_code)
    _tell(draft(model, data=data, target=target, reference=reference, options=options), model)


def _tell(drafted: Draft, model: str | None) -> None:
    """What was written, what it was made of, and what to do next."""
    import shlex

    from modelgate.cli.page import Page

    page = Page()
    page.heading("Written")
    for file in drafted.files:
        page.paragraph(file, indent=2)
    if drafted.taken:
        page.gap()
        page.heading("Taken for granted")
        for note in drafted.taken:
            page.paragraph(note, indent=2)
    if drafted.report is not None:
        page.gap()
        page.paragraph(
            f"By this suite the model itself is: {drafted.report.verdict.decision.upper()}."
            f" {' '.join(drafted.report.verdict.because)}"
        )
    candidate = shlex.quote(model) if model is not None else "MODEL"
    page.gap()
    page.heading("Next")
    page.table(
        [
            (f"edit {shlex.quote(drafted.suite)}", "every number in it is yours to change"),
            (f"modelgate check {candidate}", "put a model on trial by it"),
            (f"modelgate selftest {candidate}", "see which worse models it would let through"),
        ]
    )
