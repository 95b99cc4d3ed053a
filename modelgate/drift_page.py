"""A comparison of two data sets on a terminal, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelgate import delivery
from modelgate.console import Page
from modelgate.drift.family import SHOWN
from modelgate.drifting import Comparison, Side
from modelgate.escape import printable
from modelgate.figures import beside
from modelgate.outcome import Status
from modelgate.reporters import ReportOption
from modelgate.summary import LONGEST_NAME

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SCHEMA = "modelgate.drift/1"
MOST = 30
"""Columns shown, those that have shifted furthest first."""
COLOURS = {0: "bold green", 1: "bold red", 11: "bold yellow"}
WORDS = {0: "SAME", 1: "DRIFT", 11: "UNDECIDED"}


def deliver(found: Comparison, option: ReportOption) -> None:
    """Write a comparison where the option says.

    Raises:
        StorageError: MG6050, the file cannot be written.
    """
    delivery.deliver(option, partial(show, found), partial(_json, found))


def show(found: Comparison, console: Console) -> None:
    """Print what has shifted, the furthest first."""
    page = Page(console)
    code, (first, *others) = found.exit_code, _says(found)
    lines = [page.text(first, "bold"), *(page.text(other) for other in others)]
    page.put(page.hanging(page.text(WORDS[code], COLOURS[code]), lines))
    columns = found.outcome.details.get("columns", ())
    if columns:
        page.put("")
        page.put(_table(page, columns[:MOST], found.limit))
    if len(columns) > MOST:
        page.put(page.text(f"  … and {len(columns) - MOST:,} more; JSON has them", "dim"))
    for line in _beside(found.outcome.details):
        page.put(page.indented(page.text(line, "dim")))
    page.put("")
    page.put(page.text(f"{WORDS[code]}, exit code {code}", COLOURS[code]))


def saved(path: Path, side: Side, columns: int) -> str:
    """That a profile was written, and what it is good for."""
    return (
        f"Wrote {printable(path)}: the profile of {side.path}, {side.rows:,} rows, {columns} column"
        f"{'s' * (columns != 1)}. `modelgate drift {printable(path)} CURRENT` compares with it and"
        " reads those rows no more.\n"
    )


def _says(found: Comparison) -> Iterator[str]:
    """What was found, in sentences."""
    outcome, limit, status = found.outcome, found.limit, found.weighed.status
    drifted = [line for line in outcome.details.get("columns", ()) if line["drifted"]]
    every = len({line["column"] for line in outcome.details.get("columns", ())})
    high = None if outcome.interval is None else outcome.interval.high
    names = ", ".join(dict.fromkeys(line["column"] for line in drifted[:MOST]))
    if status is Status.FAILED:
        count = len({line["column"] for line in drifted})
        yield f"{count} of {every} column{'s' * (every != 1)} shifted: {names}."
    elif status is Status.PASSED:
        yield f"No shift that matters in {every} column{'s' * (every != 1)}."
    elif high is None:
        yield f"Nothing can be told: {found.weighed.reason}."
    elif outcome.n < outcome.minimum:
        yield f"Too few rows to tell: {found.weighed.reason}."
    else:
        widest = max(outcome.details["columns"], key=lambda line: line["interval"][1])
        (most,) = beside((high,), limit)
        seen = [line["column"] for line in outcome.details["columns"] if line["p_value"] <= SHOWN]
        shown = "No shift is shown, but one"
        if seen:
            names = ", ".join(dict.fromkeys(seen[:MOST]))
            shown = f"{names} shifted, and whether by more than {limit:g} is open: a shift"
        of = widest["column"]
        yield f"{shown} of up to {most} is not ruled out ({of}): too few rows to tell."
    yield (
        f"{_named(found.current)} against {_named(found.reference)}. A shift of more than"
        f" {limit:g} matters: {found.means}."
    )


def _named(side: Side) -> str:
    told = f", the profile of {side.profile_of}" if side.profile_of else ""
    return f"{side.path}{told} ({side.rows:,} rows)"


def _beside(details: Mapping[str, Any]) -> Iterator[str]:
    if details.get("added"):
        yield f"not in the reference: {', '.join(details['added'])}"
    for name, why in details.get("not_compared", {}).items():
        yield f"not compared: {name}, {why}"


def _table(page: Page, lines: Sequence[Mapping[str, Any]], limit: float) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", no_wrap=True)
    table.add_column("column", overflow="fold", min_width=8)
    table.add_column("what has changed", overflow="fold", ratio=1)
    table.add_column("shift", justify="right")
    table.add_column("90 % interval", justify="right")
    table.expand = True
    for line in lines:
        mark = page.text("✗", "bold red") if line["drifted"] else page.text("·", "dim")
        shift = between = ""
        if "effect" in line:
            shift, low, high = beside((line["effect"], *line["interval"]), limit)
            between = f"{low}–{high}"  # noqa: RUF001 (a range)
        cells = (line["column"], line["says"], shift, between)
        table.add_row(mark, *(page.text(cell, longest=2 * LONGEST_NAME) for cell in cells))
    return table


def _json(found: Comparison) -> str:
    outcome, interval = found.outcome, found.outcome.interval
    content = {
        "schema": SCHEMA,
        "verdict": {0: "same", 1: "drift", 11: "undecided"}[found.exit_code],
        "exit_code": found.exit_code,
        "reference": asdict(found.reference),
        "current": asdict(found.current),
        "limit": {"at_most": found.limit},
        "shift": outcome.value,
        "interval": interval and [interval.low, interval.high],
        "level": interval and interval.level,
        "reason": found.weighed.reason,
        **outcome.details,
    }
    return json.dumps(content, indent=2, ensure_ascii=True, allow_nan=False) + "\n"
