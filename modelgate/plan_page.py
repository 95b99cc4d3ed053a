"""A plan on a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from modelgate import delivery
from modelgate.console import Page
from modelgate.plan import Plan, Planned, distance
from modelgate.reporters import ReportOption
from modelgate.summary import LONGEST_NAME

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MOST = 40
"""Questions shown, the ones with the fewest rows for their tolerance first."""


def deliver(plan: Plan, option: ReportOption) -> None:
    """Write a plan where the option says.

    Raises:
        StorageError: MG6050, the file cannot be written.
    """
    delivery.deliver(option, partial(show, plan), partial(_json, plan))


def _json(plan: Plan) -> str:
    return json.dumps(asdict(plan), indent=2) + "\n"


def show(plan: Plan, console: Console) -> None:
    """Print what a suite could tell with these rows."""
    page = Page(console)
    first, *others = plan.says
    page.put(
        page.hanging(page.text("PLAN", "bold"), [page.text(first, "bold"), *map(page.text, others)])
    )
    page.put("")
    questions = sorted(plan.questions, key=_shortage)
    page.put(_table(page, questions[:MOST]))
    if len(questions) > MOST:
        page.put(page.text(f"  … and {len(questions) - MOST:,} more; JSON has them", "dim"))
    for name, why in list(plan.untold.items())[:MOST]:
        page.put(page.text(f"  {name}: nothing can be said, {why}", "dim"))
    page.put("")
    page.put(
        page.text(
            f"Spreads are those of {plan.champion} against itself; no candidate was judged.", "dim"
        )
    )


def _shortage(question: Planned) -> float:
    return -(question.needed or 0) / question.rows


def _table(page: Page, questions: Sequence[Planned]) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("question", overflow="fold", ratio=1, min_width=20)
    for heading in ("rows", "held to", "rules out", "shows", "rows needed"):
        table.add_column(heading, justify="right", overflow="fold")
    table.expand = True
    for one in questions:
        held = one.against if one.tolerance is None else f"{distance(one.tolerance, one)} worse"
        cells = (
            one.title,
            f"{one.rows:,}",
            held,
            distance(one.rules_out, one),
            distance(one.shows, one),
            "" if one.needed is None else f"{one.needed:,}",
        )
        table.add_row(*(page.text(cell, longest=LONGEST_NAME) for cell in cells))
    return table
