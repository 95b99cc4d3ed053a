"""The few tails of distributions that intervals need, without the half second that scipy takes."""

from __future__ import annotations

from math import exp, inf, lgamma, log, pi, sqrt
from statistics import NormalDist

_NORMAL = NormalDist()
_SMALLEST = 1e-300
_PRECISION = 1e-16


def normal_quantile(share: float) -> float:
    """The value below which a standard normal variable lies with chance `share`, in (0, 1)."""
    return _NORMAL.inv_cdf(share)


def beta_below(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b): the chance that Beta(a, b) is below x.

    Args:
        x: in [0, 1].
        a: above 0; up to 1e8 keeps ten digits.
        b: the same.

    Source: continued fraction by A. R. Didonato and A. H. Morris (1992), "Algorithm 708",
        as Boost writes it; its factor by C. Loader (2000), "Fast and accurate
        computation of binomial probabilities", which keeps its digits where lgamma loses them.
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x <= (a + 1) / (a + b + 2):
        return _density_factor(x, 1 - x, a, b) / _fraction(x, 1 - x, a, b)
    return 1 - _density_factor(1 - x, x, b, a) / _fraction(1 - x, x, b, a)


def beta_quantile(share: float, a: float, b: float) -> float:
    """The x in [0, 1] with I_x(a, b) = `share`: Newton's steps on the logit, kept in a bracket.

    Args:
        share: in [0, 1].
        a: above 0.
        b: above 0.
    """
    if share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    low, high = -745.0, 745.0  # logits: exp(-745) is the smallest float
    at = _first_guess(share, a, b)
    for _ in range(200):
        x, rest = _logistic(at), _logistic(-at)
        error, slope = _error_and_slope(x, rest, share, a, b)
        low, high = (at, high) if error < 0 else (low, at)
        # On log scale where the share is small: there the function is nearly straight.
        step = error / slope if slope > 0 else inf
        following = at - step
        if not low < following < high:
            following = (low + high) / 2
        if abs(following - at) <= 1e-15 * max(1.0, abs(at)):
            return _logistic(following)
        at = following
    return _logistic(at)


def student_quantile(share: float, freedom: float) -> float:
    """The value below which Student's t lies with chance `share`, in (0, 1).

    Args:
        share: one half gives 0.
        freedom: degrees of freedom, above 0; need not be whole.
    """
    if share == 0.5:
        return 0.0
    tail = min(share, 1 - share)
    part = beta_quantile(1 - 2 * tail, 0.5, freedom / 2)
    if part < 0.5:
        size = sqrt(freedom * part / (1 - part))
    else:  # the other side of the same equation, where that one keeps its digits
        rest = beta_quantile(2 * tail, freedom / 2, 0.5)
        size = sqrt(freedom * (1 - rest) / rest)
    return size if share > 0.5 else -size


def _error_and_slope(
    x: float, rest: float, share: float, a: float, b: float
) -> tuple[float, float]:
    """How far I_x is off, and its slope over the logit; both over I_x where that is small."""
    factor = _density_factor(x, rest, a, b)
    if x <= (a + 1) / (a + b + 2):
        below = factor / _fraction(x, rest, a, b)
        if below <= 0:
            return -inf, 0.0
        return log(below / share), factor / below
    above = factor / _fraction(rest, x, b, a)
    if above <= 0:
        return inf, 0.0
    return log((1 - share) / above), factor / above


def _first_guess(share: float, a: float, b: float) -> float:
    middle = log(a / b)
    spread = sqrt(1 / a + 1 / b)
    return min(max(middle + spread * normal_quantile(share), -700.0), 700.0)


def _logistic(at: float) -> float:
    if at < 0:
        return exp(at) / (1 + exp(at))
    return 1 / (1 + exp(-at))


def _density_factor(x: float, rest: float, a: float, b: float) -> float:
    """x^a (1 - x)^b / B(a, b), with rest = 1 - x."""
    if x <= 0 or rest <= 0:
        return 0.0
    n = a + b
    power = (
        _stirling_error(n)
        - _stirling_error(a)
        - _stirling_error(b)
        - _deviance(a, n * x)
        - _deviance(b, n * rest)
    )
    return sqrt(a * b / (2 * pi * n)) * exp(power)


def _stirling_error(n: float) -> float:
    """Log Gamma(n + 1) less Stirling's formula for it."""
    if n < 16:
        return lgamma(n + 1) - (n + 0.5) * log(n) + n - log(2 * pi) / 2
    square = n * n
    series = 1 / 1188 - 691 / 360360 / square
    for term in (1 / 1680, 1 / 1260, 1 / 360, 1 / 12):
        series = term - series / square
    return series / n


def _deviance(x: float, mean: float) -> float:
    """X log(x / mean) + mean - x, without cancellation near x = mean."""
    if mean <= 0:
        return inf
    apart = x - mean
    if abs(apart) >= 0.1 * (x + mean):
        return x * log(x / mean) - apart
    ratio = apart / (x + mean)
    total, term = apart * ratio, 2 * x * ratio
    for k in range(1, 1000):
        term *= ratio * ratio
        following = total + term / (2 * k + 1)
        if following == total:
            break
        total = following
    return total


def _fraction(x: float, rest: float, a: float, b: float) -> float:
    """x^a (1 - x)^b / B(a, b) over this is I_x(a, b); it takes x and 1 - x, to keep all digits."""
    apart = a * rest - b * x + 1
    value = _away_from_zero(a * apart / (a + 1))
    front, back = value, 0.0
    for m in range(1, 200 + int(20 * sqrt(max(a, b)))):
        wide = a + 2 * m - 1
        over = (a + m - 1) * (a + b + m - 1) * m * (b - m) * (x / wide) ** 2
        under = m + m * (b - m) * x / wide + (a + m) * (apart + m * (1 + rest)) / (wide + 2)
        back = 1 / _away_from_zero(under + over * back)
        front = _away_from_zero(under + over / front)
        value *= front * back
        if abs(front * back - 1) <= _PRECISION:
            break
    return value


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _SMALLEST else _SMALLEST
