"""`modelgate drift REFERENCE CURRENT`: whether rows are of the kind that they were."""

from __future__ import annotations

import click


@click.command(
    name="drift",
    short_help="whether rows are of another kind than a reference",
    epilog="Examples: modelgate drift train.csv today.csv;"
    " modelgate drift train.parquet today.parquet --ignore customer_id --at-most 0.1",
)
@click.argument("reference")
@click.argument("current")
@click.option("--column", "columns", metavar="NAME", multiple=True, help="Only this; repeatable.")
@click.option("--ignore", metavar="NAME", multiple=True, help="All but this; repeatable.")
@click.option(
    "--method",
    type=click.Choice(["auto", "ks", "chi_square"]),
    default="auto",
    show_default=True,
    help="How columns are compared; auto chooses by what they hold.",
)
@click.option(
    "--at-most", metavar="SHIFT", type=float, help="What does not matter yet; 0.05 if left out."
)
@click.option(
    "--report",
    "reports",
    metavar="FORMAT[:PATH]",
    multiple=True,
    help="terminal (the default) or json; several at once; PATH - is standard output.",
)
def command(
    reference: str,
    current: str,
    columns: tuple[str, ...],
    ignore: tuple[str, ...],
    method: str,
    at_most: float | None,
    reports: tuple[str, ...],
) -> int:
    """Compare the rows of CURRENT with those of REFERENCE, column by column, without a model.

    A column has shifted where that is shown, whatever the number of columns, and where the shift
    is larger than --at-most besides: the largest difference between the shares of rows up to a
    value, or the share of rows that would have to change category. The method is the same at every
    number of rows.

    Exit codes: 0 no column has shifted, and a larger shift is ruled out; 1 one has; 11 neither is
    shown: too few rows. Others as `modelgate check`.
    """
    from modelgate.drift_page import deliver, refuse_format
    from modelgate.drifting import drift
    from modelgate.reporters import parse_report_option

    chosen = [parse_report_option(text) for text in reports or ("terminal",)]
    for option in chosen:
        refuse_format(option)
    found = drift(
        reference, current, columns=columns, ignore=ignore, method=method, at_most=at_most
    )
    for option in chosen:
        deliver(found, option)
    return found.exit_code
