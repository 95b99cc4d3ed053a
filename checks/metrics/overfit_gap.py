from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from modelgate import Aggregate, Facts, Need, Outcome, check
from modelgate.metrics.gap import measure_gap
from modelgate.metrics.table import known, options_for, unit_of
from modelgate.provided import Reference


def needs(facts: Facts, settings: Mapping[str, Any]) -> Need:
    """The aggregate of the metric; mistakes in the settings are found here, before any row."""
    metric = known(settings["metric"], facts)
    options_for(metric, facts, **{name: settings[name] for name in settings if name != "metric"})
    return metric.need


@check(
    family="metrics",
    subject="metric",
    needs=needs,
    severity="major",
    example=("overfit_gap: accuracy", "at_most: 5%"),
    unit=unit_of,
)
def overfit_gap(
    found: Aggregate,
    reference: Reference,
    *,
    metric: Literal[
        "accuracy",
        "balanced_accuracy",
        "precision",
        "recall",
        "f1",
        "mcc",
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
    """The model is not much better on the rows it has learnt than on those it has not.

    A model that has learnt its rows by heart shines on them and nowhere else; a gap may also mean
    that the world has changed since, or that the test set is of another kind. The metric is taken
    on the role `reference` (`data: {reference: {path: train.csv, target: ...}}`) and on the data of
    the step, and their rows are independent samples. Without a labelled reference it is skipped.

    Measures: how much better the metric is on the reference, in its own unit; positive where the
        reference's is better, whichever way the metric counts.
    Settings: as those of `metric`. metric, which one. average, over classes. of, one class instead.
        k, of top_k_accuracy. quantile, of quantile_error.
    Source: G. Y. Zou and A. Donner (2008), "Construction of confidence limits about effect
        measures: a general approach", Statistics in Medicine 27, 1693-1702.
    """
    entry = known(metric, found.facts)
    settings: dict[str, Any] = {"average": average, "k": k, "quantile": quantile, "of": of}
    learnt, other = (
        entry.measure(one, options_for(entry, one.facts, **settings))
        for one in (reference.found, found)
    )
    measured = measure_gap(learnt, other, entry.better)
    return Outcome(
        value=measured.value,
        interval=measured.interval,
        at=measured.at,
        better="lower",
        unit=entry.unit,
        n=measured.n,
        n_effective=measured.n_effective,
        minimum=measured.minimum,
        method=measured.method,
        reason=measured.reason,
        details=measured.details,
    )
