"""What slices cost: a thousand of them that the suite asks about."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

import yaml

from tests.benchmarks import material
from tests.benchmarks.measure import ratio, timed
from tests.benchmarks.taking import VERDICTS, Size, Taken, gate, in_turn

THOUSAND = ["c300", ["c60", "c12"]]
"""301 values, and 61 x 12 crossed: with what is missing, 1,032 slices."""


def thousand_slices(size: Size) -> Taken:
    """CPU of the gate asked about a thousand slices over that asked about none."""
    data = material.data(size.rows)
    none = _suite("none")
    many = _suite("thousand", {"metric": "accuracy", "by": THOUSAND, "at_least": 0.5})
    ours, theirs = in_turn(
        size.rounds,
        lambda: timed([*gate("trees", data), "--suite", str(many)], good=VERDICTS),
        lambda: timed([*gate("trees", data), "--suite", str(none)], good=VERDICTS),
    )
    return Taken(
        value=ratio([one.cpu for one in ours], [one.cpu for one in theirs]),
        parts={
            "CPU s": median(one.cpu for one in ours),
            "without, CPU s": median(one.cpu for one in theirs),
        },
    )


def _suite(name: str, *more: dict[str, Any]) -> Path:
    """The benchmark's suite without its slices, and with these steps."""
    asked = yaml.safe_load(material.suite("trees").read_text("utf-8"))
    asked["checks"] = [step for step in asked["checks"] if "by" not in step] + list(more)
    path = material.CACHE / f"trees-{name}.yaml"
    path.write_text(yaml.safe_dump(asked, sort_keys=False), "utf-8")
    return path
