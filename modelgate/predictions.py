"""A model's answers to some rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What a model answered to n rows; the arrays are read-only.

    Attributes:
        scores: (n, classes) one probability a class; None where the model gives no scores.
        labels: (n,) index of the class answered; the best score where the model gives none.
        values: (n,) the number answered, for regression.
        logits: (n, classes) the scores as the model gave them, where these are logits.
    """

    scores: NDArray[np.floating[Any]] | None = None
    labels: NDArray[np.integer[Any]] | None = None
    values: NDArray[np.floating[Any]] | None = None
    logits: NDArray[np.floating[Any]] | None = None

    def __post_init__(self) -> None:
        if self.labels is None and self.scores is not None:
            object.__setattr__(self, "labels", np.argmax(self.scores, axis=1))
        for name in ("scores", "labels", "values", "logits"):
            part = getattr(self, name)
            if isinstance(part, np.ndarray):  # checks share them: none may write into another's
                part = part.view()
                part.flags.writeable = False
                object.__setattr__(self, name, part)

    def __len__(self) -> int:
        for part in (self.labels, self.values):
            if part is not None:
                return len(part)
        return 0

    def take(self, index: NDArray[Any] | slice) -> Predictions:
        """The answers to some of the rows: positions, one boolean a row, or a slice."""
        return Predictions(
            scores=None if self.scores is None else self.scores[index],
            labels=None if self.labels is None else self.labels[index],
            values=None if self.values is None else self.values[index],
            logits=None if self.logits is None else self.logits[index],
        )

    @staticmethod
    def joined(parts: Sequence[Predictions]) -> Predictions:
        """The answers to all their rows, one after the other; of one model, to one question."""
        columns: dict[str, Any] = {}
        for name in ("scores", "labels", "values", "logits"):
            found = [getattr(part, name) for part in parts]
            if found and found[0] is not None:
                columns[name] = np.concatenate(found)
        return Predictions(**columns)
