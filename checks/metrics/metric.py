from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from modelgate import Aggregate, Facts, Need, Outcome, check
from modelgate.metrics.table import known, options_for


def needs(facts: Facts, settings: Mapping[str, Any]) -> Need:
    """The aggregate of the metric; mistakes in the settings are found here, before any row."""
    metric = known(settings["metric"], facts)
    options_for(metric, facts, **{name: settings[name] for name in settings if name != "metric"})
    return metric.need


@check(family="metrics", subject="metric", needs=needs, severity="blocker")
def metric(
    found: Aggregate,
    *,
    metric: Literal[
        "accuracy",
        "balanced_accuracy",
        "precision",
        "recall",
        "f1",
        "mcc",
        "confusion",
        "auroc",
        "auprc",
        "log_loss",
        "brier",
        "top_k_accuracy",
        "mae",
        "rmse",
        "bias",
        "mape",
        "smape",
        "r2",
        "median_absolute_error",
        "quantile_error",
    ],
    average: Literal["binary", "macro", "micro", "weighted"] | None = None,
    k: int = 5,
    quantile: float = 0.9,
    of: str | None = None,
) -> Outcome:
    """A quality metric on labelled rows is good enough, and surely so.

    The value is scikit-learn's. It comes with a two-sided 90 % interval, and the limit is held to
    the interval: `at_least: 0.9` passes when the lower end is 0.9 or more, so that a lucky small
    test set passes nothing. Where a metric is 0 / 0 there is no value, and nothing passes.

    Measures: the metric, in its own unit.
    Settings: metric, which one. average, over classes: binary (the positive class), macro, micro or
        weighted; binary where a positive class is known, else macro. of, one class instead, such as
        "leave". k, answers that may hold the right one (top_k_accuracy). quantile, in (0, 1), of
        the size of the errors (quantile_error).
    Source: the definitions of https://scikit-learn.org/stable/modules/model_evaluation.html;
        intervals: Wilson (1927), Clopper and Pearson (1934), Newcombe (2006), Boyd et al. (2013),
        Rubin (1981).
    """
    entry = known(metric, found.facts)
    options = options_for(entry, found.facts, average=average, k=k, quantile=quantile, of=of)
    measured = entry.measure(found, options)
    return Outcome(
        value=measured.value,
        interval=measured.interval,
        better=entry.better,
        unit=entry.unit,
        kind="exact" if entry.exact else "statistical",
        n=measured.n,
        n_effective=measured.n_effective,
        minimum=measured.minimum,
        lowest=entry.lowest,
        highest=entry.highest,
        method=measured.method,
        reason=measured.reason,
        details=measured.details,
    )
