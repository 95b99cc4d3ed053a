"""A bench that measures nothing: it tells what it was given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.bench import Bench, Rounds
from modelgate.errors import ModelgateError
from modelgate.model import Artifact, Backend, Signature
from modelgate.predictions import Predictions

NO_SIGNATURE = Signature((), ())


def artifact(name: str = "toy.onnx", *, size: int = 0, facts: Any = None) -> Artifact:
    return Artifact(name, name, "onnx", None, size, NO_SIGNATURE, facts=facts or {})


class ToyBench(Bench):
    """Tells the rounds, outputs and predictions that it was given.

    Attributes:
        asked: what it was asked for, in its order.
    """

    def __init__(
        self,
        rounds: Rounds | None = None,
        *,
        outputs: Mapping[str, NDArray[Any]] | ModelgateError | None = None,
        predictions: Predictions | ModelgateError | None = None,
        champion: Artifact | None = None,
    ) -> None:
        self._rounds = rounds
        self._outputs = outputs
        self._predictions = predictions
        compared = rounds is not None and rounds.champion is not None
        self._champion = champion or (artifact("champion.onnx") if compared else None)
        self.asked: list[tuple[Any, ...]] = []

    @property
    def artifact(self) -> Artifact:
        return artifact()

    @property
    def champion(self) -> Artifact | None:
        return self._champion

    def outputs(self, backend: Backend, rows: int) -> Mapping[str, NDArray[Any]]:
        self.asked.append((backend, rows))
        return {name: array[:rows] for name, array in _given(self._outputs).items()}

    def predict(self, backend: Backend, inputs: Any) -> Predictions:
        self.asked.append((backend, len(inputs)))
        found: Predictions = _given(self._predictions)
        return found

    def predict_by(self, path: Path, inputs: Any) -> Predictions:
        self.asked.append((path.name, len(inputs)))
        found: Predictions = _given(self._predictions)
        return found

    def refitted(
        self, inputs: Any, truth: NDArray[Any], folds: NDArray[np.int64], *, seed: int
    ) -> NDArray[Any]:
        raise NotImplementedError

    def calls(self, *, rows: int, fewest: int, seconds: float) -> Rounds | None:
        self.asked.append((rows, fewest, seconds))
        return self._rounds

    def openings(self, *, rounds: int) -> Rounds:
        self.asked.append((rounds,))
        found: Rounds = _given(self._rounds)
        return found

    def memory(self, *, rows: int, rounds: int) -> Rounds:
        self.asked.append((rows, rounds))
        found: Rounds = _given(self._rounds)
        return found


def _given(what: Any) -> Any:
    if isinstance(what, ModelgateError):
        raise what
    assert what is not None
    return what


def rounds_of(
    candidate: Any, champion: Any = None, again: Any = None, *, sittings: int = 1
) -> Rounds:
    """(rounds,) figures of each, one a round; `again` as the candidate where it is left out."""

    def column(figures: Any) -> Any:
        return None if figures is None else np.asarray(figures, np.float64)[:, None]

    return Rounds(
        candidate=column(candidate),
        again=column(candidate if again is None else again),
        champion=column(champion),
        sittings=sittings,
    )
