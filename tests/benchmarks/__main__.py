"""`python -m tests.benchmarks`, from the root of the repository: is it as quick as we say?

Every figure is a ratio taken in one run, in alternating rounds, since an absolute time means
nothing on a shared machine. Ends with 1 where a figure misses its "must"; "unclear" is a miss on a
machine that is too busy to tell.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from tests.benchmarks.figures import FIGURES
from tests.benchmarks.measure import FailedError, adopt_orphans
from tests.benchmarks.taking import Figure, Size


def main() -> int:
    """Take the figures asked for and print them as they come."""
    names = [figure.name for figure in FIGURES]
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=names, help="repeat for several")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of a table")
    given = parser.parse_args()

    adopt_orphans()
    size = Size(rows=given.rows, rounds=given.rounds)
    chosen = [figure for figure in FIGURES if figure.name in (given.only or names)]
    rows = []
    if not given.json:
        _say(f"{given.rows:,} rows, median of {given.rounds} rounds\n")
        _say(f"{'name':14} {'figure':>9} {'must':>7} {'aim':>7}         what")
    for figure in chosen:
        row = _row(figure, size)
        rows.append(row)
        if not given.json:
            _say(_line(row))
    if given.json:
        _say(json.dumps({"rows": given.rows, "rounds": given.rounds, "figures": rows}, indent=2))
    return 0 if all(row["met"] or row.get("unclear") for row in rows) else 1


def _row(figure: Figure, size: Size) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": figure.name,
        "what": figure.what,
        "must": figure.must,
        "aim": figure.aim,
    }
    try:
        taken = figure.take(size)
    except FailedError as error:
        return {**row, "value": None, "met": False, "reason": str(error)}
    met = taken.value <= figure.must
    found = {"value": taken.value, "met": met, "parts": dict(taken.parts)}
    return {**row, **found, "unclear": "" if met else taken.unclear}


def _line(row: dict[str, Any]) -> str:
    value = "-" if row["value"] is None else _short(row["value"])
    end = "met" if row["met"] else "unclear" if row.get("unclear") else "MISSED"
    line = f"{row['name']:14} {value:>9} {_short(row['must']):>7} {_short(row['aim']):>7} {end:7}"
    parts = ", ".join(f"{name} {_short(part)}" for name, part in row.get("parts", {}).items())
    said = "; ".join(filter(None, [row.get("reason") or row.get("unclear"), parts]))
    return f"{line} {row['what']}" + (f" ({said})" if said else "")


def _short(number: float) -> str:
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:,.0f}"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
