"""How much better a model is than an answer that looks at no input."""

from __future__ import annotations

from math import isfinite, log, sqrt
from typing import Any

import numpy as np

from modelgate.aggregates.confusion import Confusion
from modelgate.aggregates.losses import SMALLEST, ProbabilityLosses
from modelgate.aggregates.residuals import Explained
from modelgate.aggregates.targets import Targets
from modelgate.metrics.cells import balanced, nothing_of
from modelgate.metrics.measure import Measured, Options, different, nothing
from modelgate.metrics.numbers import Spreads, measure_mae, measure_r2, without
from modelgate.metrics.scores import brier_range
from modelgate.metrics.scores import without as without_scores
from modelgate.metrics.spread import TOO_LARGE, freedom, rounded
from modelgate.stats.cells import bootstrap
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.means import signed_mean
from modelgate.stats.paired import paired_method, paired_share

_ONE_CLASS = "undefined: only one class occurs in the truth, so an answer without input is right"


def gain_accuracy(found: Confusion) -> Measured:
    """Accuracy above that of always answering the most frequent class, on the same rows."""
    if (missing := nothing_of(found)) is not None:
        return missing
    cells, squares = found.weights, found.squares
    truth = cells.sum(axis=1)
    most = int(np.argmax(truth))
    total = float(cells.sum())
    effective = total * total / float(squares.sum())
    # Only the model right: another class than the most frequent, answered so; only the naive right:
    # the most frequent, answered otherwise.
    gains = float(np.trace(cells) - cells[most, most])
    losses = float(truth[most] - cells[most, most])
    scale = effective / total

    def at(level: float) -> Interval:
        return paired_share(gains * scale, losses * scale, effective, level)

    return Measured(
        value=(gains - losses) / total,
        interval=at(LEVEL),
        at=at,
        method=paired_method((gains + losses) * scale),
        n=found.rows,
        n_effective=different(effective, found.rows),
        details={"naive": float(truth[most]) / total, "answers": found.facts.classes[most]},
    )


def gain_balanced(found: Confusion) -> Measured:
    """Balanced accuracy above one over the number of classes, which any fixed answer gets."""
    if (missing := nothing_of(found)) is not None:
        return missing
    cells, squares = found.weights, found.squares
    classes = int(np.count_nonzero(cells.sum(axis=1)))
    if classes < 2:
        return nothing(_ONE_CLASS, n=found.rows)
    drawn = bootstrap(balanced(cells), cells, squares)
    effective = float(cells.sum()) ** 2 / float(squares.sum())

    def at(level: float) -> Interval:
        found = drawn(level)
        return Interval(found.low - 1 / classes, found.high - 1 / classes, level)

    return Measured(
        value=drawn.value - 1 / classes,
        interval=at(LEVEL),
        at=at,
        method="Bayesian bootstrap of the confusion matrix",
        n=found.rows,
        n_effective=different(effective, found.rows),
        details={"naive": 1 / classes},
    )


def gain_log_loss(found: ProbabilityLosses) -> Measured:
    """Log loss below that of always giving the classes' shares among these rows."""
    return _below_prior(found, "log", -log(SMALLEST))


def gain_brier(found: ProbabilityLosses) -> Measured:
    """Brier loss below that of always giving the classes' shares among these rows."""
    return _below_prior(found, "brier", brier_range(found))


def gain_rmse(found: Explained) -> Measured:
    """RMSE below that of always answering the mean of these targets."""
    sums = found.sums
    if (missing := without(sums)) is not None:
        return missing
    rows = int(sums.rows[0])
    try:
        spreads = Spreads(found)
    except OverflowError:
        return nothing(TOO_LARGE, n=rows)
    naive, own = sqrt(rounded(spreads.targets)), sqrt(rounded(spreads.errors))
    if naive <= 0:
        return nothing("undefined: all targets are equal, so a fixed answer is right", n=rows)
    # A row moves sqrt(errors) by e^2 / (2 sqrt(errors)), the naive alike.
    variance = spreads.variance(1 / (2 * own) if own > 0 else 0.0, 1 / (2 * naive))
    gain = naive - own
    if not (isfinite(gain) and isfinite(variance)):
        return nothing(TOO_LARGE, n=rows)
    interval = signed_mean(gain, variance, spreads.rows, span=found.reach.span, size=naive)
    return _found(
        gain,
        interval,
        "delta method, paired by row",
        rows=rows,
        effective=spreads.rows,
        naive=naive,
    )


