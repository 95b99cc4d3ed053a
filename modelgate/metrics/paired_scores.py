"""Areas under curves, of two models on the same rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.aggregates import Floats, Integers
from modelgate.aggregates.paired_ranking import Joint, PairedRanking
from modelgate.aggregates.ranking import Ranking
from modelgate.metrics.measure import NEEDS_SCORES, Compared, Measured, Options
from modelgate.metrics.scores import Area, area
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.paired_means import Part, difference, part_of, part_of_counts, usual_error
from modelgate.stats.paired_ranks import Influence, auroc_influence, precision_influence
from modelgate.stats.tails import normal_quantile

_METHODS = {
    "auroc": "paired DeLong, Hall's transformed t",
    "auprc": "influence of each row, Hall's transformed t",
}


def compare_area(kind: Area) -> Callable[[PairedRanking, Options], Compared]:
    """The difference of two areas under the ROC curve, or that of precision over recall."""
    measure = area(kind)

    def compare(found: PairedRanking, options: Options) -> Compared:
        if found.labels_only:
            return Compared(value=None, n=found.candidate.rows, reason=NEEDS_SCORES)
        one, two = measure(found.candidate, options), measure(found.champion, options)
        if one.value is None or two.value is None:
            return Compared(value=None, n=one.n, reason=one.reason or two.reason)
        shares = _shares(found.candidate, options)
        curves = _Curves(found, kind)
        parts = curves.parts(shares) if found.is_exact else curves.binned(shares)
        return _compared(one, two, parts, kind)

    return compare


def _compared(one: Measured, two: Measured, parts: list[Part], kind: Area) -> Compared:
    assert one.value is not None
    assert two.value is not None
    assert two.interval is not None
    apart = one.value - two.value
    error = "streaming_error_at_most"
    bound = one.details.get(error, 0.0) + two.details.get(error, 0.0)

    def at(level: float) -> Interval:
        found = difference(apart, parts, most=1.0, level=level)
        return Interval(max(-1.0, found.low - bound), min(1.0, found.high + bound), level)

    spread = (two.interval.high - two.interval.low) / 2 / normal_quantile((1 + LEVEL) / 2)
    return Compared(
        value=one.value,
        champion=two.value,
        difference=apart,
        interval=at(LEVEL),
        at=at,
        usual_error=usual_error(spread),
        method=_METHODS[kind] + (", from scores in bins" if bound else ""),
        n=one.n,
        n_effective=one.n_effective,
        minimum=one.minimum,
        details={error: bound} if bound else {},
    )


def _shares(found: Ranking, options: Options) -> dict[int, float]:
    """How much each class's area counts."""
    if options.of is not None:
        return {options.of: 1.0}
    weights = found.classes.weights
    present = [k for k in range(len(weights)) if 0 < weights[k] < weights.sum()]
    counts = [float(weights[k]) if options.average == "weighted" else 1.0 for k in present]
    return {k: count / sum(counts) for k, count in zip(present, counts, strict=True)}


