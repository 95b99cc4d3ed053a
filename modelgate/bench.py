"""How a model runs: its file opened afresh, beside the champion's, and by other programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from modelgate.model import Artifact, Backend
from modelgate.predictions import Predictions

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rounds:
    """The same figure of several models, taken in turn on one machine.

    Within a round all are measured one shortly after the other, in an order that changes from
    round to round: what the machine does meanwhile happens to all of them.

    Attributes:
        candidate: (rounds, k) seconds or bytes: the model's.
        again: (rounds, k) of a second session of the same file; what lies between the two is noise.
        champion: (rounds, k) of the champion; None where there is none.
        sittings: times that all sessions were opened afresh, each time for the next so many rounds;
            1 where every round has processes of its own.
    """

    candidate: Floats
    again: Floats | None
    champion: Floats | None = None
    sittings: int = 1


class Bench(Protocol):
    """A model's file to be opened afresh, as often as a question needs.

    Rows and time that are asked for here are bounded; whatever is opened is closed again.
    """

    @property
    def artifact(self) -> Artifact:
        """The model."""
        ...

    @property
    def champion(self) -> Artifact | None:
        """The champion; None where there is none."""
        ...

    def outputs(self, backend: Backend, rows: int) -> Mapping[str, NDArray[Any]]:
        """The raw answers of another program to the first so many of the rows of `Probe.seen`.

        Raises:
            ModelError: MG3190, MG3191, it cannot run the model, or is not installed.
            ModelCrashedError: it died or hung.
        """
        ...

    def predict(self, backend: Backend, inputs: Any) -> Predictions:
        """The same for rows of one's own, as `Model.predict` takes them.

        Raises:
            ModelError, ModelCrashedError: as `outputs`.
        """
        ...

    def predict_by(self, path: Path, inputs: Any) -> Predictions:
        """The answers of another model of the same question, in the candidate's classes.

        Raises:
            ModelError: it does not load, or answers another question.
            ModelCrashedError: it died or hung.
        """
        ...

    def refitted(
        self, inputs: Any, truth: NDArray[Any], folds: NDArray[np.int64], *, seed: int
    ) -> NDArray[Any]:
        """The answers of estimators like the model's, each fitted without the rows it is asked.

        Args:
            inputs: n rows, as `Model.predict` takes them.
            truth: (n,) positions of classes, or numbers.
            folds: (repeats, n) the fold of each row.
            seed: of estimators that have none of their own.

        Returns:
            (n, repeats) answers, in the terms of `truth`.

        Raises:
            ModelCrashedError: MG4090, it cannot be fitted on these rows.
        """
        ...

    def calls(self, *, rows: int, fewest: int, seconds: float) -> Rounds | None:
        """Seconds that questions of so many rows take.

        Args:
            rows: of a question.
            fewest: questions of a round, at least.
            seconds: for all of it, about.

        Returns:
            None where the time is too short to tell anything.
        """
        ...

    def openings(self, *, rounds: int) -> Rounds:
        """Seconds that opening the file takes in a fresh process; k is 1."""
        ...

    def memory(self, *, rows: int, rounds: int) -> Rounds:
        """The most bytes that opening and answering so many rows add to an idle process; k is 1.

        Raises:
            OSError: the system does not tell.
        """
        ...
