"""The interval of a difference of two roots of mean squares over the same rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt

from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.paired_means import Part, end_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Squares:
    """What is known of two models' squared errors.

    Attributes:
        candidate, champion: their means.
        part: how the difference of a row's squares is spread.
        champion_variance: of the champion's square of a row.
        joint: its covariance with the difference.
        span: the size of error that an unseen row may have.
    """

    candidate: float
    champion: float
    part: Part
    champion_variance: float
    joint: float
    span: float


def root_difference(squares: Squares, *, level: float = LEVEL) -> Interval:
    """The interval of root(candidate) - root(champion).

    A difference d is held to be possible where the mean of the candidate's squares may be
    (root(champion) + d)^2, by the interval of `paired_means.difference`; what the champion's root
    itself wavers is part of the spread. Where no row differs, an exception is as large as `span`.

    Args:
        squares: moments over the rows.
        level: two-sided, in (0, 1).
    """
    root, tail = sqrt(squares.champion), (1 - level) / 2
    found = sqrt(squares.candidate) - root
    if squares.part.unlike <= 0 or squares.part.variance <= 0:
        exceptions = squares.span**2 * (1 - tail ** (1 / squares.part.rows))
        apart = sqrt(squares.champion + exceptions) - root
        return Interval(max(-root, found - apart), found + apart, level)

    def spare(at: float, side: int) -> float:
        """How far the end of what the rows say lies beyond a supposed difference."""
        excess = squares.candidate - (root + at) ** 2
        return side * end_of(excess, [_supposed(squares, at, root)], tail, side)

    low = _crossing(lambda at: spare(at, -1), found, -root)
    beyond = found + root + sqrt(squares.candidate)
    while spare(beyond, 1) > 0:
        beyond *= 2
    return Interval(low, _crossing(lambda at: spare(at, 1), found, beyond), level)


def _supposed(squares: Squares, at: float, root: float) -> Part:
    """How a row's candidate square - (1 + at / root) champion square is spread."""
    factor = at / root if root > 0 else 0.0
    variance = squares.part.variance - factor * (
        2 * squares.joint - factor * squares.champion_variance
    )
    least = squares.part.variance * 1e-6  # no less than rounding leaves
    return replace(squares.part, variance=max(variance, least))


def _crossing(spare: Callable[[float], float], inner: float, outer: float) -> float:
    """Where `spare` comes to 0 between a point that it allows and one that it does not."""
    beyond = spare(outer)
    if beyond > 0:
        return outer
    within, side = spare(inner), 0
    size = abs(outer - inner)
    for _ in range(100):  # false position (Illinois)
        if abs(outer - inner) <= 1e-9 * size:
            break
        at = outer - beyond * (outer - inner) / (beyond - within)
        now = spare(at)
        if now > 0:
            inner, within = at, now
            beyond *= 0.5 if side == 1 else 1.0
            side = 1
        else:
            outer, beyond = at, now
            within *= 0.5 if side == -1 else 1.0
            side = -1
    return outer
