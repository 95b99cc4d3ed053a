"""Differences of two roots, or two ratios, of mean squares over the same rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt

from modelgate.stats.interval import LEVEL, Interval
from modelgate.stats.means import MOST
from modelgate.stats.paired_means import Part, end_of

Excess = Callable[[float], tuple[float, Part]]
"""A supposed difference -> by how much the rows exceed it, and how that is spread over them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Squares:
    """What is known of two models' squared errors.

    Attributes:
        candidate, champion: their means.
        part: how the difference of a row's squares is spread.
        scale: what the difference of the means is divided by: 1, or the variance of the targets.
        scale_variance: of a row's part in it, or, of roots, of the champion's squares.
        joint: covariance of that with the difference.
        span: the size of error that an unseen row may have.
    """

    candidate: float
    champion: float
    part: Part
    scale: float
    scale_variance: float
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
    root = sqrt(squares.champion)
    found = sqrt(squares.candidate) - root
    if (exceptions := _exceptions(squares, level)) is not None:
        apart = sqrt(squares.champion + exceptions) - root
        return Interval(max(-root, found - apart), found + apart, level)

    def excess(at: float) -> tuple[float, Part]:
        factor = at / root if root > 0 else 0.0
        return squares.candidate - (root + at) ** 2, _spread(squares, -factor)

    error = sqrt(squares.part.variance / squares.part.rows)
    reach = 2 * error / max(root, sqrt(squares.candidate))
    return _inverted(found, excess, least=-root, reach=reach, level=level)


def share_difference(squares: Squares, *, level: float = LEVEL) -> Interval:
    """The interval of (champion - candidate) / scale: of how much more is explained.

    As `root_difference`; the scale wavers with the rows too.

    Args:
        squares: moments over the rows.
        level: two-sided, in (0, 1).
    """
    found = (squares.champion - squares.candidate) / squares.scale
    if (exceptions := _exceptions(squares, level)) is not None:
        apart = exceptions / squares.scale
        return Interval(found - apart, found + apart, level)

    def excess(at: float) -> tuple[float, Part]:
        part = _spread(squares, at)
        beyond = squares.champion - squares.candidate - at * squares.scale
        return beyond, replace(part, third=-part.third)

    reach = 4 * sqrt(squares.part.variance / squares.part.rows) / squares.scale
    return _inverted(found, excess, least=-MOST, reach=reach, level=level)


def _exceptions(squares: Squares, level: float) -> float | None:
    """What rows not seen may add to a mean square; None where rows were seen to differ."""
    if squares.part.unlike > 0 and squares.part.variance > 0:
        return None
    share: float = 1 - ((1 - level) / 2) ** (1 / squares.part.rows)
    return squares.span * squares.span * share


def _spread(squares: Squares, factor: float) -> Part:
    """How a row's difference + factor * scale is spread."""
    variance = squares.part.variance + factor * (
        2 * squares.joint + factor * squares.scale_variance
    )
    least = squares.part.variance * 1e-6  # no less than rounding leaves
    return replace(squares.part, variance=max(variance, least))


def _inverted(
    found: float, excess: Excess, *, least: float, reach: float, level: float
) -> Interval:
    """The differences that the rows do not exclude."""
    tail = (1 - level) / 2

    def spare(at: float, side: int) -> float:
        """How far the end of what the rows say lies beyond a supposed difference."""
        value, part = excess(at)
        return side * end_of(value, [part], tail, side)

    def end(side: int) -> float:
        inner, step = found, reach
        outer = max(found + side * step, least)
        while outer > least and spare(outer, side) > 0 and step < reach * 1e9:
            inner, step = outer, 2 * step
            outer = max(found + side * step, least)
        return _crossing(lambda at: spare(at, side), inner, outer)

    return Interval(min(end(-1), found), max(end(1), found), level)


def _crossing(spare: Callable[[float], float], inner: float, outer: float) -> float:
    """Where `spare` comes to 0 between a point that it allows and one that it does not."""
    beyond, within, side = spare(outer), spare(inner), 0
    if beyond > 0 or within <= 0:
        return outer if beyond > 0 else inner
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
