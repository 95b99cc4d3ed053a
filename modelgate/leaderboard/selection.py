"""How much of a winner's lead is owed to its having been chosen."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.interval import LEVEL

Floats = NDArray[np.float64]
DRAWS = 400
_SEED = 20_190_613
_CHUNK = 4_096


@dataclass(frozen=True, slots=True)
class Selection:
    """The lead of the best of many, and how much of it is luck.

    Attributes:
        lead: of the winner over the median model, as these rows show it; better is positive.
        luck: how much of that another set of rows would take back, on average.
        luck_interval: of the luck of one such set, two-sided at `LEVEL`.
    """

    lead: float
    luck: float
    luck_interval: tuple[float, float]


def selection(scores: Floats) -> Selection | None:
    """What choosing the best model by some rows adds to how good these rows show it to be.

    The rows are split into halves at random, many times. The best model of one half is held against
    itself on the other half, which had no part in the choice: what it loses is what choosing by
    half of the rows gained, and choosing by all of them gains 1 / sqrt(2) of that. Of models that
    are equal it is their whole lead, of one that stands out next to nothing.

    Args:
        scores: (models, rows) what each row adds to each model's mean; more is better.

    Returns:
        None where there are no two models or no four rows.

    Source: the split is that of sample splitting, D. R. Cox (1975), "A note on data-splitting for
        the evaluation of significance levels", Biometrika 62, 441-444.
    """
    models, rows = scores.shape
    if models < 2 or rows < 4:
        return None
    means = scores.mean(axis=1)
    rng = np.random.default_rng(_SEED)
    sums, counts = np.zeros((DRAWS, models)), np.zeros(DRAWS)
    for start in range(0, rows, _CHUNK):
        part = scores[:, start : start + _CHUNK]
        first = rng.integers(0, 2, (DRAWS, part.shape[1])).astype(np.float64)
        sums += first @ part.T
        counts += first.sum(axis=1)
    counts = np.clip(counts, 1, rows - 1)[:, None]
    half, other = sums / counts, (means * rows - sums) / (rows - counts)
    places, chosen = np.arange(DRAWS), half.argmax(axis=1)
    luck = (half[places, chosen] - other[places, chosen]) / sqrt(2)
    tail = (1 - LEVEL) / 2
    ends = np.quantile(luck, [tail, 1 - tail])
    return Selection(
        lead=float(means.max() - np.median(means)),
        luck=max(0.0, float(luck.mean())),
        luck_interval=(float(ends[0]), float(ends[1])),
    )
