from typing import Literal

import numpy as np

from modelgate import Bench, Outcome, check
from modelgate.artifact import told


@check(
    family="artifact",
    subject="throughput",
    severity="minor",
    example=("throughput: rows", "at_least: 0.9"),
)
def throughput(
    bench: Bench,
    *,
    throughput: Literal["rows"],
    unit: Literal["ratio", "rows_a_second"] = "ratio",
    rows: told.Rows = 256,
    seconds: told.Seconds = 5.0,
) -> Outcome:
    """A new model answers as many rows a second as the old one.

    Measured as `latency` is, in turn with the champion and with a second session of the candidate
    for the noise of the machine, but with many rows a call: what a nightly batch costs.

    Measures: rows a second in one thread, the median over rounds; as a ratio to the champion's
        (`at_least: 0.9`), or as they are.
    Settings: throughput, what is counted. unit, ratio or rows_a_second. rows, of a call. seconds,
        that the measuring takes, about.
    Source: as `latency`.
    """
    del throughput
    if unit == "ratio" and bench.champion is None:
        return told.no_champion("unit: rows_a_second")
    rounds = bench.calls(rows=rows, fewest=1, seconds=seconds)

    def a_row(figures: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.median(figures, axis=1) / rows
        return found

    return told.timed(rounds, a_row, unit="rows a second", versus=unit == "ratio", upward=True)
