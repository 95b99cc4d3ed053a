"""`modelgate approve DECISION --reason TEXT`: a person's word for a decision that needs it."""

from __future__ import annotations

import click

from modelgate.cli.registry import opened, registry_option


@click.command(
    name="approve",
    short_help="give a decision the approval that it needs",
    epilog='Example: modelgate approve 12 --reason "the held slice is being labelled"',
)
@click.argument("decision")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stands in the log.")
@registry_option
def command(decision: str, reason: str, registry: str | None) -> None:
    """Approve DECISION, a number of the log or the beginning of a digest.

    An approval opens the gate to an alias whose policy says `approve: true`, and lifts a hold for
    want of evidence where the suite's policy says `on_hold: ask`. It never lifts a block.
    """
    from modelgate.approving import approve

    with opened(registry) as (kept, _):
        entry = approve(kept, decision, reason)
    click.echo(f"approved (entry {entry.sequence} of the log)")
