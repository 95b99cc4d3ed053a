"""Tails of the chi-square laws, without the third of a second that scipy takes to be imported."""

from __future__ import annotations

from math import exp, inf, lgamma, log, sqrt

_CLOSE = 1e-16
_SMALLEST = 1e-300


def chi_square_above(x: float, freedom: float) -> float:
    """The chance that a chi-square variable is above x.

    Args:
        x: 0 or more.
        freedom: degrees of freedom, above 0; need not be whole.

    Returns:
        In [0, 1], with ten digits where it is small.
    """
    return gamma_above(freedom / 2, x / 2)


def gamma_above(shape: float, x: float) -> float:
    """The regularised upper incomplete gamma function Q(shape, x).

    Args:
        shape: above 0; up to 1e8 keeps eight digits.
        x: 0 or more.

    Source: W. H. Press et al. (2007), "Numerical Recipes", third edition, 6.2: series below
        shape + 1, Lentz's continued fraction above.
    """
    if x <= 0:
        return 1.0
    if x == inf:
        return 0.0
    factor = exp(shape * log(x) - x - lgamma(shape))
    if x < shape + 1:
        return max(0.0, 1 - factor * _series(shape, x))
    return factor * _fraction(shape, x)


def _series(shape: float, x: float) -> float:
    total = term = 1 / shape
    for k in range(1, 1000 + int(20 * sqrt(shape))):
        term *= x / (shape + k)
        total += term
        if term < total * _CLOSE:
            break
    return total


def _fraction(shape: float, x: float) -> float:
    under = x + 1 - shape
    back, front = 1 / under, 1 / _SMALLEST
    value = back
    for k in range(1, 1000 + int(20 * sqrt(shape))):
        over = -k * (k - shape)
        under += 2
        back = 1 / _kept_from_zero(over * back + under)
        front = _kept_from_zero(under + over / front)
        value *= back * front
        if abs(back * front - 1) <= _CLOSE:
            break
    return value


def _kept_from_zero(value: float) -> float:
    return value if abs(value) > _SMALLEST else _SMALLEST
