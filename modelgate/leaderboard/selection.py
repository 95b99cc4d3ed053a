"""How much of a winner's lead is owed to its having been chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate.leaderboard.duels import Pair
from modelgate.stats.tails import normal_quantile

Floats = NDArray[np.float64]
DRAWS = 2_000
_SEED = 20_190_613
_ABOVE = normal_quantile(0.95)
_BELOW = 2.3
"""Deviations below, where the choice is surer than the estimate takes it to be: with these, 88 to
99 % of intervals hold the luck, over equal, spread, grouped and single outstanding models, 2 to 100
of them (simulated, normal law)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The lead of the best of many over the middle one, and how much of it is luck.

    Attributes:
        lead: over the median of the others, as these rows show it; better is positive.
        luck: how much of it another set of rows would take back, on average.
        expected: what is left of the lead; none where it is all luck.
        expected_interval: of the lead on new rows, two-sided at about 90 %.
    """

    lead: float
    luck: float
    expected: float
    expected_interval: tuple[float, float]


def selection(behind: Floats, errors: Floats) -> Selection | None:
    """What choosing the best by some rows adds to how far ahead these rows show it to be.

    Choose by half of the rows, and measure by the other half, which had no part in the choice: what
    the winner's lead loses is what choosing by half of the rows gained, and choosing by all of them
    gains 1 / sqrt(2) of that (a little less where models differ, so that this errs on the careful
    side). Halves are drawn from the normal law that the compared pairs tell of, which holds for any
    metric. Of models that are equal all of the lead is luck, of one that stands out next to none.

    Args:
        behind: (models,) how far each is behind the first, which is 0; better is less.
        errors: (models, models) standard error of the difference of each pair.

    Returns:
        None where there are no two models, or where no row tells any two apart.

    Source: N. Oliveira, J. Lei and R. J. Tibshirani (2021), "Unbiased risk estimation in the normal
        means problem via coupled bootstrap techniques", https://arxiv.org/abs/2111.09447.
    """
    models = len(behind)
    if models < 2 or not errors.any():
        return None
    values = -behind
    drawn = _noise(errors)  # (draws, models)
    best, one, two = _places(values + drawn)
    each = np.arange(len(drawn))
    ahead = drawn[each, best] - (drawn[each, one] + drawn[each, two]) / 2
    first, low, high = (int(place[0]) for place in _places(values[None, :]))
    lead = float(values[first] - (values[low] + values[high]) / 2)
    luck = max(0.0, sqrt(2) * float(ahead.mean()))
    deviation = float((drawn[:, first] - (drawn[:, low] + drawn[:, high]) / 2).std())
    left = lead - luck
    interval = (left - _ABOVE * deviation, left + _BELOW * deviation)
    return Selection(lead=lead, luck=luck, expected=max(0.0, left), expected_interval=interval)


def errors_of(pairs: Sequence[Pair], models: int) -> Floats:
    """(models, models) standard errors of all differences, of pairs not compared by the others'.

    Each difference from the first is known. What two such differences share is taken to be what
    those that are compared share, on average.
    """
    known = np.full((models, models), np.nan)
    np.fill_diagonal(known, 0.0)
    for pair in pairs:
        known[pair.ahead, pair.behind] = known[pair.behind, pair.ahead] = pair.deviation
    first = np.square(known[0])
    joint = (first[:, None] + first[None, :] - np.square(known)) / 2
    scale = np.sqrt(first[:, None] * first[None, :])
    told = np.isfinite(joint) & (scale > 0) & ~np.eye(models, dtype=np.bool_)
    shared = float(joint[told].sum() / scale[told].sum()) if told.any() else 0.5
    guess = first[:, None] + first[None, :] - 2 * np.clip(shared, 0.0, 1.0) * scale
    return np.asarray(np.where(np.isnan(known), np.sqrt(np.maximum(guess, 0.0)), known))


def _noise(errors: Floats) -> Floats:
    """(2 DRAWS, models) normal errors of the models, relative to the first; each and its mirror."""
    squares = np.square(errors)
    joint = (squares[0][:, None] + squares[0][None, :] - squares) / 2
    values, vectors = np.linalg.eigh(joint)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn = np.random.default_rng(_SEED).normal(size=(DRAWS, len(errors))) @ root.T
    return np.concatenate([drawn, -drawn])


def _places(values: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Of each line the best, and the two in the middle of the others (or one, twice)."""
    order = np.argsort(-values, axis=1, kind="stable")
    others = values.shape[1] - 1
    return order[:, 0], order[:, 1 + (others - 1) // 2], order[:, 1 + others // 2]
