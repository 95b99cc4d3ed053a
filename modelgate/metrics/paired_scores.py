"""Areas under curves, of two models on the same rows."""

from __future__ import annotations

from collections.abc import Callable

from modelgate.aggregates.paired_ranking import PairedRanking
from modelgate.aggregates.ranking import Ranking
from modelgate.metrics.measure import BOTH_NEED_SCORES, Compared, Measured, Options
from modelgate.metrics.paired_curves import Curves, binned_parts
from modelgate.metrics.scores import Area, area
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.paired_means import Part, difference, usual_error
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
            return Compared(value=None, n=found.candidate.rows, reason=BOTH_NEED_SCORES)
        one, two = measure(found.candidate, options), measure(found.champion, options)
        if one.value is None or two.value is None:
            return Compared(value=None, n=one.n, reason=one.reason or two.reason)
        shares = _shares(found.candidate, options)
        if found.is_exact:
            parts = Curves(found, kind).parts(shares)
        else:
            parts = binned_parts(found, kind, shares)
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
