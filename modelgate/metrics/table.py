"""The table of metrics, and how a suite's settings become options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal, get_args

from modelgate.aggregates import Aggregate, Facts, Need
from modelgate.aggregates.confusion import Confusion
from modelgate.aggregates.errors import AbsoluteErrors
from modelgate.aggregates.losses import ProbabilityLosses
from modelgate.aggregates.paired_confusion import PairedConfusion
from modelgate.aggregates.paired_errors import PairedErrors, PairedExplained, PairedSizes
from modelgate.aggregates.paired_losses import PairedLosses, PairedSquares
from modelgate.aggregates.paired_ranking import PairedRanking
from modelgate.aggregates.ranking import Ranking
from modelgate.aggregates.residuals import Explained, RelativeErrors, Residuals
from modelgate.aggregates.topk import PairedTopK, TopK
from modelgate.errors import UsageError, did_you_mean
from modelgate.metrics import (
    cells,
    numbers,
    paired_losses,
    paired_numbers,
    paired_scores,
    quantiles,
    scores,
)
from modelgate.metrics import paired_cells as paired
from modelgate.metrics.measure import Compared, Measured, Metric, Options

OWN_UNIT = "target"
"""The unit of what is measured in the target's own."""
_ALL = ("binary", "macro", "micro", "weighted")
_AREAS = ("binary", "macro", "weighted")


def _of_labels(
    name: str,
    kind: type[Aggregate],
    measure: Callable[[Any, Options], Measured],
    *,
    unit: str = "share",
    better: Literal["higher", "lower"] = "higher",
    averages: tuple[str, ...] = (),
    exact: bool = False,
    lowest: float = 0.0,
    compare: Callable[[Any, Options], Compared] | None = None,
    pair: Need | None = None,
    relative: bool = False,
) -> Metric:
    return Metric(
        name=name,
        task="classification",
        unit=unit,
        better=better,
        need=Need(kind),
        measure=measure,
        averages=averages,
        exact=exact,
        lowest=lowest,
        highest=1.0 if better == "higher" else None,
        pair=None if compare is None else pair or Need(PairedConfusion),
        compare=compare,
        relative=relative,
    )


def _of_numbers(
    name: str,
    kind: type[Aggregate],
    measure: Callable[[Any, Options], Measured],
    *,
    unit: str = OWN_UNIT,
    better: Literal["higher", "lower"] = "lower",
    lowest: float | None = 0.0,
    compare: Callable[[Any, Options], Compared] | None = None,
    pair: Need | None = None,
    relative: bool = False,
) -> Metric:
    return Metric(
        name=name,
        task="regression",
        unit=unit,
        better=better,
        need=Need(kind),
        measure=measure,
        lowest=lowest,
        highest=1.0 if better == "higher" else None,
        pair=pair,
        compare=compare,
        relative=relative,
    )


def _loss(name: str) -> dict[str, Any]:
    """How two models are compared by the mean of a loss."""
    pair = Need(PairedLosses, (("loss", name),))
    return {"pair": pair, "compare": paired_losses.compare_mean}


_ENTRIES = (
    _of_labels("accuracy", Confusion, cells.measure_accuracy, compare=paired.compare_accuracy),
    _of_labels(
        "balanced_accuracy", Confusion, cells.measure_balanced, compare=paired.compare_balanced
    ),
    *(
        _of_labels(
            name,
            Confusion,
            cells.per_class(name),
            averages=_ALL,
            compare=paired.compare_per_class(name),
        )
        for name in ("precision", "recall", "f1")
    ),
    _of_labels(
        "mcc",
        Confusion,
        cells.measure_matthews,
        unit="score",
        lowest=-1.0,
        compare=paired.compare_matthews,
    ),
    _of_labels(
        "confusion", Confusion, cells.measure_confusion, unit="rows", better="lower", exact=True
    ),
    *(
        _of_labels(
            name,
            Ranking,
            scores.area(name),
            unit="score",
            averages=_AREAS,
            pair=Need(PairedRanking),
            compare=paired_scores.compare_area(name),
        )
        for name in get_args(scores.Area)
    ),
    _of_labels(
        "log_loss",
        ProbabilityLosses,
        scores.measure_log_loss,
        unit="nats",
        better="lower",
        relative=True,
        **_loss("log"),
    ),
    _of_labels(
        "brier",
        ProbabilityLosses,
        scores.measure_brier,
        unit="score",
        better="lower",
        relative=True,
        **_loss("brier"),
    ),
    replace(
        _of_labels("top_k_accuracy", TopK, scores.measure_top_k),
        pair=Need(PairedTopK),
        compare=paired.compare_top_k,
    ),
    _of_numbers("mae", Residuals, numbers.measure_mae, relative=True, **_loss("size")),
    _of_numbers(
        "rmse",
        Residuals,
        numbers.measure_rmse,
        relative=True,
        pair=Need(PairedSquares),
        compare=paired_losses.compare_rmse,
    ),
    _of_numbers(
        "bias",
        Residuals,
        numbers.measure_bias,
        lowest=None,
        relative=True,
        pair=Need(PairedErrors),
        compare=paired_numbers.compare_bias,
    ),
    _of_numbers(
        "mape", RelativeErrors, numbers.measure_mape, unit="share", relative=True, **_loss("share")
    ),
    _of_numbers(
        "smape",
        RelativeErrors,
        numbers.measure_smape,
        unit="share",
        relative=True,
        **_loss("symmetric"),
    ),
    _of_numbers(
        "r2",
        Explained,
        numbers.measure_r2,
        unit="score",
        better="higher",
        lowest=None,
        pair=Need(PairedExplained),
        compare=paired_numbers.compare_r2,
    ),
    _of_numbers(
        "median_absolute_error",
        AbsoluteErrors,
        quantiles.measure_median,
        relative=True,
        pair=Need(PairedSizes),
        compare=paired_numbers.compare_median,
    ),
    _of_numbers(
        "quantile_error",
        AbsoluteErrors,
        quantiles.measure_quantile,
        relative=True,
        pair=Need(PairedSizes),
        compare=paired_numbers.compare_quantile,
    ),
)
METRICS = MappingProxyType({entry.name: entry for entry in _ENTRIES})
"""Every metric by its name."""


