"""What a champion surely is, as a limit that a person would write."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import floor, log10

STEPS = (5, 2, 1)


def limit_below(value: float, low: float) -> Decimal:
    """A round number that is at most `low`, and hardly further from it than it is from `value`.

    Args:
        value: what was measured.
        low: the lower end of its interval, at most `value`.
    """
    return _rounded(low, _step(value - low, value), ROUND_FLOOR)


def limit_above(value: float, high: float) -> Decimal:
    """A round number that is at least `high`.

    Args:
        value: what was measured.
        high: the upper end of its interval, at least `value`.
    """
    return _rounded(high, _step(high - value, value), ROUND_CEILING)


def _step(width: float, value: float) -> Decimal:
    """The largest of 1, 2, 5, 10, 20 ... and their tenths that is no wider than the interval."""
    width = width or abs(value) / 100 or 1.0
    power = floor(log10(width))
    digit = next(step for step in STEPS if step * 10.0**power <= width * (1 + 1e-9))
    return Decimal(digit).scaleb(power)


def _rounded(value: float, step: Decimal, rounding: str) -> Decimal:
    return (Decimal(repr(value)) / step).to_integral_value(rounding) * step


def plain(number: Decimal) -> str:
    """Without exponent and without zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
