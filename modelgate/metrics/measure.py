"""What a metric is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Literal

from modelgate.aggregates import Need
from modelgate.stats.interval import Interval
from modelgate.stats.inversion import IntervalAt

MINIMUM = 30
"""Rows below which no metric decides anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a suite may set of a metric.

    Attributes:
        average: "binary", "macro", "micro" or "weighted"; None for the metrics that have none.
        k: answers that may hold the right one, for top_k_accuracy.
        quantile: in (0, 1), for quantile_error.
        of: index of the one class that is meant; None for all.
    """

    average: str | None = None
    k: int = 5
    quantile: float = 0.9
    of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A metric's value. The attributes are those of `Outcome`, without what the table knows."""

    value: float | None
    interval: Interval | None = None
    at: IntervalAt | None = field(default=None, compare=False, repr=False)
    method: str = ""
    n: int = 0
    n_effective: float | None = None
    minimum: int = MINIMUM
    reason: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A metric of two models on the same rows, and their difference.

    Attributes:
        value: the candidate's; None where it cannot be taken (`reason` says why).
        champion: the champion's.
        difference: candidate - champion, in the metric's unit; `value - champion` where None.
        interval: where it lies.
        at: the same at any level; what p-values are inverted from.
        usual_error: the standard error that the difference would have for an equally good
            candidate, by the rows and the champion's answers alone: what an automatic margin and
            the rows needed are made of, so that no candidate moves its own tolerance.
        discordant: rows that one of the two alone answers rightly, where that means something.
        method, n, n_effective, minimum, reason, details: as in `Outcome`.
    """

    value: float | None
    champion: float | None = None
    difference: float | None = None
    interval: Interval | None = None
    at: IntervalAt | None = field(default=None, compare=False, repr=False)
    usual_error: float | None = None
    discordant: int | None = None
    method: str = ""
    n: int = 0
    n_effective: float | None = None
    minimum: int = MINIMUM
    reason: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One entry of the table.

    Attributes:
        name: as a suite writes it.
        task: what it judges.
        unit: what one is.
        better: the side that is good.
        need: the aggregate it reads.
        measure: (aggregate, options) -> what was found.
        averages: the averages it knows, and then it can be asked of one class; else empty.
        exact: whether it speaks of these rows only, so that there is no interval.
        lowest: the least that it can be; None where there is no such bound.
        highest: the most that it can be.
        pair: the aggregate that compares two models by it; None where it cannot compare.
        compare: (that aggregate, options) -> both values and their difference.
        relative: whether its automatic margin is a share of the champion's value.
    """

    name: str
    task: Literal["classification", "regression"]
    unit: str
    better: Literal["higher", "lower"]
    need: Need
    measure: Callable[[Any, Options], Measured]
    averages: tuple[str, ...] = ()
    exact: bool = False
    lowest: float | None = 0.0
    highest: float | None = None
    pair: Need | None = None
    compare: Callable[[Any, Options], Compared] | None = None
    relative: bool = False


def nothing(reason: str, *, n: int = 0, **details: Any) -> Measured:
    """No value, and why."""
    return Measured(value=None, reason=reason, n=n, details=details)


def different(effective: float, rows: int) -> float | None:
    """The effective number of rows, None where the weights change nothing."""
    return None if abs(effective - rows) <= 1e-9 * rows else effective


def rows_for_rarest(rows: int, rarest: int, wanted: int = 10) -> int:
    """The rows that hold `wanted` of the rarest kind, at the share it has among these rows."""
    return max(MINIMUM, ceil(wanted * rows / max(rarest, 1)))


NO_ROWS = "no row could be judged"
NO_WEIGHT = "the weights of all rows are 0"
NEEDS_SCORES = "needs probabilities; the model answers labels only"
BOTH_NEED_SCORES = "needs probabilities of both models; one of them answers labels only"
