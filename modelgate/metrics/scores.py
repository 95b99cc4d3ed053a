"""Metrics of probabilities: how they rank, and how much they gave to what was true."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isfinite, log
from typing import Any, Literal

import numpy as np

from modelgate.aggregates.losses import SMALLEST, ProbabilityLosses
from modelgate.aggregates.moments import Moments
from modelgate.aggregates.ranking import Curve, Ranking
from modelgate.aggregates.topk import TopK
from modelgate.metrics.cells import of_share
from modelgate.metrics.measure import (
    NEEDS_SCORES,
    NO_ROWS,
    NO_WEIGHT,
    Measured,
    Options,
    different,
    nothing,
    rows_for_rarest,
)
from modelgate.metrics.spread import TOO_LARGE, mean_and_variance
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.inversion import IntervalAt
from modelgate.stats.means import loss_mean
from modelgate.stats.ranks import (
    area_interval,
    auroc,
    average_precision,
    delong_variance,
    logit_interval,
)

Area = Literal["auroc", "auprc"]


def measure_top_k(found: TopK, options: Options) -> Measured:
    """The share of rows whose true class is among the k best scores."""
    ranks = found.ranks
    if (missing := without(found.labels_only, ranks)) is not None:
        return missing
    hits, total = float(ranks.weights[: options.k].sum()), float(ranks.weights.sum())
    rows = int(ranks.rows.sum())
    return of_share(hits, total, ranks.effective, rows, {"k": options.k})


def area(kind: Area) -> Callable[[Ranking, Options], Measured]:
    """The area under the ROC curve, or under that of precision over recall."""

    def measure(found: Ranking, options: Options) -> Measured:
        if (missing := without(found.labels_only, found.classes)) is not None:
            return missing
        if options.of is not None:
            return _of_one(found, kind, options.of)
        return _averaged(found, kind, options.average or "macro")

    return measure


def measure_log_loss(found: ProbabilityLosses, _options: Options) -> Measured:
    """The mean of -log(probability given to what was true)."""
    return _mean_loss(found, "log", -log(SMALLEST))


def measure_brier(found: ProbabilityLosses, _options: Options) -> Measured:
    """The mean squared distance of the probabilities from what was true."""
    return _mean_loss(found, "brier", brier_range(found))


def brier_range(found: ProbabilityLosses) -> float:
    """The Brier loss of a row that gives all probability to a wrong class."""
    return 1.0 if len(found.facts.classes) == 2 else 2.0


def without(labels_only: bool, rows: Moments) -> Measured | None:
    """Why there can be no value of scores, if so."""
    if labels_only:
        return nothing(NEEDS_SCORES, n=int(rows.rows.sum()))
    if rows.rows.sum() == 0:
        return nothing(NO_ROWS)
    if rows.effective <= 0:
        return nothing(NO_WEIGHT, n=int(rows.rows.sum()))
    return None


def _mean_loss(found: ProbabilityLosses, name: str, largest: float) -> Measured:
    losses = found.losses
    if (missing := without(found.labels_only, losses)) is not None:
        return missing
    rows = int(losses.rows.sum())
    mean, variance = mean_and_variance(losses, name, f"{name}_squared")
    if not isfinite(mean):
        return nothing(TOO_LARGE, n=rows)
    effective = losses.effective
    if effective <= 1 + 1e-9:
        return nothing("one row says nothing of the spread", n=rows)
    sums, weights = losses.sums(name), losses.weights
    per_class = [
        {
            "class": found.facts.classes[k],
            "rows": int(losses.rows[k]),
            name: float(sums[k] / weights[k]),
        }
        for k in np.flatnonzero(weights > 0)
    ]

    def at(level: float) -> Interval:
        return loss_mean(mean, variance, effective, span=largest, most=largest, level=level)

    return Measured(
        value=mean,
        interval=at(LEVEL),
        at=at,
        method="Student's t of the logarithm",
        n=rows,
        n_effective=different(effective, rows),
        details={"per_class": per_class},
    )


def _of_one(found: Ranking, kind: Area, index: int) -> Measured:
    part = _areas(found, kind, [index]).get(index)
    if part is None:
        label = found.facts.classes[index]
        return nothing(f"undefined: not both {label!r} and others occur in the truth", n=found.rows)
    value, bound, at = part
    own = int(found.classes.rows[index])
    return Measured(
        value=value,
        interval=at(LEVEL),
        at=at,
        method=_method(found, kind),
        n=found.rows,
        n_effective=different(found.classes.effective, found.rows),
        minimum=rows_for_rarest(found.rows, min(own, found.rows - own)),
        details=_bounded(found, bound),
    )


def _averaged(found: Ranking, kind: Area, average: str) -> Measured:
    weights = found.classes.weights
    parts = _areas(found, kind, range(len(found.facts.classes)))
    if not parts:
        return nothing("undefined: only one class occurs in the truth", n=found.rows)
    share = np.array([weights[k] if average == "weighted" else 1.0 for k in parts])
    share /= share.sum()

    def mean(values: list[float]) -> float:
        return float((share * values).sum())

    def at(level: float) -> Interval:
        # The mean of the bounds bounds the mean, whatever the dependence between classes.
        each = [part[2](level) for part in parts.values()]
        return Interval(mean([one.low for one in each]), mean([one.high for one in each]), level)

    rows = found.classes.rows
    rarest = min(min(int(rows[k]), found.rows - int(rows[k])) for k in parts)
    table = [
        {"class": found.facts.classes[k], "rows": int(rows[k]), kind: part[0]}
        for k, part in parts.items()
    ]
    absent = [label for k, label in enumerate(found.facts.classes) if k not in parts]
    details = _bounded(found, mean([part[1] for part in parts.values()]))
    return Measured(
        value=mean([part[0] for part in parts.values()]),
        interval=at(LEVEL),
        at=at,
        method=f"{_method(found, kind)}, mean of each class's against the rest",
        n=found.rows,
        n_effective=different(found.classes.effective, found.rows),
        minimum=rows_for_rarest(found.rows, rarest),
        details={"per_class": table, **({"left_out": absent} if absent else {}), **details},
    )


def _areas(
    found: Ranking, kind: Area, indices: Iterable[int]
) -> dict[int, tuple[float, float, IntervalAt]]:
    """Value, bound of the binning and intervals of each class against the rest that occurs."""
    weights, squares = found.classes.weights, found.classes.squares
    parts = {}
    for k in indices:
        others = np.arange(len(weights)) != k
        own, rest = float(weights[k]), float(weights[others].sum())
        if own > 0 and rest > 0:
            positives = own * own / float(squares[k])
            negatives = rest * rest / float(squares[others].sum())
            parts[k] = _area(found.curve(k), kind, positives, negatives)
    return parts


def _area(
    curve: Curve, kind: Area, positives: float, negatives: float
) -> tuple[float, float, IntervalAt]:
    if kind == "auroc":
        value, bound = auroc(curve.positives, curve.negatives, curve.mixed)
        shown = delong_variance(curve.positives, curve.negatives, positives, negatives)
    else:
        value, bound = average_precision(curve.positives, curve.negatives, curve.mixed)

    def at(level: float) -> Interval:
        if kind == "auroc":
            found = area_interval(value, positives, negatives, variance=shown, level=level)
        else:
            found = logit_interval(value, positives, level)
        return Interval(max(0.0, found.low - bound), min(1.0, found.high + bound), level)

    return value, bound, at


def _method(found: Ranking, kind: Area) -> str:
    interval = "Clopper-Pearson at DeLong's variance" if kind == "auroc" else "logit interval"
    return interval if found.is_exact else f"{interval}, from scores in bins"


def _bounded(found: Ranking, bound: float) -> dict[str, Any]:
    return {} if found.is_exact else {"streaming_error_at_most": bound}