def known(name: str, facts: Facts) -> Metric:
    """The metric of a name.

    Raises:
        UsageError: MG2190 there is none; MG2191 it judges another kind of answer.
    """
    if name not in METRICS:
        raise UsageError("MG2190", f"no metric is called {name!r}; {did_you_mean(name, METRICS)}")
    metric = METRICS[name]
    if metric.task != facts.task:
        others = ", ".join(sorted(other.name for other in _ENTRIES if other.task == facts.task))
        raise UsageError(
            "MG2191",
            f"{name} is a metric of {metric.task}, and this model's task is {facts.task}",
            hint=f"metrics of {facts.task}: {others}",
        )
    return metric


def unit_of(settings: Mapping[str, Any]) -> str:
    """The unit of the metric that a step names; "" where only the data tells, as of errors."""
    entry = METRICS.get(settings["metric"])
    return "" if entry is None or entry.unit == OWN_UNIT else entry.unit


def options_for(
    metric: Metric,
    facts: Facts,
    *,
    average: str | None = None,
    k: int = 5,
    quantile: float = 0.9,
    of: str | None = None,
) -> Options:
    """A suite's settings, checked against the metric and the classes.

    Without `average` the positive class is meant where there is one, else the mean over classes.

    Raises:
        UsageError: MG2192 the metric has no such average; MG2193 there is no such class, or it
            cannot be asked of one; MG2194 `k` or `quantile` is out of its range.
    """
    if metric.name == "top_k_accuracy" and not 1 <= k <= max(len(facts.classes), 1):
        raise UsageError("MG2194", f"k: {k} is not between 1 and the {len(facts.classes)} classes")
    if not 0 < quantile < 1:
        raise UsageError("MG2194", f"quantile: {quantile} is not between 0 and 1")
    if average is not None and average not in metric.averages:
        has = f"it has {', '.join(metric.averages)}" if metric.averages else "it has none"
        raise UsageError("MG2192", f"{metric.name} has no average {average!r}; {has}")
    if of is not None:
        if average not in {None, "binary"} or not metric.averages:
            what = f"average: {average} and of: {of}" if average else f"of: {of}"
            raise UsageError("MG2193", f"{metric.name} cannot be asked with {what}")
        return Options(average="binary", k=k, quantile=quantile, of=class_index(of, facts))
    if average == "binary" and facts.positive is None:
        raise UsageError(
            "MG2192",
            f"average: binary needs a positive class, and none of {len(facts.classes)} is named so",
            hint="write `positive:` in the `model:` block, or `of: CLASS` in the step",
        )
    if not metric.averages:
        return Options(k=k, quantile=quantile)
    average = average or ("macro" if facts.positive is None else "binary")
    of_class = facts.positive if average == "binary" else None
    return Options(average=average, k=k, quantile=quantile, of=of_class)


def class_index(label: str, facts: Facts) -> int:
    """The place of a class that a suite names.

    Raises:
        UsageError: MG2193, there is none of that name.
    """
    names = [str(one) for one in facts.classes]
    if label not in names:
        raise UsageError("MG2193", f"no class is called {label!r}; {did_you_mean(label, names)}")
    return names.index(label)
