"""What it costs to find drift without a model: start, reading and report included."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from tests.benchmarks import material
from tests.benchmarks.measure import Cost, peak_memory, ratio, timed
from tests.benchmarks.taking import PROGRAM, VERDICTS, Size, Taken, in_turn


def against_loop(size: Size) -> Taken:
    """CPU of `modelgate drift` over that of the frozen loop of scipy on data frames."""
    one, other = material.data(size.rows), material.moved(size.rows)
    frozen = [sys.executable, "-m", "tests.benchmarks.frozen_drift", str(one), str(other)]
    ours, theirs = in_turn(
        size.rounds,
        lambda: timed(_drift(one, other), good=VERDICTS),
        lambda: timed(frozen),
    )
    return _taken(ours, theirs, "loop")


def against_profile(size: Size) -> Taken:
    """CPU with the reference's profile over that with its rows."""
    one, other = material.moved(size.rows), material.data(size.rows)
    stored = material.profile(size.rows)
    ours, theirs = in_turn(
        size.rounds,
        lambda: timed(_drift(stored, other), good=VERDICTS),
        lambda: timed(_drift(one, other), good=VERDICTS),
    )
    return _taken(ours, theirs, "both read")


def memory(size: Size) -> Taken:
    """Peak memory of one comparison."""
    one, other = material.data(size.rows), material.moved(size.rows)
    return Taken(value=peak_memory(_drift(one, other), good=VERDICTS))


def memory_growth(size: Size) -> Taken:
    """Peak memory at ten times the rows over that at the rows."""
    small, large = (
        peak_memory(_drift(material.data(rows), material.moved(rows)), good=VERDICTS)
        for rows in (size.rows, 10 * size.rows)
    )
    return Taken(value=large / small, parts={"MiB": small, "at 10 x MiB": large})


def _drift(reference: Path, current: Path) -> list[str]:
    report = material.CACHE / "drift.json"
    return [PROGRAM, "drift", str(reference), str(current), "--report", f"json:{report}"]


def _taken(ours: list[Cost], theirs: list[Cost], than: str) -> Taken:
    return Taken(
        value=ratio([one.cpu for one in ours], [one.cpu for one in theirs]),
        parts={
            "CPU s": median(one.cpu for one in ours),
            "wall s": median(one.wall for one in ours),
            f"{than}, CPU s": median(one.cpu for one in theirs),
        },
    )
