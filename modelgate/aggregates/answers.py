"""What became of every row: answered or not, finite or not, judged or dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDING = 1e-6
"""What single precision leaves of a probability of 0 or 1: trees take their sum from one."""
SHOWN = 5
"""Row numbers kept of each kind: enough to look at, and no more memory with more rows."""


class Answers:
    """Counts over the raw answers of a pass, before anything is judged.

    Attributes:
        rows: rows asked.
        judged: rows that the metrics saw.
        dropped: why -> how many rows were not judged.
        outputs: numbers that came back.
        not_finite: rows that hold a NaN or an infinity.
        first_not_finite: the numbers of the first such rows.
        out_of_range: rows with a score outside [0, 1], where scores are probabilities.
        not_one: rows whose probabilities do not sum to one within 1e-3.
        worst_sum: the largest distance of such a sum from one.
        unknown_label: rows answered with a label that is none of the classes.
        compared: rows that were answered with a label and with scores.
        agreed: those of them whose label has the best score.
        lowest, highest: of all finite scores or values; None before the first.
        seen: output -> the raw answers to the first rows.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.judged = 0
        self.dropped: dict[str, int] = {}
        self.outputs = 0
        self.not_finite = 0
        self.first_not_finite: list[int] = []
        self.out_of_range = 0
        self.not_one = 0
        self.worst_sum = 0.0
        self.unknown_label = 0
        self.compared = 0
        self.agreed = 0
        self.lowest: float | None = None
        self.highest: float | None = None
        self.seen: Mapping[str, NDArray[Any]] = {}

    def drop(self, why: str, rows: int) -> None:
        """Count rows that no metric will see."""
        if rows:
            self.dropped[why] = self.dropped.get(why, 0) + rows

    def add(self, outputs: Sequence[NDArray[Any]], rows: int) -> NDArray[np.bool_]:
        """Take in what came back for the next rows.

        Args:
            outputs: the outputs that hold fractions, each with `rows` as its first axis.
            rows: how many rows were asked.

        Returns:
            (rows,) whether every number of the row is finite.
        """
        first, finite = self.rows, np.ones(rows, dtype=np.bool_)
        self.rows += rows
        for output in outputs:
            flat = output.reshape(rows, -1)
            self.outputs += flat.size
            with np.errstate(invalid="ignore", over="ignore"):
                total = flat.sum()  # one cheap pass decides the common case
            if not np.isfinite(total):
                finite &= np.isfinite(flat).all(axis=1)
        if not finite.all():
            bad = np.flatnonzero(~finite)
            self.not_finite += len(bad)
            room = SHOWN - len(self.first_not_finite)
            self.first_not_finite += [first + int(row) for row in bad[:room]]
        for output in outputs:
            usable = output if finite.all() else output[finite]
            if usable.size:
                low, high = float(usable.min()), float(usable.max())
                self.lowest = low if self.lowest is None else min(self.lowest, low)
                self.highest = high if self.highest is None else max(self.highest, high)
        return finite

    def add_probabilities(self, scores: NDArray[Any]) -> None:
        """Take in the finite rows of a (n, classes) matrix that should be probabilities."""
        if not len(scores):
            return
        off = np.abs(scores.sum(axis=1, dtype=np.float64) - 1.0)
        self.worst_sum = max(self.worst_sum, float(off.max()))
        self.not_one += int((off > 1e-3).sum())
        if scores.min() < -ROUNDING or scores.max() > 1.0 + ROUNDING:
            outside = (scores < -ROUNDING) | (scores > 1.0 + ROUNDING)
            self.out_of_range += int(outside.any(axis=1).sum())
