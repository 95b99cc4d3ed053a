"""Metrics of labels: functions of the confusion matrix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from modelgate.aggregates.confusion import Confusion
from modelgate.metrics.measure import (
    NO_ROWS,
    NO_WEIGHT,
    Measured,
    Options,
    different,
    nothing,
)
from modelgate.stats.cell_metrics import Classes, f1s, matthews, precisions, recalls
from modelgate.stats.cells import CellMetric, Floats, Margins, bootstrap, margins
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.shares import deciding_share, f1, share_method

_SHOWN = 30  # classes up to which the whole matrix stands in the details

PerClass = Callable[[Margins], Floats]
PER_CLASS: dict[str, PerClass] = {"precision": precisions, "recall": recalls, "f1": f1s}


def measure_accuracy(found: Confusion, _options: Options) -> Measured:
    """The share of right answers."""
    return nothing_of(found) or _share(found, np.eye(len(found.counts), dtype=bool), None)


def measure_balanced(found: Confusion, _options: Options) -> Measured:
    """The mean recall of the classes that occur in truth."""
    if (missing := nothing_of(found)) is not None:
        return missing
    return _resampled(found, balanced(found.weights))


def balanced(cells: Floats) -> CellMetric:
    """Mean recall over the classes that occur in the truth of these cells."""
    present = np.flatnonzero(cells.sum(axis=1))
    return lambda stack: recalls(stack)[..., present].mean(axis=-1)


def measure_matthews(found: Confusion, _options: Options) -> Measured:
    """Matthews' correlation coefficient."""
    if (missing := nothing_of(found)) is not None:
        return missing
    cells = found.weights
    for kind, axis in (("truth", 1), ("answer", 0)):
        if np.count_nonzero(cells.sum(axis=axis)) == 1:
            return nothing(f"undefined: every {kind} is of one class", n=found.rows)
    return _resampled(found, matthews)


def measure_confusion(found: Confusion, _options: Options) -> Measured:
    """The number of wrong answers, with the matrix beside it."""
    if (missing := nothing_of(found)) is not None:
        return missing
    wrong = int(found.counts.sum() - np.trace(found.counts))
    return Measured(
        value=float(wrong), method="counted", n=found.rows, minimum=1, details=tables(found)
    )


def per_class(name: str) -> Callable[[Confusion, Options], Measured]:
    """Precision, recall or F1: of one class, or averaged."""

    def measure(found: Confusion, options: Options) -> Measured:
        if (missing := nothing_of(found)) is not None:
            return missing
        if options.of is not None:
            return _of_one(found, name, options.of)
        if options.average == "micro":
            # A wrong answer is one false positive and one false negative: this is accuracy.
            return measure_accuracy(found, options)
        return _resampled(found, averaged(found.weights, name, options.average or "macro"))

    return measure


def averaged(cells: Floats, name: str, average: str) -> CellMetric:
    """A metric's mean over the classes that occur in these cells."""
    base = margins(cells)
    # Classes in neither truth nor answer do not count; those in one of them do, with 0 where
    # 0 / 0 stands: as in scikit-learn.
    present: Classes = np.flatnonzero(base.truth + base.answer)
    of_each = PER_CLASS[name]
    if average == "macro":
        return lambda stack: of_each(stack)[..., present].mean(axis=-1)
    return lambda stack: (of_each(stack) * stack.truth).sum(axis=-1) / stack.truth.sum(axis=-1)


def of_class(name: str, index: int) -> CellMetric:
    """A metric of one class."""
    return lambda stack: PER_CLASS[name](stack)[..., index]


def _of_one(found: Confusion, name: str, index: int) -> Measured:
    label = found.facts.classes[index]
    size = len(found.counts)
    own = np.zeros((size, size), dtype=bool)
    own[index, index] = True
    asked = np.zeros_like(own)
    if name != "precision":
        asked[index, :] = True
    if name != "recall":
        asked[:, index] = True
    if found.weights[asked].sum() <= 0:
        what = {"precision": "answered", "recall": "in the truth", "f1": "in truth or answers"}
        return nothing(f"undefined: {label!r} is never {what[name]}", n=found.rows)
    return _share(found, own, asked, doubled=name == "f1")


def _share(found: Confusion, own: Any, asked: Any | None, *, doubled: bool = False) -> Measured:
    """A share of cells: `own` of `asked`, all where None; doubled, the F1 that belongs to it."""
    weights, squares = found.weights, found.squares
    asked = np.ones_like(own) if asked is None else asked
    hits, total = float(weights[own].sum()), float(weights[asked].sum())
    effective = total * total / float(squares[asked].sum()) if found.weighted else total
    return of_share(hits, total, effective, found.rows, tables(found), doubled=doubled)


def of_share(
    hits: float,
    total: float,
    effective: float,
    rows: int,
    details: Mapping[str, Any],
    *,
    doubled: bool = False,
) -> Measured:
    """A share with its interval; `doubled`, the F1 score that belongs to the Jaccard index."""
    value = 2 * hits / (hits + total) if doubled else hits / total
    scaled = hits if effective == total else min(hits / total * effective, effective)
    method = share_method(scaled, effective)

    def at(level: float) -> Interval:
        found = (
            f1(scaled, effective - scaled, level)
            if doubled
            else deciding_share(scaled, effective, level)
        )
        return Interval(min(found.low, value), max(found.high, value), level)

    return Measured(
        value=value,
        interval=at(LEVEL),
        at=at,
        method=f"{method}, of the Jaccard index" if doubled else method,
        n=rows,
        n_effective=None if effective == total else effective,
        details=details,
    )


def _resampled(found: Confusion, metric: CellMetric) -> Measured:
    if len(found.counts) < 2:
        return nothing("undefined: there is but one class", n=found.rows)
    cells, squares = found.weights, found.squares
    effective = float(cells.sum()) ** 2 / float(squares.sum())
    drawn = bootstrap(metric, cells, squares)
    return Measured(
        value=drawn.value,
        interval=drawn(LEVEL),
        at=drawn,
        method="Bayesian bootstrap of the confusion matrix",
        n=found.rows,
        n_effective=different(effective, found.rows),
        details=tables(found),
    )


def nothing_of(found: Confusion) -> Measured | None:
    """Why there can be no value, if so."""
    if found.rows == 0:
        return nothing(NO_ROWS)
    if found.weights.sum() <= 0:
        return nothing(NO_WEIGHT, n=found.rows)
    return None


def tables(found: Confusion) -> dict[str, Any]:
    """Each class's figures, and the matrix where it can be read; JSON-ready."""
    cells = found.weights
    base = margins(cells)
    columns = {name: of_each(base) for name, of_each in PER_CLASS.items()}
    defined = {"precision": base.answer, "recall": base.truth, "f1": base.truth + base.answer}
    rows = found.counts.sum(axis=1)
    occurs = np.flatnonzero(base.truth + base.answer)
    table = [
        {
            "class": found.facts.classes[k],
            "rows": int(rows[k]),
            **{
                name: float(values[k]) if defined[name][k] > 0 else None
                for name, values in columns.items()
            },
        }
        for k in occurs
    ]
    details: dict[str, Any] = {"per_class": table}
    if len(cells) <= _SHOWN:
        details["confusion"] = {
            "classes": list(found.facts.classes),
            "rows": found.counts.tolist(),
        }
    return details
