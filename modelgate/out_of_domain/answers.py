"""How unfamiliar an input looks by what the model answers to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from modelgate.predictions import Predictions

Floats = NDArray[np.float64]
_SMALLEST = 1e-300
_LOGARITHMS = 1e-3  # what single precision leaves of an energy that is 0


def max_probability(scores: Floats) -> Floats:
    """One less the best probability (Hendrycks and Gimpel 2017, arXiv:1610.02136)."""
    found: Floats = 1.0 - scores.max(axis=1)
    return found


def entropy(scores: Floats) -> Floats:
    """The entropy of the probabilities, as a share of the most that so many classes allow."""
    logs = np.log(np.maximum(scores, _SMALLEST))
    found: Floats = -(scores * logs).sum(axis=1) / np.log(scores.shape[1])
    return found


def margin(scores: Floats) -> Floats:
    """One less the distance between the two best probabilities."""
    best = np.partition(scores, -2, axis=1)[:, -2:]
    return 1.0 - (best[:, 1] - best[:, 0])


def energy(logits: Floats) -> Floats:
    """The free energy -log(sum(exp(logits))) (Liu et al. 2020, arXiv:2010.03759, equation 4)."""
    top = logits.max(axis=1)
    found: Floats = -(top + np.log(np.exp(logits - top[:, None]).sum(axis=1)))
    return found


OF_PROBABILITIES: Mapping[str, Callable[[Floats], Floats]] = {
    "max_probability": max_probability,
    "entropy": entropy,
    "margin": margin,
}


def unfamiliar(answers: Predictions, score: str) -> Floats | str:
    """(n,) how unfamiliar each input looks, more is more; or why nothing tells.

    An answer that is not finite is the most unfamiliar of all: infinity.

    Args:
        answers: the model's to n rows.
        score: one of `OF_PROBABILITIES`, or "energy".
    """
    if score == "energy":
        if answers.logits is None:
            return (
                "the model's scores are probabilities, and an energy takes logits:"
                " `scores_are: logits` where they are, or another score"
            )
        found = _finite(energy, answers.logits)
        if np.abs(found[np.isfinite(found)]).max(initial=0.0) < _LOGARITHMS:
            return (
                "the model's scores are logarithms of probabilities, whose energy is always 0:"
                " take another score"
            )
        return found
    if answers.scores is None:
        return "the model answers without scores"
    return _finite(OF_PROBABILITIES[score], np.asarray(answers.scores, dtype=np.float64))


def _finite(measure: Callable[[Floats], Floats], given: NDArray[np.floating]) -> Floats:
    values = np.asarray(given, dtype=np.float64)
    usable = np.isfinite(values).all(axis=1)
    found = np.full(len(values), np.inf)
    if usable.any():
        found[usable] = measure(values[usable])
    return found
