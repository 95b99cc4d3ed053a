"""Weighted sums of several quantities of a row, exact, by group."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Floats, Integers
from modelgate.aggregates.exact import ExactSums


class Moments:
    """Sums of named quantities over rows.

    Attributes:
        rows: (groups,) rows, whatever they weigh.
    """

    def __init__(self, names: tuple[str, ...], groups: int = 1) -> None:
        self._sums = {name: ExactSums(groups) for name in names}
        self.rows: Integers = np.zeros(groups, dtype=np.int64)
        self._weights: ExactSums | None = None
        self._squares: ExactSums | None = None

    def add(
        self,
        values: Mapping[str, Floats],
        weight: Floats | None,
        group: NDArray[np.integer] | None = None,
    ) -> None:
        """Take in the quantities (n,) of some rows, all names at once."""
        if weight is not None:
            values = {name: weighed(terms, weight) for name, terms in values.items()}
        self.add_products(values, weight, group)

    def add_products(
        self,
        products: Mapping[str, Floats],
        weight: Floats | None,
        group: NDArray[np.integer] | None = None,
    ) -> None:
        """The same for quantities that are multiplied by their weights already."""
        count = len(next(iter(products.values())))
        self.add_rows(weight, np.zeros(count, dtype=np.int64) if group is None else group)
        for name, sums in self._sums.items():
            sums.add(products[name], group)

    def add_rows(self, weight: Floats | None, group: NDArray[np.integer]) -> None:
        """Take in rows (n,) of which only group and weight matter."""
        self.rows += np.bincount(group, minlength=len(self.rows))
        if weight is not None:
            weights, squares = self._of_weights()
            weights.add(weight, group)
            squares.add(np.square(weight, dtype=np.float64), group)

    def merge(self, other: Moments) -> None:
        """Take in all rows of the other."""
        self.rows += other.rows
        for name, sums in self._sums.items():
            sums.merge(other._sums[name])
        if other._weights is not None and other._squares is not None:
            weights, squares = self._of_weights()
            weights.merge(other._weights)
            squares.merge(other._squares)

    def __contains__(self, name: str) -> bool:
        return name in self._sums

    @property
    def weighted(self) -> bool:
        """Whether the rows bear weights."""
        return self._weights is not None

    @property
    def weights(self) -> Floats:
        """(groups,) sum of weights; the rows where they bear none."""
        return self.rows.astype(np.float64) if self._weights is None else self._weights.values

    @property
    def squares(self) -> Floats:
        """(groups,) sum of squared weights; the rows where they bear none."""
        return self.rows.astype(np.float64) if self._squares is None else self._squares.values

    @property
    def total(self) -> Fraction:
        """Sum of all weights, exactly."""
        if self._weights is None:
            return Fraction(int(self.rows.sum()))
        return self._weights.total

    @property
    def effective(self) -> float:
        """Kish's effective number of rows, (sum w)^2 / sum w^2; 0 where nothing weighs."""
        if self._squares is None:
            return float(self.rows.sum())
        squares = float(self._squares.total)
        return float(self.total) ** 2 / squares if squares > 0 else 0.0

    def sums(self, name: str) -> Floats:
        """(groups,) weighted sums of a quantity; infinite where a term was."""
        return self._sums[name].values

    def exact(self, name: str) -> Fraction:
        """The weighted sum of a quantity over all groups, without any rounding.

        Raises:
            OverflowError: a term was too large for a float.
        """
        return self._sums[name].total

    def _of_weights(self) -> tuple[ExactSums, ExactSums]:
        if self._weights is None or self._squares is None:
            self._weights = ExactSums(len(self.rows))
            self._squares = ExactSums(len(self.rows))
        return self._weights, self._squares


def weighed(terms: Floats, weight: Floats) -> Floats:
    """Terms times their weights; what weighs nothing is 0, however large it is."""
    found: Floats = np.multiply(terms, weight, out=np.zeros(len(terms)), where=weight > 0)
    return found