def gain_mae(found: Targets) -> Measured:
    """MAE below that of always answering the median of these targets, the best fixed answer."""
    own = measure_mae(found.residuals, Options())
    ordered = found.values.ordered
    if own.value is None:
        return own
    if ordered is None:
        return nothing("weighted medians are exact, and stop at 1,000,000 rows", n=own.n)
    sums = found.residuals.sums
    weights = ordered.weights / ordered.weights.sum()
    middle = ordered.at_rank(float(ordered.weights.sum()) / 2)
    apart = np.abs(ordered.values - middle)
    naive = float((weights * apart).sum())
    naive_spread = max(float((weights * np.square(apart)).sum()) - naive**2, 0.0)
    total = float(sums.total)
    own_spread = max(float(sums.sums("square")[0]) / total - own.value**2, 0.0)
    if naive <= 0:
        return nothing("undefined: all targets are equal, so a fixed answer is right", n=own.n)
    effective = sums.effective
    # The two losses of a row are not kept together: at worst they move against each other.
    variance = (sqrt(naive_spread) + sqrt(own_spread)) ** 2 * freedom(effective)
    gain = naive - own.value
    if not (isfinite(gain) and isfinite(variance)):
        return nothing(TOO_LARGE, n=own.n)
    span = found.residuals.reach.span
    interval = signed_mean(gain, variance, effective, span=span, size=naive)
    off = ordered.error * float((weights * np.abs(ordered.values)).sum()) * 2
    interval = Interval(interval.low - off, interval.high + off, interval.level)
    method = "Student's t, both spreads added"
    return _found(gain, interval, method, rows=own.n, effective=effective, naive=naive)


def gain_r2(found: Explained) -> Measured:
    """R2 itself: it is 0 for always answering the mean of these targets."""
    return measure_r2(found, Options())


def _below_prior(found: ProbabilityLosses, name: str, span: float) -> Measured:
    losses = found.losses
    if (missing := without_scores(found.labels_only, losses)) is not None:
        return missing
    rows, effective = int(losses.rows.sum()), losses.effective
    if effective <= 1 + 1e-9:
        return nothing("one row says nothing of the spread", n=rows)
    weights = losses.weights
    total = float(weights.sum())
    naive = _prior_loss(weights / total, name)  # (classes,) of a row, by its true class
    sums, squares = losses.sums(name), losses.sums(f"{name}_squared")
    if np.count_nonzero(weights) < 2:
        return nothing(_ONE_CLASS, n=rows)
    gain = float((weights * naive).sum() - sums.sum()) / total
    second = float((weights * naive**2 - 2 * naive * sums + squares).sum()) / total
    variance = max(second - gain * gain, 0.0) * freedom(effective)
    size = float((weights * naive).sum()) / total
    if not (isfinite(gain) and isfinite(variance)):
        return nothing(TOO_LARGE, n=rows)
    # Here the rounding of a difference of sums is larger than that of a single square.
    variance = 0.0 if variance <= 1e-12 * size * size else variance
    interval = signed_mean(gain, variance, effective, span=span, size=size)
    method = "Student's t, paired by row"
    return _found(gain, interval, method, rows=rows, effective=effective, naive=size)


def _prior_loss(shares: Any, name: str) -> Any:
    if name == "log":
        return -np.log(np.clip(shares, SMALLEST, 1 - SMALLEST))
    if len(shares) == 2:
        return np.square(1 - shares)
    return np.square(shares).sum() - 2 * shares + 1


def _found(
    gain: float, interval: Interval, method: str, *, rows: int, effective: float, naive: float
) -> Measured:
    return Measured(
        value=gain,
        interval=interval,
        method=method,
        n=rows,
        n_effective=different(effective, rows),
        details={"naive": naive},
    )
