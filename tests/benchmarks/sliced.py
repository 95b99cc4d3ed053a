"""What slices cost: a thousand of them that the suite asks about, and those that nobody named."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from tests.benchmarks import material
from tests.benchmarks.measure import Cost, ratio, timed
from tests.benchmarks.taking import VERDICTS, Size, Taken, gate, in_turn, raw

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


def searched_slices(size: Size) -> Taken:
    """CPU of the search of `weak_slices`, all 20 columns crossed, over that of the frozen loop."""
    import numpy as np
    import pyarrow.parquet as pq

    from modelgate.aggregates import Batch, Facts
    from modelgate.aggregates.row_losses import RowLosses
    from modelgate.coding import ColumnCoder, columns_of
    from modelgate.dataset import BLOCK_ROWS
    from modelgate.weak_slices import SMALLEST, weak_slices

    data = material.data(size.rows)
    blocks = list(pq.ParquetFile(data).iter_batches(BLOCK_ROWS))
    rng = np.random.default_rng(material.SEED)
    wrong = [rng.integers(0, 5, len(block)) == 0 for block in blocks]

    def ours() -> Cost:
        start, wall = time.process_time(), time.perf_counter()
        state, rows = RowLosses(Facts("classification", (0, 1), 1), loss="wrong", kept=1 << 18), 0
        coder = ColumnCoder(columns_of(blocks[0], {material.TARGET}))
        for block, lost in zip(blocks, wrong, strict=True):
            number = np.arange(rows, rows + len(block))
            rows += len(block)
            state.add(Batch(np.zeros(len(block)), lost, row=number, columns=coder.of(block)))
        weak_slices(state, min_rows=SMALLEST)
        return Cost(time.process_time() - start, time.perf_counter() - wall)

    one, other = in_turn(size.rounds, ours, lambda: timed(raw("trees", data)))
    return Taken(
        value=ratio([run.cpu for run in one], [run.cpu for run in other]),
        parts={"search CPU s": median(run.cpu for run in one)},
    )


def _suite(name: str, *more: dict[str, Any]) -> Path:
    """The benchmark's suite without its slices, and with these steps."""
    asked = yaml.safe_load(material.suite("trees").read_text("utf-8"))
    asked["checks"] = [step for step in asked["checks"] if "by" not in step] + list(more)
    path = material.CACHE / f"trees-{name}.yaml"
    path.write_text(yaml.safe_dump(asked, sort_keys=False), "utf-8")
    return path
