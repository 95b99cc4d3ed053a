from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from modelgate import Aggregate, Facts, Need, Outcome, check
from modelgate.metrics.naive_table import gain_of
from modelgate.metrics.table import unit_of


def needs(facts: Facts, settings: Mapping[str, Any]) -> Need:
    """The aggregate of the metric; a metric of another task is found out here."""
    return gain_of(settings["metric"], facts).need


@check(
    family="metrics",
    subject="metric",
    needs=needs,
    severity="blocker",
    at_least=0,
    unit=unit_of,
)
def naive_gain(
    found: Aggregate,
    *,
    metric: Literal[
        "accuracy", "balanced_accuracy", "log_loss", "brier", "rmse", "mae", "r2"
    ] = "accuracy",
) -> Outcome:
    """The model is better than an answer that looks at no input at all.

    A churn model with 95 % accuracy is worthless where 95 % stay. The naive answer is the best
    fixed one for these very rows, which favours it: the most frequent class (accuracy), any class
    (balanced_accuracy: one over the number of classes), the classes' shares (log_loss, brier), the
    mean of the targets (rmse, r2), their median (mae). The gain is compared row by row, and its
    interval has to lie above 0: a model that always answers alike gains 0 and never passes.

    Measures: how much better the metric is than the naive answer's, in its own unit; positive is
        better, whichever way the metric itself counts.
    Settings: metric, which one.
    Source: T. Tango (1998), "Equivalence test and confidence interval for the difference in
        proportions for the paired-sample design", Statistics in Medicine 17, 891-908.
    """
    entry = gain_of(metric, found.facts)
    measured = entry.measure(found)
    return Outcome(
        value=measured.value,
        interval=measured.interval,
        at=measured.at,
        better="higher",
        unit=entry.unit,
        n=measured.n,
        n_effective=measured.n_effective,
        minimum=measured.minimum,
        method=measured.method,
        reason=measured.reason,
        details=measured.details,
    )
