"""`modelgate drift REFERENCE CURRENT`: whether rows are of the kind that they were."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from modelgate.cli.reporting import report_options


@click.command(
    name="drift",
    short_help="whether rows are of another kind than a reference",
    epilog="Examples: modelgate drift train.csv today.csv;"
    " modelgate drift train.parquet today.parquet --ignore customer_id --at-most 0.1;"
    " modelgate drift train.parquet --save-profile train.json;"
    " modelgate drift train.json today.parquet",
)
@click.argument("reference")
@click.argument("current", required=False)
@click.option("--column", "columns", metavar="NAME", multiple=True, help="Only this; repeatable.")
@click.option("--ignore", metavar="NAME", multiple=True, help="All but this; repeatable.")
@click.option(
    "--method",
    type=click.Choice(["auto", "ks", "chi_square", "psi", "jensen_shannon", "wasserstein"]),
    default="auto",
    show_default=True,
    help="How columns are compared; auto chooses by what they hold.",
)
@click.option(
    "--at-most", metavar="SHIFT", help="What does not matter yet; 0.05 or 5% if left out."
)
@report_options
@click.option(
    "--save-profile",
    metavar="FILE",
    help="Write what REFERENCE holds, to be named in its place from then on.",
)
def command(
    reference: str,
    current: str | None,
    columns: tuple[str, ...],
    ignore: tuple[str, ...],
    method: str,
    at_most: str | None,
    reports: tuple[str, ...],
    save_profile: str | None,
) -> int:
    """Compare the rows of CURRENT with those of REFERENCE, column by column, without a model.

    REFERENCE is a file of rows, or the profile that --save-profile wrote of one: some ten kilobytes
    a column, in place of rows that need not be read again. Without CURRENT only that is written.

    A column has shifted where that is shown, whatever the number of columns, and where the shift
    is larger than --at-most besides: the largest difference between the shares of rows up to a
    value, or the share of rows that would have to change category. The method is the same at every
    number of rows.

    Exit codes: 0 no column has shifted, and a larger shift is ruled out; 1 one has; 11 neither is
    shown: too few rows. Others as `modelgate check`.
    """
    from modelgate.delivery import page_options
    from modelgate.drift_page import deliver, saved
    from modelgate.drifting import drift, profiled, save
    from modelgate.reporters import STANDARD_OUTPUT

    chosen = page_options(reports, "a comparison")
    written = [option.path for option in chosen if option.path != STANDARD_OUTPUT]
    _refuse_overwriting([*written, *filter(None, [save_profile])], reference, current)
    kept = Path(save_profile) if save_profile else None
    if current is None:
        if kept is None:
            raise _incomplete()
        side, profile = profiled(reference)
        save(kept, side, profile)
        sys.stdout.write(saved(kept, side, len(profile.columns_profiled)))
        return 0
    found = drift(
        reference,
        current,
        columns=columns,
        ignore=ignore,
        method=method,
        at_most=_shift(at_most),
        save_profile=kept,
    )
    for option in chosen:
        deliver(found, option)
    return found.exit_code


def _shift(text: str | None) -> float | None:
    """A number, or a share in percent.

    Raises:
        UsageError: MG2262, it is neither.
    """
    from modelgate.errors import UsageError
    from modelgate.escape import shown

    if text is None:
        return None
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError as error:
        message = f"--at-most takes a number such as 0.05 or 5%, not {shown(text, 40)}"
        raise UsageError("MG2262", message) from error


def _incomplete() -> Exception:
    from modelgate.errors import UsageError

    return UsageError(
        "MG2004",
        "CURRENT is missing: the rows to compare with REFERENCE",
        hint="with --save-profile FILE it may be left out",
    )


def _refuse_overwriting(writes: Sequence[str], *reads: str | None) -> None:
    """No file that is read is written over."""
    from modelgate.atomic import refuse_overwriting
    from modelgate.sources import files_of

    refuse_overwriting(writes, [path for one in reads if one for path in files_of(one)])
