"""Signed errors, explained variance and sizes of errors of two models on the same rows."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from modelgate.aggregates import Aggregate, Batch, Facts, Floats, Integers
from modelgate.aggregates.moments import Moments, weighed
from modelgate.aggregates.paired_losses import ALIKE, SUMS, errors_of
from modelgate.aggregates.residuals import Reach, product, times
from modelgate.aggregates.values import Values

_SHIFT = 52 - 5  # an octave of sizes has 2^5 joint bins
_MOST = 1 << 16  # more than there are


class PairedErrors(Aggregate):
    """Moments of both models' signed errors, of their difference and of their sum.

    Attributes:
        sums: as in `PairedLosses`, of the errors; and the square and cube of their sum.
        unlike: rows whose errors differ.
        opposed: rows whose errors are not each other's negative.
        reach: how far targets and answers of either model lie apart at most.
    """

    paired: ClassVar[bool] = True

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.sums = Moments((*SUMS, "both_squared", "both_cubed"))
        self.unlike = 0
        self.opposed = 0
        self.reach = Reach()

    def add(self, batch: Batch) -> None:
        """Take in some rows."""
        truth, one, two = errors_of(batch)
        with np.errstate(over="ignore", invalid="ignore"):
            apart, both = one - two, one + two
            square, both_square = apart * apart, both * both
            values = {
                "candidate": one,
                "champion": two,
                "champion_squared": two * two,
                "apart_squared": square,
                "apart_cubed": square * apart,
                "both_squared": both_square,
                "both_cubed": both_square * both,
            }
            self.sums.add(values, batch.weight)
        larger = ALIKE * np.maximum(np.abs(one), np.abs(two))
        self.unlike += int(np.count_nonzero(np.abs(apart) > larger))
        self.opposed += int(np.count_nonzero(np.abs(both) > larger))
        self.reach = self.reach.with_rows(truth, one).with_rows(truth, two)

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.sums.merge(other.sums)
        self.unlike += other.unlike
        self.opposed += other.opposed
        self.reach = self.reach.with_other(other.reach)


class PairedExplained(Aggregate):
    """Squared errors of two models, with the targets and their products.

    Attributes:
        sums: as in `PairedSquares`, but for the products with the champion's; powers of the target,
            the first two with what rounding cut off; products of the difference with the target
            and its square.
        unlike: rows whose squared errors differ.
        reach: how far targets and answers of either model lie apart at most.
    """

    paired: ClassVar[bool] = True

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        powers = ("truth", "truth_rest", "truth_2", "truth_2_rest", "truth_3", "truth_4")
        self.sums = Moments((*SUMS, *powers, "apart_truth", "apart_truth_2"))
        self.unlike = 0
        self.reach = Reach()

    def add(self, batch: Batch) -> None:
        """Take in some rows."""
        truth, one, two = errors_of(batch)
        weight = batch.weight
        with np.errstate(over="ignore", invalid="ignore"):
            candidate, champion = one * one, two * two
            apart = (one - two) * (one + two)
            second, second_rest = product(truth, truth)
            first, first_rest = truth, np.zeros_like(truth)
            values = {
                "candidate": candidate,
                "champion": champion,
                "champion_squared": champion * champion,
                "apart_squared": apart * apart,
                "apart_cubed": apart * apart * apart,
                "truth_3": second * truth,
                "truth_4": second * second,
                "apart_truth": apart * truth,
                "apart_truth_2": apart * second,
            }
            if weight is not None:
                values = {name: weighed(terms, weight) for name, terms in values.items()}
                first, first_rest = product(truth, weight)
                second, second_rest = times(second, second_rest, weight)
        pairs = {"truth": first, "truth_rest": first_rest}
        pairs |= {"truth_2": second, "truth_2_rest": second_rest}
        self.sums.add_products(values | pairs, weight)
        larger = np.maximum(candidate, champion)
        self.unlike += int(np.count_nonzero(np.abs(apart) > ALIKE * larger))
        self.reach = self.reach.with_rows(truth, one).with_rows(truth, two)

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        self.sums.merge(other.sums)
        self.unlike += other.unlike
        self.reach = self.reach.with_other(other.reach)


class PairedSizes(Aggregate):
    """|answer - truth| of two models, in order, and how they go together.

    Attributes:
        candidate, champion: the sizes of each; their rows come in one order.
    """

    paired: ClassVar[bool] = True

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.candidate = Values()
        self.champion = Values()
        self._cells: tuple[Integers, Integers] | None = None  # pairs of bins, and their rows

    def add(self, batch: Batch) -> None:
        """Take in some rows."""
        _, one, two = errors_of(batch)
        one, two = np.abs(one), np.abs(two)
        if self.candidate.binned_with(len(one)):
            self._count_kept()
            self._count(*_counted(one, two))
        self.candidate.add(one, batch.weight)
        self.champion.add(two, batch.weight)

    def merge(self, other: Self) -> None:
        """Take in all that another has seen."""
        if self.candidate.binned_with(other.candidate.rows):
            self._count_kept()
            other._count_kept()
            if other._cells is not None:
                self._count(*other._cells)
        self.candidate.merge(other.candidate)
        self.champion.merge(other.champion)

    def together(self, one: float, two: float) -> tuple[float, float, float]:
        """The share of weight that is at most `one`, that is at most `two`, and both.

        Where rows are not kept, at the upper ends of the bins that hold `one` and `two`.
        """
        if self._cells is None:
            first, second = self.candidate.kept, self.champion.kept
            weights = self.candidate.weights_kept
            weights = np.ones(len(first)) if weights is None else weights
            below, under = first <= one, second <= two
        else:
            first, second = np.divmod(self._cells[0], _MOST)
            ends = _bins(np.array([one, two]))
            below, under = first <= ends[0], second <= ends[1]
            weights = self._cells[1].astype(np.float64)
        total = float(np.sort(weights).sum())  # sums of floats in one order
        parts = [float(np.sort(weights[which]).sum()) for which in (below, under, below & under)]
        return parts[0] / total, parts[1] / total, parts[2] / total

    def _count_kept(self) -> None:
        """From now on, count pairs of bins."""
        if self._cells is None:
            self._cells = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
            self._count(*_counted(self.candidate.kept, self.champion.kept))

    def _count(self, cells: Integers, rows: Integers) -> None:
        assert self._cells is not None
        both = np.concatenate([self._cells[0], cells])
        found, places = np.unique(both, return_inverse=True)
        counts = np.zeros(len(found), dtype=np.int64)
        np.add.at(counts, places, np.concatenate([self._cells[1], rows]))
        self._cells = found, counts


def _counted(one: Floats, two: Floats) -> tuple[Integers, Integers]:
    found, counts = np.unique(_bins(one) * _MOST + _bins(two), return_counts=True)
    return found, counts


def _bins(sizes: Floats) -> Integers:
    """A coarse bin of each size, its leading bits; what is below a billionth shares one."""
    kept = np.where(sizes < 1e-9, 0.0, sizes)
    found: Integers = kept.view(np.int64) >> _SHIFT
    return found