@dataclass(frozen=True, slots=True)
class _Curves:
    found: PairedRanking
    kind: Area

    def parts(self, shares: Mapping[int, float]) -> list[Part]:
        """How the rows of each true class differ, all of them at hand.

        A row adds to the area of its own class and, as one of the others, to those of the rest.
        """
        one, own, weights = self.found.candidate.kept
        two, _, _ = self.found.champion.kept
        truth = _truth(own, self.found.candidate)
        totals = self.found.candidate.classes.weights
        added = np.zeros((2, len(truth)))
        expected = np.zeros((2, len(totals)))
        for k, share in shares.items():
            place, mirrored = _column(self.found.candidate, k)
            rest = float(totals.sum() - totals[k])
            scale = np.full(len(totals), share / rest)
            scale[k] = share / totals[k]
            for model, scores in enumerate((one[place], two[place])):
                places, weighs = _distinct(scores, own[place], weights)
                influence = self._influence(*weighs, mirrored=mirrored)
                mine = own[place] != mirrored
                value = np.where(mine, influence.own[places], influence.others[places])
                added[model] += value * scale[truth]
                mean = np.full(len(totals), influence.others_mean)
                mean[k] = influence.own_mean
                expected[model] += mean * scale
        return self._by_class(added, expected, truth, weights)

    def _by_class(
        self, added: Floats, expected: Floats, truth: Integers, weights: Floats | None
    ) -> list[Part]:
        totals = self.found.candidate.classes.weights
        parts, alone = [], []
        for k in np.flatnonzero(totals > 0):
            rows = truth == k
            each = None if weights is None else weights[rows]
            apart = (added[0, rows] - added[1, rows]) * totals[k]
            mean = float(expected[0, k] - expected[1, k]) * float(totals[k])
            parts.append(part_of(apart, each, expected=mean))
            mean = float(expected[1, k] * totals[k])
            alone.append(part_of(added[1, rows] * totals[k], each, expected=mean).reach)
        return _reaching(parts, alone)

    def binned(self, shares: Mapping[int, float]) -> list[Part]:
        """The same where pairs of bins are counted.

        How classes hang together is then unknown, and their errors are added as if they went hand
        in hand.
        """
        by_class = []
        for k, share in shares.items():
            place, mirrored = _column(self.found.candidate, k)
            parts = self._of_bins(self.found.joint(place), k, mirrored=mirrored)
            error = sqrt(sum(part.variance / part.rows for part in parts))
            by_class.append((parts, share, error))
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

    def _of_bins(self, joint: Joint, index: int, *, mirrored: bool) -> list[Part]:
        counts = joint.rows.astype(np.float64)
        influences, places = [], []
        for bins in (joint.candidate, joint.champion):
            where, weighs = _distinct(bins.astype(np.float64), joint.own, counts)
            influences.append(self._influence(*weighs, mirrored=mirrored))
            places.append(where)
        squares, weights = (
            self.found.candidate.classes.squares,
            self.found.candidate.classes.weights,
        )
        parts, alone = [], []
        for mine in (True, False):
            rows = (joint.own != mirrored) == mine
            values = [_of_kind(each, mine=mine) for each in influences]
            apart, rounding = np.zeros(int(rows.sum())), 0.0
            for (value, _), where, sign in zip(values, places, (1, -1), strict=True):
                apart += sign * value[where[rows]]
                step = np.gradient(value) if len(value) > 1 else np.zeros(1)
                rounding += float((counts[rows] * step[where[rows]] ** 2).sum()) / 12
            of_kind = np.arange(len(weights)) == index
            of_kind = of_kind if mine else ~of_kind
            effective = float(weights[of_kind].sum()) ** 2 / float(squares[of_kind].sum())
            mean = values[0][1] - values[1][1]
            part = part_of_counts(apart, counts[rows], effective, expected=mean)
            # Two scores that share a bin may differ yet.
            variance = part.variance + rounding / float(counts[rows].sum())
            parts.append(replace(part, variance=variance, unlike=part.rows))
            own = values[1][0][places[1][rows]]
            alone.append(part_of_counts(own, counts[rows], effective, expected=values[1][1]).reach)
        return _reaching(parts, alone)

    def _influence(self, positives: Floats, negatives: Floats, *, mirrored: bool) -> Influence:
        """By distinct score from the lowest up, of the rows of the column's class and of others."""
        function = auroc_influence if self.kind == "auroc" else precision_influence
        if mirrored:
            return function(negatives, positives)
        found = function(positives[::-1], negatives[::-1])
        return Influence(found.own[::-1], found.others[::-1], found.own_mean, found.others_mean)


def _of_kind(influence: Influence, *, mine: bool) -> tuple[Floats, float]:
    if mine:
        return influence.own, influence.own_mean
    return influence.others, influence.others_mean


def _reaching(parts: list[Part], alone: list[float]) -> list[Part]:
    """Parts whose unseen rows may be off as rows of any kind are.

    Where no row differs: as the champion's own rows are spread. A row of one kind that is ranked
    otherwise moves all of the other kind a little, so that these always seem to differ.
    """
    if all(part.unlike <= 0 for part in parts):
        return [replace(part, reach=reach) for part, reach in zip(parts, alone, strict=True)]
    widest = max(part.reach for part in parts)
    return [replace(part, reach=widest) for part in parts]


def _column(found: Ranking, index: int) -> tuple[int, bool]:
    """Where the scores of a class are kept, and whether they are those of the other of two."""
    if index in found.columns:
        return found.columns.index(index), False
    return 0, True


def _truth(own: NDArray[np.bool_], found: Ranking) -> Integers:
    """The true class of each row."""
    if len(found.columns) > 1:
        of_many: Integers = own.argmax(axis=0).astype(np.int64)
        return of_many
    column = found.columns[0]
    of_two: Integers = np.where(own[0], column, 1 - column)
    return of_two


def _distinct(
    scores: Floats, own: NDArray[np.bool_], weights: Floats | None
) -> tuple[Integers, tuple[Floats, Floats]]:
    """Where each row's score stands among the distinct ones, and the weights of both kinds there.

    From the lowest score up.
    """
    weigh: NDArray[Any] = np.ones(len(scores)) if weights is None else weights
    order = np.argsort(scores) if weights is None else np.lexsort((weigh, own, scores))
    ordered = scores[order]
    starts = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    places = np.empty(len(scores), dtype=np.int64)
    places[order] = np.cumsum(starts) - 1
    first = np.flatnonzero(starts)
    mine, theirs = weigh[order] * own[order], weigh[order] * ~own[order]
    return places, (np.add.reduceat(mine, first), np.add.reduceat(theirs, first))
