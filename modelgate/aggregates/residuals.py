"""How far the answers lie from the targets."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Self

import numpy as np

from modelgate.aggregates import Aggregate, Batch, Facts, Floats
from modelgate.aggregates.moments import Moments, weighed


@dataclass(frozen=True, slots=True)
class Reach:
    """The extremes of the rows seen.

    Attributes:
        least: the smallest target; infinite before the first row.
        most: the largest target; minus infinite before the first row.
        error: the largest |answer - truth|; 0 before the first row.
    """

    least: float = inf
    most: float = -inf
    error: float = 0.0

    def with_rows(self, truth: Floats, error: Floats) -> Reach:
        """The extremes with some more rows (n,)."""
        if not len(truth):
            return self
        seen = Reach(float(truth.min()), float(truth.max()), float(np.abs(error).max()))
        return self.with_other(seen)

    def with_other(self, other: Reach) -> Reach:
        """The extremes of both."""
        return Reach(
            min(self.least, other.least),
            max(self.most, other.most),
            max(self.error, other.error),
        )

    @property
    def span(self) -> float:
        """As bad an error as can be thought of: the range of the targets, or the worst one seen.

        Where all targets are equal, their size stands for the range.
        """
        if self.most < self.least:
            return 0.0
        apart = self.most - self.least
        return max(apart if apart > 0 else abs(self.most), self.error)


class Residuals(Aggregate):
    """Moments of answer - truth.

    Attributes:
        sums: of the residual (`error`), its size (`size`), its square and its fourth power.
        reach: how far targets and answers lie apart at most.
    """

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.sums = Moments(("error", "size", "square", "fourth"))
        self.reach = Reach()

    def add(self, batch: Batch) -> None:
        """Take in some rows."""
        truth, error = _truth_and_error(batch)
        size = np.abs(error)
        with np.errstate(over="ignore"):  # what is too large is counted, and then no value given
            square = error * error
            fourth = square * square
        values = {"error": error, "size": size, "square": square, "fourth": fourth}
        self.sums.add(values, batch.weight)
        self.reach = self.reach.with_rows(truth, error)

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.sums.merge(other.sums)
        self.reach = self.reach.with_other(other.reach)


class RelativeErrors(Aggregate):
    """Errors as shares of the targets.

    Attributes:
        sums: of |error| / |truth| (`share`), of 2 |error| / (|truth| + |answer|) (`symmetric`;
            0 where both are 0) and of their squares. Rows whose target is 0 add no `share`.
        zeros: rows whose target is 0.
    """

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.sums = Moments(("share", "share_squared", "symmetric", "symmetric_squared"))
        self.zeros = 0

    def add(self, batch: Batch) -> None:
        """Take in some rows."""
        truth, error = _truth_and_error(batch)
        size, true_size = np.abs(error), np.abs(truth)
        both = true_size + np.abs(batch.answer.astype(np.float64))
        with np.errstate(over="ignore"):
            share = np.divide(size, true_size, out=np.zeros_like(size), where=true_size > 0)
            symmetric = np.divide(2 * size, both, out=np.zeros_like(size), where=both > 0)
            values = {"share": share, "share_squared": share * share, "symmetric": symmetric}
            values["symmetric_squared"] = symmetric * symmetric
        self.zeros += int(len(batch) - np.count_nonzero(true_size))
        self.sums.add(values, batch.weight)

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.sums.merge(other.sums)
        self.zeros += other.zeros


class Explained(Aggregate):
    """What R2 and its interval need: powers of the target, and their products with the error.

    Powers of the target are kept in two floats each (about 32 digits), because the spread of
    targets that lie far from 0 is a small difference of large sums.

    Attributes:
        sums: `square`, `fourth` of the error; `truth` to `truth_4`, each with its `_rest`;
            `square_truth`, `square_truth_2`: squared error times target, times its square.
        reach: how far targets and answers lie apart at most.
    """

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        powers = ("truth_2", "truth_3", "truth_4")
        rests = tuple(f"{name}_rest" for name in powers)
        mixed = ("square_truth", "square_truth_2")
        self.sums = Moments(("square", "fourth", "truth", "truth_rest", *powers, *rests, *mixed))
        self.reach = Reach()

    def add(self, batch: Batch) -> None:
        """Take in some rows."""
        truth, error = _truth_and_error(batch)
        none = np.zeros_like(truth)
        with np.errstate(over="ignore", invalid="ignore"):
            square = error * error
            second, second_rest = product(truth, truth)
            third, third_rest = times(second, second_rest, truth)
            fourth, fourth_rest = times(third, third_rest, truth)
            pairs = {
                "truth": (truth, none),
                "truth_2": (second, second_rest),
                "truth_3": (third, third_rest),
                "truth_4": (fourth, fourth_rest),
            }
            values = {"square": square, "fourth": square * square}
            values["square_truth"] = square * truth
            values["square_truth_2"] = square * second
            weight = batch.weight
            if weight is not None:
                values = {name: weighed(terms, weight) for name, terms in values.items()}
                pairs = {name: times(*pair, weight) for name, pair in pairs.items()}
        for name, (high, low) in pairs.items():
            values[name], values[f"{name}_rest"] = high, low
        self.sums.add_products(values, weight)
        self.reach = self.reach.with_rows(truth, error)

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.sums.merge(other.sums)
        self.reach = self.reach.with_other(other.reach)


def _truth_and_error(batch: Batch) -> tuple[Floats, Floats]:
    truth = batch.truth.astype(np.float64)
    return truth, batch.answer.astype(np.float64) - truth


def _halves(values: Floats) -> tuple[Floats, Floats]:
    """Each value as two of 26 bits, whose products are exact (Veltkamp)."""
    turned = values * 134217729.0  # 2^27 + 1
    high = turned - (turned - values)
    return high, values - high


def product(one: Floats, two: Floats) -> tuple[Floats, Floats]:
    """The product and what rounding cut off it (Dekker)."""
    found = one * two
    high_one, low_one = _halves(one)
    high_two, low_two = _halves(two)
    rest = high_one * high_two - found
    rest = rest + high_one * low_two + low_one * high_two + low_one * low_two
    return found, rest


def times(high: Floats, low: Floats, factor: Floats) -> tuple[Floats, Floats]:
    """(high + low) times factor, again as two floats."""
    found, rest = product(high, factor)
    return found, rest + low * factor
