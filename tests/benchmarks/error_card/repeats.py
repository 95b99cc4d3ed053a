"""Row 11: whether the same question gets the same answer, to the last bit."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import modelgate.demo
from modelgate import Report, evaluate
from modelgate.report_file import report_json
from tests.benchmarks.error_card.rate import Rate

FILES = Path(modelgate.demo.__file__).parent / "files"
TIMES = 60
"""How often the demo's 342 rows are repeated, so that they come in several blocks."""
RERUNS = 50
SHUFFLES = 10
SUITE = """
model: {positive: malignant}
checks:
  - finite_outputs: all
  - {metric: accuracy, at_least: 0.9, margin: auto}
  - {metric: recall, margin: 2%}
  - {metric: f1, at_least: 0.9, margin: 2%}
  - {metric: mcc, margin: 0.02}
  - {metric: auroc, at_least: 0.9, margin: 0.02}
  - {metric: auprc, margin: 0.02}
  - {metric: log_loss, margin: 5%}
  - {metric: brier, margin: 5%}
"""


def rates(*, long: bool, runs: int, processes: int = 1) -> Iterator[Rate]:
    """Reports whose bytes differ from the first, and figures that differ once rows are shuffled."""
    del runs, processes
    reruns, shuffles = (RERUNS, SHUFFLES) if long else (4, 2)
    rows = _rows()
    with tempfile.TemporaryDirectory() as folder:
        suite = Path(folder) / "suite.yaml"
        suite.write_text(SUITE, encoding="utf-8")
        first = _asked(rows, suite, threads=1)
        other = [
            _bytes(_asked(rows, suite, threads=1 + place % 2)) != _bytes(first)
            for place in range(reruns)
        ]
        moved = [
            _figures(_asked(_shuffled(rows, seed), suite, threads=2)) != _figures(first)
            for seed in range(shuffles)
        ]
    name = f"an ONNX model and a champion, {len(rows):,} rows"
    yield Rate(
        cell=f"{name}, 1 and 2 threads: other bytes", count=sum(other), runs=reruns, goal=0.0
    )
    yield Rate(cell=f"{name}, shuffled: another figure", count=sum(moved), runs=shuffles, goal=0.0)


def _rows() -> Any:
    import pandas as pd

    once = pd.read_csv(FILES / "data" / "test.csv")
    return pd.concat([once] * TIMES, ignore_index=True)


def _shuffled(rows: Any, seed: int) -> Any:
    order = np.random.default_rng(seed).permutation(len(rows))
    return rows.iloc[order].reset_index(drop=True)


def _asked(rows: Any, suite: Path, *, threads: int) -> Report:
    return evaluate(
        FILES / "models" / "equal.onnx",
        data=rows,
        target="diagnosis",
        champion=FILES / "models" / "champion.onnx",
        suite=suite,
        threads=threads,
    )


def _bytes(report: Report) -> bytes:
    """All but when, where and by what it was made."""
    return report_json(replace(report, provenance={}))


def _figures(report: Report) -> list[Any]:
    told = json.loads(report_json(report))
    names = ("id", "status", "value", "interval", "difference", "difference_interval")
    further = ("champion", "discordant", "p_worse", "p_within", "detectable", "rows_needed")
    return [[result.get(name) for name in (*names, *further)] for result in told["results"]]
