"""The metrics that are functions of a confusion matrix, as scikit-learn defines them.

Each takes `Margins`, one matrix or a stack, and the classes that count (those that occur in truth
or answer), so that a stack of resampled matrices is averaged over the same classes throughout.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modelgate.stats.cells import Floats, Margins

Classes = NDArray[np.intp]


def accuracy(found: Margins) -> Floats:
    """Weight of right answers over that of all."""
    return _over(found.hits.sum(axis=-1), found.total)


def recalls(found: Margins) -> Floats:
    """(..., classes) of the rows of a class, the share answered so; 0 where there is none."""
    return _over(found.hits, found.truth)


def precisions(found: Margins) -> Floats:
    """(..., classes) of the answers of a class, the share that is right; 0 where there is none."""
    return _over(found.hits, found.answer)


def f1s(found: Margins) -> Floats:
    """(..., classes) harmonic mean of precision and recall; 0 where the class does not occur."""
    return _over(2 * found.hits, found.truth + found.answer)


def matthews(found: Margins) -> Floats:
    """Matthews' correlation of truth and answer, in [-1, 1]; 0 where either is constant."""
    total = found.total
    joint = total * found.hits.sum(axis=-1) - (found.truth * found.answer).sum(axis=-1)
    truth = total * total - np.square(found.truth).sum(axis=-1)
    answer = total * total - np.square(found.answer).sum(axis=-1)
    # Of one class only, rounding may leave a spread of about 1e-16 of the square.
    flat = np.minimum(truth, answer) <= 1e-14 * total * total
    scale = np.sqrt(np.where(flat, 1.0, truth)) * np.sqrt(np.where(flat, 1.0, answer))
    return np.asarray(np.where(flat, 0.0, joint / scale), dtype=np.float64)


def _over(part: Floats, whole: Floats) -> Floats:
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
