"""Answers with classes, made worse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from modelgate.aggregates import Flags, Integers
from modelgate.binding import Reading
from modelgate.replay import Recording, Replies
from modelgate.selftest.turning import odds, runner_up, sharpened, shifted, turned

OTHERWISE = 0.04
"""Rows that an equally good model answers otherwise: half of them better, half of them worse."""
NOISY_ROWS = 0.10
UNSURE = 2
"""How many of the least sure rows there are to choose from, for each that is turned."""


@dataclass(frozen=True, slots=True)
class Labels:
    """A model's answers to rows with classes, to make worse.

    Attributes:
        replies: as the model gave them, to n rows.
        reading: how answers follow from scores.
        truth: (n,) position of the right class.
        usable: (n,) rows that count.
    """

    replies: Replies
    reading: Reading
    truth: NDArray[Any]
    usable: Flags

    @classmethod
    def of(cls, recording: Recording) -> Labels:
        """The answers of a recorded pass."""
        return cls(recording.replies["test"], recording.reading, recording.truth, recording.usable)

    @property
    def right(self) -> Flags:
        """(n,) the rows that are answered rightly."""
        return np.asarray(self.usable & (self.replies.answer == self.truth))

    def wrong_by(self, drop: float, among: Flags, rng: Generator) -> Replies:
        """A model whose share of right answers among some rows is lower by `drop`.

        One such model in two errs in rows whichever, the other where it was least sure anyway: such
        mistakes hardly touch how its scores rank the rows.
        """
        right = np.flatnonzero(self.right & among)
        share = drop * (self.usable & among).sum() / len(right)
        count = rng.binomial(len(right), share)
        if rng.random() < 0.5:
            right = self._unsure(self.right & among, UNSURE * count)
        return self.turn(rng.choice(right, count, replace=False), rng)

    def turn(self, rows: Integers, rng: Generator) -> Replies:
        """Some rows answered with the class that comes next."""
        to = runner_up(self.replies, rows, len(self.reading.classes), rng)
        return turned(self.replies, self.reading, rows, to)

    def equal(self, rng: Generator) -> Replies:
        """A model that is as good: as many rows mended as broken."""
        wanted = round(OTHERWISE / 2 * self.usable.sum())
        right = self._unsure(self.right, 2 * UNSURE * wanted)
        wrong = self._unsure(self.usable & ~self.right, 2 * UNSURE * wanted)
        count = min(wanted, len(right), len(wrong))
        mended = rng.choice(wrong, count, replace=False)
        better = turned(self.replies, self.reading, mended, self.truth[mended])
        broken = rng.choice(right, count, replace=False)
        to = runner_up(self.replies, broken, len(self.reading.classes), rng)
        return turned(better, self.reading, broken, to)

    def _unsure(self, among: Flags, most: int) -> Integers:
        """The rows that it is least sure of: there, another training answers otherwise."""
        rows = np.flatnonzero(among)
        scores = self.replies.scores
        if scores is None:
            return rows
        best = np.sort(scores[rows], axis=1)
        return np.asarray(rows[np.argsort(best[:, -1] - best[:, -2], kind="stable")[:most]])

    def constant(self, _: Generator) -> Replies:
        """One class for every row, with the shares of the classes for scores."""
        shares = np.bincount(self.truth[self.usable], minlength=len(self.reading.classes))
        shares = shares / shares.sum()
        answer = np.where(self.usable, shares.argmax(), self.replies.answer)
        if self.replies.scores is None:
            return Replies(answer)
        return Replies(answer, np.where(self.usable[:, None], shares, self.replies.scores))

    def shuffled(self, rng: Generator) -> Replies:
        """Its answers, given to other rows."""
        order = np.arange(len(self.truth))
        order[self.usable] = rng.permutation(order[self.usable])
        scores = self.replies.scores
        return Replies(self.replies.answer[order], None if scores is None else scores[order])

    def noisy(self, rng: Generator) -> Replies:
        """Another class, whichever, for some rows."""
        rows = np.flatnonzero(self.usable & (rng.random(len(self.truth)) < NOISY_ROWS))
        classes = len(self.reading.classes)
        to = (self.replies.answer[rows] + rng.integers(1, classes, size=len(rows))) % classes
        return turned(self.replies, self.reading, rows, to)

    def scaled(self, temperature: float, rng: Generator) -> Replies:
        """As sure as about that temperature makes it; no answer changes."""
        scores = self.replies.scores
        assert scores is not None
        about = temperature * rng.uniform(0.9, 1.1)
        threshold = self.reading.threshold if self.reading.labels is None else None
        scaled = sharpened(scores, about, threshold)
        return Replies(self.replies.answer, np.where(self.usable[:, None], scaled, scores))

    def moved(self, share: float, rng: Generator) -> Replies:
        """The positive class answered for more rows, or fewer: those nearest to the border."""
        positive, scores = self.reading.positive, self.replies.scores
        assert positive is not None
        to = positive if share > 0 else 1 - positive
        others = np.flatnonzero(self.usable & (self.replies.answer != to))
        count = min(round(abs(share) * rng.uniform(0.9, 1.1) * self.usable.sum()), len(others))
        if scores is None:
            answer = self.replies.answer.copy()
            answer[rng.choice(others, count, replace=False)] = to
            return Replies(answer)
        towards = odds(scores, to)
        nearest = others[np.argsort(-towards[others], kind="stable")[:count]]
        if self.reading.labels is not None:
            answer = self.replies.answer.copy()
            answer[nearest] = to
            return Replies(answer, scores)
        border = self.reading.threshold if self.reading.threshold is not None else 0.5
        needed = np.log(border / (1 - border)) * (1 if to == positive else -1)
        by = needed - towards[nearest].min() + 1e-9 if count else 0.0
        return Replies(self.replies.answer, shifted(scores, to, by))
