"""What the rows add to the difference of two models' areas under curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Floats, Integers
from modelgate.aggregates.paired_ranking import PairedRanking
from modelgate.aggregates.ranking import Ranking
from modelgate.metrics.scores import Area
from modelgate.stats.paired_means import Part, part_of, part_of_counts, reaching
from modelgate.stats.paired_ranks import Influence, auroc_influence, precision_influence

_FARTHEST = 3.0  # exponents of a tilt: a row weighs at most 20 times what it did


@dataclass(frozen=True, slots=True)
class _Spread:
    """How the rows of each true class differ, and how much each row does.

    Attributes:
        parts: by class.
        value: the difference of the areas.
        rows: (n,) what a row adds to it, per unit of weight, less its expectation.
    """

    parts: list[Part]
    value: float
    rows: Floats

    @property
    def error(self) -> float:
        return sqrt(sum(part.variance / part.rows for part in self.parts))


class Curves:
    """Rows that are all at hand, in an order that hangs on their content alone."""

    def __init__(self, found: PairedRanking, kind: Area) -> None:
        self._kind = kind
        self._ranking = found.candidate
        one, own, weights = found.candidate.kept
        two, _, _ = found.champion.kept
        keys: list[NDArray[Any]] = [*own, *two, *one]
        order = np.lexsort(keys if weights is None else [weights, *keys])
        self._own = own[:, order]
        self._weights = np.ones(len(order)) if weights is None else weights[order]
        self._truth = _truth(self._own, found.candidate)
        self._places = [
            [np.unique(scores[order], return_inverse=True)[1] for scores in each]
            for each in (one, two)
        ]

    def parts(self, shares: Mapping[int, float]) -> list[Part]:
        """How the rows of each true class differ.

        The third moments are such that their skewness is twice the slope of the standard error over
        the difference. Of a mean that is no more than its skewness; an area is bent besides, and a
        worse one wavers more. The slope is taken by tilting the weights of the rows towards a
        difference one standard error lower and higher.

        Args:
            shares: class -> how much its area counts.

        Source: B. Efron (1981), "Nonparametric standard errors and confidence intervals", Canadian
            Journal of Statistics 9, 139-158, section 11.
        """
        found = self._spread(shares, self._weights)
        if found.error <= 0:
            return found.parts
        lower, higher = (
            self._spread(shares, self._weights * _tilt(side * found.rows / found.error))
            for side in (-1, 1)
        )
        moved = higher.value - lower.value
        if moved <= 0:
            return found.parts
        skewness = 2 * (higher.error - lower.error) / moved
        return [
            replace(part, third=skewness * part.variance * part.rows * found.error)
            for part in found.parts
        ]

    def _spread(self, shares: Mapping[int, float], weights: Floats) -> _Spread:
        """A row adds to the area of its own class and, as one of the others, to the rest."""
        totals = np.bincount(self._truth, weights, len(self._ranking.facts.classes))
        added, expected = np.zeros((2, len(weights))), np.zeros((2, len(totals)))
        areas = np.zeros(2)
        for k, share in shares.items():
            place, mirrored = _column(self._ranking, k)
            scale = np.full(len(totals), share / float(totals.sum() - totals[k]))
            scale[k] = share / totals[k]
            mine = self._own[place] != mirrored
            for model in (0, 1):
                places = self._places[model][place]
                influence = influence_of(
                    self._kind,
                    np.bincount(places, weights * mine).astype(np.float64),
                    np.bincount(places, weights * ~mine).astype(np.float64),
                    mirrored=mirrored,
                )
                value = np.where(mine, influence.own[places], influence.others[places])
                added[model] += value * scale[self._truth]
                mean = np.full(len(totals), influence.others_mean)
                mean[k] = influence.own_mean
                expected[model] += mean * scale
                areas[model] += share * influence.area
        apart, mean = added[0] - added[1], expected[0] - expected[1]
        parts, alone, rows_of = [], [], []
        for k in np.flatnonzero(totals > 0).tolist():
            rows, total = self._truth == k, float(totals[k])
            each, alike = weights[rows], float(expected[1, k]) * total
            rows_of.append((apart[rows] * total, each))
            parts.append(part_of(*rows_of[-1], expected=float(mean[k]) * total))
            own = part_of(added[1, rows] * total, each, expected=alike)
            alone.append(sqrt(own.variance))
        off = apart - mean[self._truth]
        return _Spread(_reaching(parts, alone, rows_of), float(areas[0] - areas[1]), off)


def binned_parts(found: PairedRanking, kind: Area, shares: Mapping[int, float]) -> list[Part]:
    """The same where pairs of bins are counted.

    How classes hang together is then unknown, and their errors are added as if they went hand in
    hand.
    """
    by_class = []
    for k, share in shares.items():
        parts = _of_bins(found, kind, k)
        by_class.append((parts, share, sqrt(sum(part.variance / part.rows for part in parts))))
    total = sum(share * error for _, share, error in by_class)
    return [
        replace(
            part,
            variance=part.variance * (share * total / error if error else 0.0),
            third=part.third * share**3,
            reach=part.reach * share,
        )
        for parts, share, error in by_class
        for part in parts
    ]


def _of_bins(found: PairedRanking, kind: Area, index: int) -> list[Part]:
    place, mirrored = _column(found.candidate, index)
    joint, classes = found.joint(place), found.candidate.classes
    counts, own = joint.rows.astype(np.float64), joint.own != mirrored
    models = []
    for bins in (joint.candidate, joint.champion):
        places = np.unique(bins, return_inverse=True)[1]
        influence = influence_of(
            kind,
            np.bincount(places, counts * own).astype(np.float64),
            np.bincount(places, counts * ~own).astype(np.float64),
            mirrored=mirrored,
        )
        models.append((places, influence))
    parts, alone, rows_of = [], [], []
    for mine in (True, False):
        rows = own == mine
        apart, rounding, expected = np.zeros(int(rows.sum())), 0.0, 0.0
        for (places, influence), sign in zip(models, (1, -1), strict=True):
            value, mean = influence.of_kind(mine=mine)
            apart += sign * value[places[rows]]
            expected += sign * mean
            step = np.gradient(value) if len(value) > 1 else np.zeros(1)
            rounding += float((counts[rows] * step[places[rows]] ** 2).sum()) / 12
        of_kind = (np.arange(len(classes.weights)) == index) == mine
        effective = float(classes.weights[of_kind].sum()) ** 2 / float(
            classes.squares[of_kind].sum()
        )
        rows_of.append((apart, counts[rows]))
        part = part_of_counts(*rows_of[-1], effective, expected=expected)
        # Two scores that share a bin may differ yet.
        variance = part.variance + rounding / float(counts[rows].sum())
        parts.append(replace(part, variance=variance))
        champion = part_of_counts(value[places[rows]], counts[rows], effective, expected=mean)
        alone.append(sqrt(champion.variance))
    return _reaching(parts, alone, rows_of)


def influence_of(kind: Area, own: Floats, others: Floats, *, mirrored: bool) -> Influence:
    """The influence of rows at each distinct score of a column, from the lowest up.

    Args:
        kind: of area.
        own: (m,) weight of the class's rows there.
        others: (m,) weight of all other rows.
        mirrored: whether the class's score is 1 less the column's.
    """
    function = auroc_influence if kind == "auroc" else precision_influence
    if mirrored:
        return function(own, others)
    return function(own[::-1], others[::-1]).reversed()


def _tilt(exponents: Floats) -> Floats:
    found: Floats = np.exp(np.clip(exponents, -_FARTHEST, _FARTHEST))
    return found


def _reaching(
    parts: list[Part], alone: list[float], rows: list[tuple[Floats, Floats]]
) -> list[Part]:
    """With the reach of unseen rows; where no row differs, twice what the champion's own vary."""
    if all(part.unlike <= 0 for part in parts):
        return [replace(part, reach=2 * own) for part, own in zip(parts, alone, strict=True)]
    return reaching(parts, rows, alone)


def _column(found: Ranking, index: int) -> tuple[int, bool]:
    """Where the scores of a class are kept, and whether they are those of the other of two."""
    if index in found.columns:
        return found.columns.index(index), False
    return 0, True


def _truth(own: NDArray[np.bool_], found: Ranking) -> Integers:
    """The true class of each row."""
    if len(found.columns) > 1:
        of_many: Integers = own.argmax(axis=0)
        return of_many
    column = found.columns[0]
    of_two: Integers = np.where(own[0], column, 1 - column)
    return of_two
