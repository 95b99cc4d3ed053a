"""A leaderboard on a terminal, and where it goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from modelgate import delivery
from modelgate.console import Page
from modelgate.leaderboard.board import Entry, Leaderboard
from modelgate.leaderboard.wording import Figures, sentences
from modelgate.reporters import ReportOption
from modelgate.summary import COLOURS, LONGEST_NAME, LONGEST_TEXT

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

MOST = 50
"""Models shown; all of them stand in JSON."""
MOST_FAILED = 10
WIDTH = 100


def deliver(board: Leaderboard, option: ReportOption) -> None:
    """Write a leaderboard where the option says.

    Raises:
        StorageError: MG6050, the file cannot be written.
    """
    delivery.deliver(option, partial(show, board), partial(_json, board), width=WIDTH)


def _json(board: Leaderboard) -> str:
    return json.dumps(asdict(board), indent=2, allow_nan=False) + "\n"


def drawn(board: Leaderboard) -> str:
    """The page as plain text."""
    return delivery.drawn(partial(show, board), WIDTH)


def show(board: Leaderboard, console: Console) -> None:
    """Print it: the sentences first, then a line a model."""
    page = Page(console)
    for part in _parts(page, board):
        page.put(part)


def _parts(page: Page, board: Leaderboard) -> Iterator[RenderableType]:
    first, *others = sentences(board)
    lines = [page.text(first, "bold"), *(page.text(line, longest=LONGEST_TEXT) for line in others)]
    yield page.hanging(page.text("COMPARE", "bold"), lines)
    yield ""
    yield _table(page, board)
    if len(board.ranked) > MOST:
        more = len(board.ranked) - MOST
        yield page.indented(page.text(f"… and {more:,} more; --report json has them", "dim"))
    failed = [one for one in board.entries if one.rank is None]
    if failed:
        yield ""
        yield page.text(f"Not judged ({len(failed)})", "bold")
    for one in failed[:MOST_FAILED]:
        lines = [page.text(one.name, longest=LONGEST_NAME), page.text(one.reason, "dim")]
        yield page.hanging(page.text("!", "bold magenta"), lines)
    if len(failed) > MOST_FAILED:
        yield page.indented(page.text(f"… and {len(failed) - MOST_FAILED:,} more", "dim"))
    yield ""
    yield page.text(_foot(board), "dim")


def _foot(board: Leaderboard) -> str:
    pairs = len(board.ranked) * (len(board.ranked) - 1) // 2
    over = f"any of all {pairs:,} comparisons" if pairs > 1 else "it"
    left = (
        f" {board.left_out:,} labelled rows are left out: not every model answers them."
        if board.left_out
        else ""
    )
    alone = (
        f" Promoted alone: as the pick of {len(board.entries)} it would have to pass more surely."
        if any(one.decision == "promote" and not one.pick for one in board.ranked)
        else ""
    )
    return (
        f"Intervals are 90 %. A model is called worse where the chance that {over} says so wrongly"
        f" is 5 % at most.{alone}{left}"
    )


def _table(page: Page, board: Leaderboard) -> Table:
    from rich.table import Table

    judged, figures = board.suite is not None, Figures.of(board)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("model", overflow="fold", ratio=1, min_width=16)
    for heading in (board.metric, "90 %", "behind", "90 %"):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("")
    if judged:
        table.add_column("suite")
    table.expand = True
    for one in board.ranked[:MOST]:
        cells = [page.text(cell) for cell in _cells(one, figures)]
        row = [page.text(one.rank), page.text(one.name, longest=LONGEST_NAME), *cells]
        if judged:
            row.append(page.text(_decision(one), COLOURS.get(one.decision or "", "")))
        table.add_row(*row)
    return table


def _decision(one: Entry) -> str:
    return "promote, alone" if one.decision == "promote" and not one.pick else one.decision or ""


def _cells(one: Entry, figures: Figures) -> tuple[str, ...]:
    value = "not known" if one.value is None else figures.value(one.value)
    between = "" if one.interval is None else figures.between(one.interval)
    if one.rank == 1:
        return value, between, "", "", ""
    behind = "" if one.behind is None else figures.distance(one.behind)
    ends = "" if one.behind_interval is None else figures.between(one.behind_interval)
    return value, between, behind, ends, "tied" if one.tied else "worse"
