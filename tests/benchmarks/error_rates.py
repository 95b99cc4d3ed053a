"""The error card, from the root of the repository: `python -m tests.benchmarks.error_rates`.

How often the gate is wrong, measured on made-up answers whose truth is known: the real aggregates,
statistics and decision rule. Rows 1 and 2 are measured always, the others with `--long`. Ends with
1 where a rate misses its goal by more than chance explains.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.error_card.page import page
from tests.benchmarks.error_card.rate import Rate
from tests.benchmarks.error_card.rows import ROWS


def main() -> int:
    """Measure the rows asked for and tell them as they come."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--long", action="store_true", help="all rows, and more cells of each")
    parser.add_argument("--rows", help="numbers of rows, such as 1,2")
    parser.add_argument(
        "--runs", type=int, default=2_000, help="of each cell; a fourth of those of --long"
    )
    parser.add_argument("--processes", type=int, default=2, help="they change no number")
    parser.add_argument("--write", type=Path, help="the page to write")
    parser.add_argument(
        "--kept", type=Path, help="folder for what was measured: the page tells all that lies there"
    )
    given = parser.parse_args()

    wanted = {int(part) for part in given.rows.split(",")} if given.rows else None
    chosen = [row for row in ROWS if (row.number in wanted if wanted else given.long or row.quick)]
    found: dict[int, list[Rate]] = {} if given.kept is None else _kept(given.kept)
    fresh: list[Rate] = []
    for row in chosen:
        started = time.perf_counter(), _cpu()
        _say(f"\n{row.number}. {row.title}")
        found[row.number] = []
        for rate in row.rates(long=given.long, runs=given.runs, processes=given.processes):
            found[row.number].append(rate)
            _say(rate.line)
        fresh += found[row.number]
        if given.kept is not None:
            told = json.dumps([asdict(rate) for rate in found[row.number]], indent=1)
            (given.kept / f"row-{row.number}.json").write_text(told, encoding="utf-8")
        wall, cpu = time.perf_counter() - started[0], _cpu() - started[1]
        _say(f"{wall:.0f} s, {cpu:.0f} s of processors")
    if given.write is not None:
        given.write.write_text(page(found), encoding="utf-8")
    missed = [rate for rate in fresh if rate.standing == "MISSED"]
    _say(f"\n{len(missed)} missed" if missed else "\nnone missed")
    return 1 if missed else 0


def _kept(folder: Path) -> dict[int, list[Rate]]:
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for row in ROWS:
        path = folder / f"row-{row.number}.json"
        if path.exists():
            found[row.number] = [Rate(**told) for told in json.loads(path.read_text("utf-8"))]
    return found


def _cpu() -> float:
    """Seconds of this process and of those that it started and that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
