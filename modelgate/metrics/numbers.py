"""Metrics of regression: how far the answers lie from the targets."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import isfinite, sqrt
from typing import Any

from modelgate.aggregates.moments import Moments
from modelgate.aggregates.residuals import Explained, RelativeErrors, Residuals
from modelgate.metrics.measure import NO_ROWS, NO_WEIGHT, Measured, Options, different, nothing
from modelgate.metrics.spread import TOO_LARGE, freedom, mean_and_variance, rounded
from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.inversion import IntervalAt
from modelgate.stats.means import MOST, loss_mean, ratio, signed_mean, square_mean

_HEAVY, _FEW = 6.0, 500
NO_SCALE = "the targets do not vary: there is no scale to judge an error by"
LOG_T = "Student's t of the logarithm"


def measure_mae(found: Residuals, _options: Options) -> Measured:
    """The mean size of the error."""
    spread = _spread(found, "size", "square")
    if isinstance(spread, Measured):
        return spread

    def at(level: float) -> Interval:
        return loss_mean(*spread, found.sums.effective, span=found.reach.span, level=level)

    return _found(found.sums, spread[0], at, LOG_T)


def measure_rmse(found: Residuals, _options: Options) -> Measured:
    """The root of the mean squared error."""
    spread, span = _spread(found, "square", "fourth"), found.reach.span
    if isinstance(spread, Measured):
        return spread

    def at(level: float) -> Interval:
        squared = square_mean(*spread, found.sums.effective, span=span * span, level=level)
        return Interval(sqrt(squared.low), sqrt(squared.high), level)

    method = "Student's t of the cube root of the mean square"
    return replace(_found(found.sums, sqrt(spread[0]), at, method), details=_tail(found))


def measure_bias(found: Residuals, _options: Options) -> Measured:
    """The mean of answer - truth."""
    spread = _spread(found, "error", "square")
    if isinstance(spread, Measured):
        return spread

    def at(level: float) -> Interval:
        return signed_mean(*spread, found.sums.effective, span=found.reach.span, level=level)

    return _found(found.sums, spread[0], at, "Student's t")


def measure_mape(found: RelativeErrors, _options: Options) -> Measured:
    """The mean of |answer - truth| / |truth|."""
    if found.zeros:
        rows = int(found.sums.rows[0])
        return nothing(f"undefined: the target is 0 in {found.zeros} of {rows} rows", n=rows)
    return _relative(found, "share")


def measure_smape(found: RelativeErrors, _options: Options) -> Measured:
    """The mean of 2 |answer - truth| / (|truth| + |answer|), in [0, 2]."""
    return _relative(found, "symmetric", most=2.0)


def measure_r2(found: Explained, _options: Options) -> Measured:
    """The share of the targets' variance that the answers explain; at most 1."""
    sums = found.sums
    if (missing := without(sums)) is not None:
        return missing
    try:
        moments = Spreads(found)
    except OverflowError:
        return nothing(TOO_LARGE, n=int(sums.rows[0]))
    if rounded(moments.targets) <= 0:
        return nothing("undefined: all targets are equal", n=int(sums.rows[0]))
    left, span = rounded(moments.errors / moments.targets), found.reach.span
    # log(errors / targets) moves with a row as e^2 / errors - d^2 / targets does.
    part = moments.variance(1 / moments.errors if moments.errors else 0, 1 / moments.targets)
    most = span * span / rounded(moments.targets)

    def at(level: float) -> Interval:
        found_ratio = ratio(left, part, sums.effective, most=most, level=level)
        return Interval(1 - found_ratio.high, 1 - found_ratio.low, level)

    return _found(sums, 1 - left, at, "delta method on log(1 - R2)")


