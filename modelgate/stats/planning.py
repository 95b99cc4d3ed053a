"""What a number of rows can tell, before a model is asked: arithmetic without data."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log, log1p, pi, sqrt

import numpy as np

from modelgate.stats.interval import LEVEL
from modelgate.stats.tails import normal_quantile

ALPHA = (1 - LEVEL) / 2
"""The one-sided error at which a question passes."""
POWER = 0.80
"""The chance that all planning speaks of."""
POINTS = (0.005, 0.01, 0.02, 0.03)
"""Automatic margins of shares and scores, smallest first."""
SHARES = (0.01, 0.02, 0.03, 0.05)
"""Automatic margins of losses, as shares of the champion's value."""
DISAGREEMENT = 0.08
"""Share of rows on which two good models are taken to differ, where none is known."""


def margins(*, champion: float | None = None, sliced: bool = False) -> tuple[float, ...]:
    """The automatic margins to choose from, smallest first.

    Args:
        champion: the champion's value where margins are shares of it; None where they are points.
        sliced: whether it is about a slice, which gets twice as much.
    """
    factor = 2 if sliced else 1
    if champion is None:
        return tuple(factor * point for point in POINTS)
    return tuple(factor * share * abs(champion) for share in SHARES)


def smallest_margin(error: float, steps: Sequence[float]) -> float:
    """The smallest margin that an equally good candidate is likely to keep; else the largest.

    Args:
        error: the standard error of the difference, above 0.
        steps: margins, smallest first, at least one.
    """
    needed = reach(error)
    return next((step for step in steps if step >= needed), steps[-1])


def reach(error: float, *, alpha: float = ALPHA, power: float = POWER) -> float:
    """How far apart two values must be to be told apart.

    Two readings: the drop that is ruled out if there is none (at `ALPHA`), and the drop that is
    shown if there is one (at the level that is left after all the suite's other questions).

    Args:
        error: the standard error of the difference, above 0.
        alpha: one-sided error, in (0, 1).
        power: the chance to succeed, in (0, 1).

    Returns:
        In the unit of `error`.
    """
    return (normal_quantile(power) - normal_quantile(alpha)) * error


def share_error(rows: float, disagreement: float = DISAGREEMENT) -> float:
    """The standard error of the difference of two equal shares on the same rows.

    Args:
        rows: above 0.
        disagreement: the share of rows that one of the two alone answers rightly, in (0, 1].
    """
    return sqrt(disagreement / rows)


def rows_needed(apart: float, spread: float, *, alpha: float = ALPHA, power: float = POWER) -> int:
    """Rows at which a distance comes within `reach`.

    Args:
        apart: the margin, or the drop to show, above 0.
        spread: the standard deviation of one row's difference: the standard error of a difference
            times the root of its rows; above 0.
        alpha: as in `reach`.
        power: as in `reach`.
    """
    return ceil((reach(spread, alpha=alpha, power=power) / apart) ** 2)


def rows_needed_by_share(
    margin: float,
    disagreement: float = DISAGREEMENT,
    *,
    alpha: float = ALPHA,
    power: float = POWER,
) -> int:
    """Rows with which an equally good candidate keeps a margin on a share.

    Where two models hardly differ, the normal law alone asks for too few: even without a single
    discordant row the margin is ruled out only from log(alpha) / log(1 - margin) rows on. With
    both together `paired.paired_share` passes with a chance of 0.81 to 0.86 where 0.80 is asked,
    enumerated for margins of 1 to 6 points at 1 to 8 % disagreement (0.71 and more at 0.2 %).

    Args:
        margin: in (0, 1).
        disagreement: the share of rows that one of the two alone answers rightly, in [0, 1].
        alpha: as in `reach`.
        power: as in `reach`.
    """
    normal = (reach(1.0, alpha=alpha, power=power) / margin) ** 2 * disagreement
    return ceil(normal + log(alpha) / log1p(-margin))


def labels_needed(rows: float, disagreement: float) -> int:
    """Labels that a paired verdict over so many rows needs: only where the two models differ."""
    return ceil(rows * disagreement)


def blocks_equal(rows: int, disagreement: float = DISAGREEMENT) -> float:
    """How often "the candidate must not score less" blocks a candidate that is equally good.

    The chance of more losses than gains, which is half of what ties leave over.

    Args:
        rows: 1 or more.
        disagreement: the share of rows that one of the two alone answers rightly, in [0, 1].

    Returns:
        In [0, 0.5). Exact: ties are the mean of the characteristic function of gains less losses,
        and a periodic one that wide is summed without error.
    """
    wide = min(rows + 1, ceil(20 * sqrt(rows * disagreement)) + 64)
    turns = np.cos(2 * pi * np.arange(wide) / wide)
    ties = float(np.mean((1 - disagreement * (1 - turns)) ** rows))
    return max(0.0, (1 - ties) / 2)


def rows_for_looks(
    tolerance: float, chance: float, looks: int, *, adaptive: bool = False, shares: int = 1
) -> int:
    """Rows with which all estimates of many looks at one test set hold at once.

    Args:
        tolerance: how far an estimate may be off, in (0, 1).
        chance: that any is further off, in (0, 1).
        looks: candidates that are tried on the test set, 1 or more.
        adaptive: whether a candidate may be made of the earlier looks' outcomes. Each look then
            costs as much as twice the looks without.
        shares: accuracies that an estimate is made of: 1 for the candidate's own, 2 for a
            difference of two, each allowed half of the tolerance.

    Source: C. Renggli et al. (2019), "Continuous integration of machine learning models with
        ease.ml/ci", SysML, by Hoeffding's bound.
    """
    futures = looks * log(2) if adaptive else log(looks)
    return ceil((log(shares / chance) + futures) * shares**2 / (2 * tolerance**2))
