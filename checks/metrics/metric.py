from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from modelgate import Aggregate, Difference, Facts, Need, Outcome, check
from modelgate.metrics.table import known, options_for, unit_of


def needs(facts: Facts, settings: Mapping[str, Any]) -> Need:
    """The aggregate of the metric; mistakes in the settings are found here, before any row."""
    metric = known(settings["metric"], facts)
    options_for(metric, facts, **{name: settings[name] for name in settings if name != "metric"})
    return metric.need


def pairs(facts: Facts, settings: Mapping[str, Any]) -> Need | None:
    """The aggregate that compares two models by the metric."""
    return known(settings["metric"], facts).pair


def against_champion(found: Aggregate, *, metric: str, **settings: Any) -> Outcome:
    """The metric of both models on the same rows, and how far apart they are."""
    entry = known(metric, found.facts)
    assert entry.compare is not None
    compared = entry.compare(found, options_for(entry, found.facts, **settings))
    apart = compared.difference
    if apart is None and compared.value is not None and compared.champion is not None:
        apart = compared.value - compared.champion
    difference = apart is not None and Difference(
        champion=compared.champion,
        value=apart,
        interval=compared.interval,
        at=compared.at,
        usual_error=compared.usual_error,
        discordant=compared.discordant,
        relative=entry.relative,
    )
    return Outcome(
        value=compared.value,
        difference=difference or None,
        better=entry.better,
        unit=entry.unit,
        n=compared.n,
        n_effective=compared.n_effective,
        minimum=compared.minimum,
        lowest=entry.lowest,
        highest=entry.highest,
        method=compared.method,
        reason=compared.reason,
        details=compared.details,
    )


@check(
    family="metrics",
    subject="metric",
    needs=needs,
    severity="blocker",
    pairs=pairs,
    compare=against_champion,
    unit=unit_of,
)
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

    With a champion there is a second result, row by row against its answers: `margin` says how much
    worse is tolerable, and a drop of that or more has to be ruled out for a pass. `margin: 2%` are
    two points; of rmse, mae, log_loss and brier, two percent of the champion's value.

    Measures: the metric, in its own unit.
    Settings: metric, which one. average, over classes: binary (the positive class), macro, micro or
        weighted; binary where a positive class is known, else macro. of, one class instead, such as
        "leave". k, answers that may hold the right one (top_k_accuracy). quantile, in (0, 1), of
        the size of the errors (quantile_error).
    Source: the definitions of https://scikit-learn.org/stable/modules/model_evaluation.html;
        intervals: Wilson (1927), Clopper and Pearson (1934), Korn and Graubard (1998), Boyd et al.
        (2013), Rubin (1981); of two models: Tango (1998), DeLong et al. (1988), Hall (1992).
    """
    entry = known(metric, found.facts)
    options = options_for(entry, found.facts, average=average, k=k, quantile=quantile, of=of)
    measured = entry.measure(found, options)
    return Outcome(
        value=measured.value,
        interval=measured.interval,
        at=measured.at,
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
