"""How much better a metric is on the rows that a model was trained on."""

from __future__ import annotations

from math import sqrt
from typing import Literal

from modelgate.metrics.measure import Measured
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.inversion import IntervalAt, widened


def measure_gap(
    reference: Measured, test: Measured, better: Literal["higher", "lower"]
) -> Measured:
    """The gap between two independent samples; positive where the reference's is better.

    The distances of both intervals' ends from their values are added as variances are, so that the
    gap's interval is as honest as theirs.

    Args:
        reference: on the rows that the model was trained on.
        test: on others.
        better: the good side of the metric.

    Source: G. Y. Zou and A. Donner (2008), "Construction of confidence limits about effect
        measures: a general approach", Statistics in Medicine 27, 1693-1702.
    """
    details = {"reference": reference.value, "test": test.value, "reference_rows": reference.n}
    for name, one in (("reference", reference), ("test", test)):
        if one.value is None:
            reason = f"{name}: {one.reason}"
            return Measured(value=None, reason=reason, n=test.n, details=details)
    assert reference.value is not None
    assert test.value is not None
    seen, told = (reference, test) if better == "higher" else (test, reference)
    assert seen.value is not None
    assert told.value is not None
    gap = seen.value - told.value
    rows = reference.n if reference.n_effective is None else reference.n_effective
    lacks: str | None = None
    at: IntervalAt | None = None
    if rows < reference.minimum:
        lacks = f"not enough rows in the reference: {rows:.0f}, and {reference.minimum} are needed"
    elif reference.interval is None or test.interval is None:
        lacks = reference.reason or test.reason or "its uncertainty is not known"
    else:
        at = _between(seen.value, _ends(seen), told.value, _ends(told))
    return Measured(
        value=gap,
        interval=None if at is None else at(LEVEL),
        at=at,
        method=f"{test.method}; of two samples, joined (MOVER)",
        n=test.n,
        n_effective=test.n_effective,
        minimum=test.minimum,
        reason=lacks,
        details=details,
    )


def _ends(one: Measured) -> IntervalAt:
    assert one.value is not None
    assert one.interval is not None
    return one.at or widened(one.value, one.interval)


def _between(value: float, ends: IntervalAt, other: float, other_ends: IntervalAt) -> IntervalAt:
    def at(level: float) -> Interval:
        one, two = ends(level), other_ends(level)
        below = sqrt((value - one.low) ** 2 + (two.high - other) ** 2)
        above = sqrt((one.high - value) ** 2 + (other - two.low) ** 2)
        return Interval(value - other - below, value - other + above, level)

    return at
