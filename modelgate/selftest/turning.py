"""Right answers made wrong, and scores made worse: what faults of classification are built from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator

from modelgate.aggregates import Floats, Integers
from modelgate.binding import Reading
from modelgate.replay import Replies

LEAST = 1e-12
"""The least probability that is scaled: below it a logarithm says more than any model means."""


def turned(replies: Replies, reading: Reading, rows: Integers, to: Integers) -> Replies:
    """The same replies, but for some rows that are answered with another class.

    The two classes change their scores, so that the row is as surely wrong as it was right. Where
    a threshold decides, the score is reflected at it.

    Args:
        replies: of n rows.
        reading: how answers follow from scores.
        rows: (m,) which rows, each once.
        to: (m,) the class that each is answered with from now on.
    """
    answer = replies.answer.copy()
    before = answer[rows]
    answer[rows] = to
    if replies.scores is None:
        return Replies(answer)
    scores = replies.scores.copy()
    if reading.labels is None and reading.threshold is not None and reading.positive is not None:
        positive = _reflected(scores[rows, reading.positive], reading.threshold)
        scores[rows, reading.positive] = positive
        scores[rows, 1 - reading.positive] = 1 - positive
        return Replies(answer, scores)
    scores[rows, before], scores[rows, to] = scores[rows, to], scores[rows, before]
    tied = scores[rows].argmax(axis=1) != to  # the first of equal scores is answered
    scores[rows[tied], to[tied]] = scores[rows[tied]].max(axis=1) + LEAST
    return Replies(answer, scores)


def _reflected(positive: Floats, threshold: float) -> Floats:
    """Scores of the positive class, on the other side of the threshold and as far from its end."""
    above = positive >= threshold
    down = threshold * (1 - positive) / max(1 - threshold, LEAST)
    up = 1 - (1 - threshold) * positive / max(threshold, LEAST)
    return np.where(above, np.minimum(down, np.nextafter(threshold, 0)), up)


def runner_up(replies: Replies, rows: Integers, classes: int, rng: Generator) -> Integers:
    """(m,) the class that each row would be answered with next; any other one without scores."""
    if replies.scores is None:
        step = rng.integers(1, classes, size=len(rows))
        return np.asarray((replies.answer[rows] + step) % classes)
    scores = replies.scores[rows].copy()
    scores[np.arange(len(rows)), replies.answer[rows]] = -np.inf
    return np.asarray(scores.argmax(axis=1))


def sharpened(scores: Floats, temperature: float, threshold: float | None) -> Floats:
    """Scores as of a model that is surer (temperature below 1) or less sure (above) than it was.

    Args:
        scores: (n, classes) probabilities.
        temperature: what the logits are divided by.
        threshold: of two classes, where one decides: no answer changes.

    Source:
        C. Guo et al. (2017), "On Calibration of Modern Neural Networks", ICML, section 4.2.
    """
    logits = np.log(np.maximum(scores, LEAST))
    if threshold is not None and scores.shape[1] == 2:
        ends = np.clip([1 - threshold, threshold], LEAST, 1)
        logits -= np.log(ends)
        return _softmax(logits / temperature + np.log(ends))
    return _softmax(logits / temperature)


def shifted(scores: Floats, positive: int, by: float) -> Floats:
    """Scores whose logit of the positive class lies `by` higher.

    Args:
        scores: (n, 2) probabilities.
        positive: which of the two.
        by: natural logarithm of odds.
    """
    logits = np.log(np.maximum(scores, LEAST))
    logits[:, positive] += by
    return _softmax(logits)


def odds(scores: Floats, positive: int) -> Floats:
    """(n,) the natural logarithm of the odds of the positive class."""
    logits = np.log(np.maximum(scores, LEAST))
    return np.asarray(logits[:, positive] - logits[:, 1 - positive])


def log_loss(scores: Floats, truth: Integers) -> float:
    """The mean loss of (n, classes) probabilities."""
    right: Any = scores[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(right, LEAST)).mean())


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
