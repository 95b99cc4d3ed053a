"""Targets in order, beside the sizes of the errors."""

from __future__ import annotations

from typing import Self

import numpy as np

from modelgate.aggregates import Aggregate, Batch, Facts
from modelgate.aggregates.residuals import Residuals
from modelgate.aggregates.values import Values


class Targets(Aggregate):
    """What an answer that is always the same would cost, and what the model's cost.

    Attributes:
        values: the targets: exact below a million rows, then in bins a 8192th of their size wide.
        residuals: moments of the model's errors.
    """

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.values = Values()
        self.residuals = Residuals(facts)

    def add(self, batch: Batch) -> None:
        """Take in some rows."""
        self.values.add(batch.truth.astype(np.float64), batch.weight)
        self.residuals.add(batch)

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.values.merge(other.values)
        self.residuals.merge(other.residuals)