class Spreads:
    """Mean squared error and variance of the targets, with their joint spread over the rows.

    Attributes:
        errors: mean squared error.
        targets: variance of the targets, over n.
        rows: effective rows.

    Raises:
        OverflowError: a term of the sums was too large for a float.
    """

    def __init__(self, found: Explained) -> None:
        sums = found.sums
        total = sums.total
        self.rows = sums.effective

        def mean(name: str) -> Fraction:
            return sums.exact(name) / total

        def power(name: str) -> Fraction:
            return mean(name) + mean(f"{name}_rest")

        middle = power("truth")
        second, third, fourth = power("truth_2"), power("truth_3"), power("truth_4")
        self.errors = mean("square")
        self.targets = max(second - middle**2, Fraction(0))
        self._errors_2 = mean("fourth")
        self._targets_2 = fourth - 4 * middle * third + 6 * middle**2 * second - 3 * middle**4
        self._joint = (
            mean("square_truth_2") - 2 * middle * mean("square_truth") + middle**2 * self.errors
        )

    def variance(self, of_error: Fraction | float, of_target: Fraction | float) -> float:
        """Variance of a row's of_error * e^2 - of_target * (t - mean)^2."""
        error, target = Fraction(of_error), Fraction(of_target)
        variance = (
            error**2 * (self._errors_2 - self.errors**2)
            - 2 * error * target * (self._joint - self.errors * self.targets)
            + target**2 * (self._targets_2 - self.targets**2)
        )
        return rounded(max(variance, Fraction(0))) * freedom(self.rows)


def without(sums: Moments) -> Measured | None:
    """Why there can be no value, if so."""
    rows = int(sums.rows.sum())
    if rows == 0:
        return nothing(NO_ROWS)
    if sums.effective <= 0:
        return nothing(NO_WEIGHT, n=rows)
    if sums.effective <= 1 + 1e-9:
        return nothing("one row says nothing of the spread", n=rows)
    return None


def _spread(found: Residuals, name: str, squared: str) -> tuple[float, float] | Measured:
    """Mean and variance of a quantity of the errors, or why there are none."""
    if (missing := without(found.sums)) is not None:
        return missing
    rows = int(found.sums.rows[0])
    mean, variance = mean_and_variance(found.sums, name, squared)
    if not (isfinite(mean) and isfinite(variance)):
        return nothing(TOO_LARGE, n=rows)
    return nothing(NO_SCALE, n=rows) if found.reach.span <= 0 else (mean, variance)


def _relative(found: RelativeErrors, name: str, most: float = MOST) -> Measured:
    sums = found.sums
    if (missing := without(sums)) is not None:
        return missing
    mean, variance = mean_and_variance(sums, name, f"{name}_squared")
    if not (isfinite(mean) and isfinite(variance)):
        return nothing(TOO_LARGE, n=int(sums.rows[0]))
    # Without a bound, an unseen row is thought to be off by all of its target.
    span = most if most < MOST else max(1.0, mean)

    def at(level: float) -> Interval:
        return loss_mean(mean, variance, sums.effective, span=span, most=most, level=level)

    return _found(sums, mean, at, LOG_T)


def _found(sums: Moments, value: float, at: IntervalAt, method: str) -> Measured:
    rows, interval = int(sums.rows[0]), at(LEVEL)
    if not all(map(isfinite, (value, interval.low, interval.high))):
        return nothing(TOO_LARGE, n=rows)
    return Measured(
        value=value,
        interval=interval,
        at=at,
        method=method,
        n=rows,
        n_effective=different(sums.effective, rows),
    )


def _tail(found: Residuals) -> dict[str, Any]:
    """A warning where few rows carry the squared error: no interval is honest there below 500."""
    sums = found.sums
    square, fourth = float(sums.sums("square")[0]), float(sums.sums("fourth")[0])
    weight = float(sums.weights[0])
    kurtosis = fourth * weight / square**2 if square > 0 else 0.0
    few = sums.effective < _FEW
    return {"heavy_tail": kurtosis} if few and isfinite(kurtosis) and kurtosis > _HEAVY else {}
