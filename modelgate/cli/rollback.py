"""`modelgate rollback NAME --of ALIAS --reason TEXT`: what served before serves again."""

from __future__ import annotations

from pathlib import Path

import click

from modelgate.cli.registry import keys_option, opened, place_of, registry_option


@click.command(
    name="rollback",
    short_help="let what served before serve again",
    epilog='Example: modelgate rollback churn --of production --reason "slow for large baskets"',
)
@click.argument("name")
@click.option("--of", "alias", required=True, metavar="ALIAS", help="Such as production.")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stands in the log.")
@keys_option
@registry_option
def command(
    name: str, alias: str, reason: str, keys: tuple[Path, ...], registry: str | None
) -> None:
    """Lead ALIAS back to the version that stood there before, and make it serve.

    That version needs the decision of its own promotion; that this is expired by now, or that the
    version would not pass today, keeps nobody from going back.
    """
    from modelgate.promote import rollback

    with opened(registry) as (kept, project):
        moved = rollback(place_of(kept, project, name, alias, keys), reason)
    from modelgate.moved_page import said

    click.echo(said(moved, "rolled back"))
