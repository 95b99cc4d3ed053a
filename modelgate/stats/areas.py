"""How well scores tell two kinds of rows apart, where every row counts one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.inversion import IntervalAt
from modelgate.stats.ranks import area_interval, auroc, delong_variance

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Area:
    """An area under a ROC curve.

    Attributes:
        value: the chance that a row of the class scores higher than another, ties counted half.
        at: where the true one lies, at any level: DeLong, Clopper-Pearson.
    """

    value: float
    at: IntervalAt


def area_of(own: Floats, others: Floats) -> Area:
    """The area that two independent samples of scores show.

    Args:
        own: (n,) scores of rows of the class, at least one; none NaN, infinity may be.
        others: (m,) of the other rows, likewise.
    """
    _, positives, negatives = at_scores(own, others)
    rows = float(len(own)), float(len(others))
    value, _ = auroc(positives, negatives)
    variance = delong_variance(positives, negatives, *rows)

    return Area(value, lambda level: area_interval(value, *rows, variance=variance, level=level))


def at_scores(own: Floats, others: Floats) -> tuple[Floats, Floats, Floats]:
    """The distinct scores of both samples, from the highest down, and the rows of each at them.

    Args:
        own: (n,) scores.
        others: (m,) scores.

    Returns:
        (k,) the scores; (k,) rows of the first; (k,) rows of the second.
    """
    thresholds, places = np.unique(-np.concatenate([own, others]), return_inverse=True)
    count = partial(np.bincount, minlength=len(thresholds))
    mine, theirs = count(places[: len(own)]), count(places[len(own) :])
    return -thresholds, mine.astype(np.float64), theirs.astype(np.float64)
