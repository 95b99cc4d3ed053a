"""`modelgate history NAME`: who moved what, when and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelgate.cli.registry import opened, registry_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelgate.events import Event
    from modelgate.registries.embedded import Registry
    from modelgate.registries.runs import Measured


@click.command(
    name="history",
    short_help="who decided and moved what, when and why",
    epilog="Examples: modelgate history churn; modelgate history churn --metric accuracy",
)
@click.argument("name", required=False)
@click.option(
    "--as",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How it is shown.",
)
@click.option(
    "--envelopes",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the whole signed log, a line an envelope, for `modelgate verify FILE --key KEY`.",
)
@click.option("--metric", metavar="ID", help="What it was of each version: accuracy.")
@registry_option
def command(
    name: str | None, form: str, envelopes: Path | None, metric: str | None, registry: str | None
) -> None:
    """Show every decision, approval and move of NAME, the oldest first, and where its aliases lead.

    Without NAME, the models that are registered.

    The log is one for all models of a registry, each entry signed and chained to the one before;
    `--envelopes` writes all of it, since a part could not be verified.
    """
    from modelgate.events import as_csv, as_json, event_of

    with opened(registry) as (kept, _):
        if name is None:
            _show_names(kept)
            return
        kept.versions(name)
        if envelopes is not None:
            _write(kept, envelopes)
            return
        from modelgate.registries.log import statement_of

        events: list[Event] = []
        measured: Sequence[Measured] = ()
        if metric is None:
            events = [event_of(entry, statement_of(entry)) for entry in kept.entries(name=name)]
        else:
            measured = kept.series(name, metric)
        if form == "table":
            _show_measured(metric or "", measured) if measured else _show(kept, name, events)
            return
    told = measured or events
    click.echo(as_json(told) if form == "json" else as_csv(told), nl=False)


def _show_names(registry: Registry) -> None:
    from modelgate.cli.page import Page

    page = Page()
    page.heading(f"Models in {registry.place}")
    rows = []
    for name in registry.names():
        versions = registry.versions(name)
        aliases = [f"{alias} is {one}" for one in versions for alias in one.aliases]
        number = len(versions)
        rows.append((name, f"{number} version{'s' * (number != 1)}", ", ".join(aliases)))
    page.table(rows)


def _write(registry: Registry, path: Path) -> None:
    from modelgate.atomic import write_file

    lines = [entry.envelope for entry in registry.entries()]
    write_file(path, b"".join(line + b"\n" for line in lines))
    click.echo(f"{path}: {len(lines)} envelope{'s' * (len(lines) != 1)}")


def _show_measured(metric: str, measured: Sequence[Measured]) -> None:
    from modelgate.cli.page import Page
    from modelgate.figures import number

    page = Page()
    page.heading(metric)
    page.table(
        [
            (
                one.version,
                one.started[:16].replace("T", " "),
                "" if one.value is None else number(one.value, one.unit),
                ""
                if one.low is None or one.high is None
                else f"{number(one.low, one.unit)} to {number(one.high, one.unit)}",
                f"{one.n:,} rows",
                one.status,
                "" if one.decision is None else f"entry {one.decision}",
            )
            for one in measured
        ]
    )


def _show(registry: Registry, name: str, events: list[Event]) -> None:
    from modelgate.cli.page import Page

    page = Page()
    page.heading("Versions")
    page.table(
        [
            (
                f"{version}",
                version.digest[7:19],
                version.created[:16].replace("T", " "),
                ", ".join(
                    [*version.aliases, *(f"{key}={value}" for key, value in version.tags.items())]
                ),
            )
            for version in registry.versions(name)
        ]
    )
    page.gap()
    page.heading("Log")
    page.table(
        [
            (
                str(event.sequence),
                event.when[:16].replace("T", " "),
                event.who,
                event.version,
                f"{event.says}; {event.why}" if event.why else event.says,
            )
            for event in events
        ]
    )
