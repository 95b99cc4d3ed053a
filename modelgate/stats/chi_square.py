"""Tails of the chi-square laws, without the third of a second that scipy takes to import."""

from __future__ import annotations

from math import exp, inf, lgamma, log, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_CLOSE = 1e-16
_SMALLEST = 1e-300
_MIXED = 10_000.0  # non-centrality up to which the mixture is summed


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


def centre_below(x: float, freedom: float, tail: float) -> float:
    """The non-centrality whose chi-square variable is at most x with chance `tail`.

    Args:
        x: what was seen, 0 or more.
        freedom: degrees of freedom, above 0.
        tail: in (0, 1).

    Returns:
        0 where even without a shift so small an x has less chance; else to nine digits.
    """
    if noncentral_below(x, freedom, 0.0) <= tail:
        return 0.0
    low, high = 0.0, x + 4.0
    while noncentral_below(x, freedom, high) > tail:
        low, high = high, 2 * high
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        above = noncentral_below(x, freedom, middle) > tail
        low, high = (middle, high) if above else (low, middle)
    return high


def noncentral_below(x: float, freedom: float, centre: float) -> float:
    """The chance that a non-central chi-square variable is at most x.

    Args:
        x: 0 or more.
        freedom: degrees of freedom, above 0.
        centre: non-centrality, 0 or more.

    Source: R. A. Fisher (1928), "The general sampling distribution of the multiple correlation
        coefficient", Proceedings of the Royal Society A 121, 654-673: a mixture of central laws;
        beyond `_MIXED` M. Sankaran (1963), "Approximations to the non-central chi-square
        distribution", Biometrika 50, 199-204, which is off by less than 1e-7 there.
    """
    if centre == 0 or x == 0:
        return 0.0 if x == 0 else 1 - chi_square_above(x, freedom)
    if centre > _MIXED:
        return _sankaran(x, freedom, centre)
    half = centre / 2
    reach = 9 * sqrt(half) + 30
    parts = np.arange(max(0, int(half - reach)), int(half + reach) + 1, dtype=np.float64)
    steps = np.log(half) - np.log(parts[1:])
    weights = _grown(parts[0] * log(half) - half - lgamma(parts[0] + 1), steps)
    shapes = freedom / 2 + parts
    last = float(shapes[-1])
    falls = log(x / 2) - np.log(shapes[1:])
    first = shapes[0] * log(x / 2) - x / 2 - lgamma(shapes[0] + 1)
    drops = _grown(first, falls)[:-1]  # of the central law from one part to the next
    top = 1 - gamma_above(last, x / 2)
    central = top + np.append(np.cumsum(drops[::-1])[::-1], 0.0)
    return min(1.0, float((weights * central).sum()))


def _grown(first: float, steps: Floats) -> Floats:
    """The exponential of a first number and of what steps make of it: it may be too small alone."""
    found: Floats = np.exp(first + np.concatenate(([0.0], np.cumsum(steps))))
    return found


def _sankaran(x: float, freedom: float, centre: float) -> float:
    one, two, three = (freedom + k * centre for k in (1, 2, 3))
    power = 1 - 2 * one * three / (3 * two**2)
    spread = two / one**2
    middle = power - 1
    mean = 1 + power * middle * spread * (1 - (2 - power) * (1 - 3 * power) * spread / 2)
    width = power * sqrt(2 * spread) * (1 + middle * (1 - 3 * power) * spread / 2)
    return NormalDist().cdf(((x / one) ** power - mean) / width)
