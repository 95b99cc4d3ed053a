"""Mean and variance out of exact sums."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from modelgate.aggregates.moments import Moments

TOO_LARGE = "some values are too large to be summed"


def mean_and_variance(sums: Moments, name: str, squared: str) -> tuple[float, float]:
    """The weighted mean of a quantity, and the variance of one row's.

    The sums are exact, and so is their difference: nothing cancels. Weighted rows count as their
    effective number; the variance is 0 where that is 1.

    Returns:
        (mean, variance); infinite where a term was too large for a float.
    """
    try:
        total = sums.total
        mean = sums.exact(name) / total
        variance = sums.exact(squared) / total - mean * mean
    except OverflowError:
        return inf, inf
    return rounded(mean), rounded(max(variance, Fraction(0))) * freedom(sums.effective)


def freedom(effective: float) -> float:
    """N / (n - 1): what makes the variance of n rows that of the population."""
    return effective / (effective - 1) if effective > 1 else 0.0


def rounded(value: Fraction) -> float:
    """The nearest float; infinite where there is none."""
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf
