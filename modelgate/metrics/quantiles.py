"""Metrics of regression that look at the order of the errors."""

from __future__ import annotations

from math import floor, isfinite

import numpy as np

from modelgate.aggregates.errors import AbsoluteErrors
from modelgate.aggregates.values import EXACT_ROWS, Ordered, Values
from modelgate.metrics.measure import (
    MINIMUM,
    NO_ROWS,
    NO_WEIGHT,
    Measured,
    Options,
    different,
    nothing,
)
from modelgate.metrics.spread import TOO_LARGE
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.inversion import IntervalAt, widened
from modelgate.stats.quantiles import quantile_ranks, rows_for


def measure_median(found: AbsoluteErrors, _options: Options) -> Measured:
    """The size of error that half of the rows stay below."""
    return measured_quantile(found.sizes, 0.5)


def measure_quantile(found: AbsoluteErrors, options: Options) -> Measured:
    """The size of error that the share `quantile` of the rows stays below."""
    return measured_quantile(found.sizes, options.quantile)


def measured_quantile(sizes: Values, share: float) -> Measured:
    """The size that a share of the rows stays below."""
    rows = sizes.rows
    if rows == 0:
        return nothing(NO_ROWS)
    ordered = sizes.ordered
    if ordered is None:
        return nothing(f"weighted quantiles are exact, and stop at {EXACT_ROWS:,} rows", n=rows)
    effective = sizes.counted.effective
    if effective <= 0:
        return nothing(NO_WEIGHT, n=rows)
    if effective < rows_for(share):
        few = f"{rows_for(share)} rows are needed to bound this quantile"
        return nothing(few, n=rows)
    value = _value(ordered, share, weighted=sizes.counted.weighted)
    at = _intervals(ordered, share, effective, value)
    if not isfinite(at(LEVEL).high):
        return nothing(TOO_LARGE, n=rows)
    return Measured(
        value=value,
        interval=at(LEVEL),
        at=at,
        method="order statistics" + ("" if ordered.error == 0 else ", from sizes in bins"),
        n=rows,
        n_effective=different(effective, rows),
        minimum=max(MINIMUM, rows_for(share)),
        details={"streaming_error_at_most": value * ordered.error} if ordered.error else {},
    )


def _intervals(ordered: Ordered, share: float, effective: float, value: float) -> IntervalAt:
    """The interval at any level; beyond what the rows bound, each side grows as a normal law's."""
    # Ranks are of effective rows; the values carry the weights.
    reached, scale = np.cumsum(ordered.weights), float(ordered.weights.sum()) / effective
    farthest = 1 - 2 * max(share, 1 - share) ** floor(effective)  # the highest level with two ranks
    farthest = max(LEVEL, farthest - 1e-9)

    def at(level: float) -> Interval:
        ranks = quantile_ranks(share, effective, min(level, farthest))
        assert ranks is not None
        places = np.searchsorted(reached, np.array(ranks) * scale * (1 - 1e-12))
        low, high = ordered.values[np.minimum(places, len(reached) - 1)].tolist()
        low, high = min(low, value) * (1 - ordered.error), max(high, value) * (1 + ordered.error)
        found = Interval(low, high, min(level, farthest))
        return found if level <= farthest else widened(value, found)(level)

    return at


def _value(ordered: Ordered, share: float, *, weighted: bool) -> float:
    if not weighted:
        return ordered.quantile(share)
    # The mean of the lowest and the highest weighted quantile, as scikit-learn's weighted median.
    reached = np.cumsum(ordered.weights)
    total = float(reached[-1])
    low = ordered.at_rank(share * total)
    high = float(ordered.values[::-1][_first(ordered, (1 - share) * total)])
    return (low + high) / 2


def _first(ordered: Ordered, rank: float) -> int:
    reached = np.cumsum(ordered.weights[::-1])
    return min(int(np.searchsorted(reached, rank * (1 - 1e-12))), len(reached) - 1)
