"""Metrics of regression that look at the order of the errors."""

from __future__ import annotations

from math import isfinite

import numpy as np

from modelgate.aggregates.errors import AbsoluteErrors
from modelgate.aggregates.values import EXACT_ROWS, Ordered
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
from modelgate.stats.interval import Interval
from modelgate.stats.quantiles import quantile_ranks, rows_for


def measure_median(found: AbsoluteErrors, _options: Options) -> Measured:
    """The size of error that half of the rows stay below."""
    return _quantile(found, 0.5)


def measure_quantile(found: AbsoluteErrors, options: Options) -> Measured:
    """The size of error that the share `quantile` of the rows stays below."""
    return _quantile(found, options.quantile)


def _quantile(found: AbsoluteErrors, share: float) -> Measured:
    rows = found.sizes.rows
    if rows == 0:
        return nothing(NO_ROWS)
    ordered = found.sizes.ordered
    if ordered is None:
        return nothing(f"weighted quantiles are exact, and stop at {EXACT_ROWS:,} rows", n=rows)
    effective = found.sizes.counted.effective
    if effective <= 0:
        return nothing(NO_WEIGHT, n=rows)
    ranks = quantile_ranks(share, effective)
    if ranks is None:
        few = f"{rows_for(share)} rows are needed to bound this quantile"
        return nothing(few, n=rows)
    value = _value(ordered, share, weighted=found.sizes.counted.weighted)
    # Ranks are of effective rows; the values carry the weights.
    scale = float(ordered.weights.sum()) / effective
    low, high = (ordered.at_rank(rank * scale) for rank in ranks)
    low, high = min(low, value) * (1 - ordered.error), max(high, value) * (1 + ordered.error)
    if not isfinite(high):
        return nothing(TOO_LARGE, n=rows)
    return Measured(
        value=value,
        interval=Interval(low, high),
        method="order statistics" + ("" if ordered.error == 0 else ", from sizes in bins"),
        n=rows,
        n_effective=different(effective, rows),
        minimum=max(MINIMUM, rows_for(share)),
        details={"streaming_error_at_most": value * ordered.error} if ordered.error else {},
    )


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
