"""Sizes of errors in order, for their quantiles."""

from __future__ import annotations

from typing import Self

import numpy as np

from modelgate.aggregates import Aggregate, Batch, Facts
from modelgate.aggregates.values import Values


class AbsoluteErrors(Aggregate):
    """|answer - truth| of each row, in order.

    Attributes:
        sizes: exact below a million rows, then in bins a 8192th of their size wide.
    """

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.sizes = Values()

    def add(self, batch: Batch) -> None:
        """Take in some rows."""
        apart = batch.answer.astype(np.float64) - batch.truth.astype(np.float64)
        self.sizes.add(np.abs(apart), batch.weight)

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.sizes.merge(other.sizes)
