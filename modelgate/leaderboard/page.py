"""A leaderboard on a terminal, and where it goes."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from modelgate.atomic import write_file
from modelgate.console import Page
from modelgate.errors import UsageError
from modelgate.figures import number
from modelgate.leaderboard import Entry, Leaderboard
from modelgate.reporters import STANDARD_OUTPUT, ReportOption
from modelgate.summary import COLOURS, LONGEST_NAME, LONGEST_TEXT

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MOST = 50
"""Models shown; all of them stand in JSON."""


def deliver(board: Leaderboard, option: ReportOption) -> None:
    """Write a leaderboard where the option says.

    Raises:
        UsageError: MG2083, a format that it does not have.
        StorageError: MG6050, the file cannot be written.
    """
    from rich.console import Console

    paper = StringIO()
    if option.format == "json":
        paper.write(json.dumps(asdict(board), indent=2, allow_nan=False) + "\n")
    elif option.format != "terminal":
        raise UsageError(
            "MG2083", f"a leaderboard is written as terminal or json, not as {option.format}"
        )
    elif option.path == STANDARD_OUTPUT:
        show(board, Console(file=sys.stdout))
        return
    else:
        show(board, Console(file=paper, width=100, color_system=None))
    if option.path == STANDARD_OUTPUT:
        sys.stdout.write(paper.getvalue())
    else:
        write_file(Path(option.path), paper.getvalue().encode())


def show(board: Leaderboard, console: Console) -> None:
    """Print it: the sentences first, then a line a model."""
    page = Page(console)
    first, *others = sentences(board)
    page.put(page.hanging(page.text("COMPARE", "bold"), [page.text(first, "bold")]))
    for line in others:
        page.put(page.hanging(page.text("       "), [page.text(line, longest=LONGEST_TEXT)]))
    page.put("")
    page.put(_table(page, board))
    if len(board.entries) > MOST:
        more = len(board.entries) - MOST
        page.put(page.indented(page.text(f"… and {more:,} more; --report json has them", "dim")))


def sentences(board: Leaderboard) -> tuple[str, ...]:
    """What was found, in words."""
    ranked = [one for one in board.entries if one.rank]
    best, tied = ranked[0], board.tied
    name = board.metric
    said = []
    if len(ranked) == 1:
        said.append(f"Only {best.name} could be judged.")
    elif len(tied) > 1:
        said.append(
            f"{best.name} comes first by {name}, but {len(tied) - 1} of {len(ranked) - 1} others"
            f" cannot be told from it on these {board.rows:,} rows."
        )
    else:
        said.append(f"{best.name} is best by {name}, and surely so: every other is shown behind.")
    if board.suite is not None:
        if board.chosen is None:
            said.append(f"None is promoted by the suite {board.suite}.")
        else:
            chosen = next(one for one in ranked if one.path == board.chosen)
            said.append(f"The best that the suite promotes is {chosen.name}.")
    if board.luck is not None and len(ranked) > 1:
        lead, luck = (distance(abs(part), board) for part in (board.luck.lead, board.luck.luck))
        said.append(
            f"It leads the middle one by {lead}. On new rows, expect about {luck} less of it: that"
            " much is owed to its having been picked by these."
        )
    return tuple(said)


def distance(amount: float, board: Leaderboard) -> str:
    """A difference as people say it: points for shares."""
    if board.unit == "share":
        return f"{100 * amount:.1f} points"
    return number(amount, board.unit)


def _table(page: Page, board: Leaderboard) -> Table:
    from rich.table import Table

    judged = board.suite is not None
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("model", overflow="fold", ratio=1, min_width=16)
    for heading in (board.metric, "behind", "90 % interval"):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("")
    if judged:
        table.add_column("suite")
    table.expand = True
    for one in board.entries[:MOST]:
        cells = [page.text(cell) for cell in _cells(one, board)]
        row = [page.text(one.rank or "–"), page.text(one.name, longest=LONGEST_NAME), *cells]  # noqa: RUF001
        if judged:
            row.append(page.text(one.decision or "", COLOURS.get(one.decision or "", "")))
        table.add_row(*row)
    return table


def _cells(one: Entry, board: Leaderboard) -> tuple[str, ...]:
    if one.value is None:
        return "", "", "", f"not judged: {one.reason[:60]}"
    if one.rank == 1:
        return number(one.value, board.unit), "", "", ""
    scale = 100 if board.unit == "share" else 1
    behind = "" if one.behind is None else distance(one.behind, board)
    between = "" if one.behind_interval is None else _range(one.behind_interval, scale)
    return number(one.value, board.unit), behind, between, "tied" if one.tied else "shown"


def _range(ends: tuple[float, float], scale: float) -> str:
    low, high = (end * scale for end in ends)
    return f"{low:.1f} to {high:.1f}" if scale > 1 else f"{low:.3g} to {high:.3g}"
