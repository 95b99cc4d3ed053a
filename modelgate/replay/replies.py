"""What a model said, and whoever says it again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Floats
from modelgate.asking import Asker, Raw
from modelgate.binding import Reading
from modelgate.suite import ModelPart

SMALLEST = 1e-300
"""A probability whose logarithm is still a number."""
SCORES, LABELS, VALUES = "scores", "labels", "values"


@dataclass(frozen=True, slots=True)
class Replies:
    """What a model said of n rows.

    Attributes:
        answer: (n,) position of the class, -1 for none of them; or the value, for regression.
        scores: (n, classes) probabilities; None where it gives none.
    """

    answer: NDArray[Any]
    scores: Floats | None = None


Ask = Callable[[pa.RecordBatch], Replies]
"""What a model says of rows that no data set holds."""


def spoken_as(reading: Reading, voice: str) -> Reading:
    """How replies are read when they are said again.

    A model that answers with labels is given labels and scores; one whose scores decide is given
    scores alone, and the same threshold.

    Args:
        reading: of the model as it was asked.
        voice: whose outputs these are, so that they can be told from others.
    """
    if reading.task == "regression":
        return replace(reading, values=f"{VALUES} {voice}")
    return replace(
        reading,
        scores=None if reading.scores is None else f"{SCORES} {voice}",
        scores_are="logits" if reading.scores_are == "logits" else "probabilities",
        labels=None if reading.labels is None else f"{LABELS} {voice}",
        own=tuple(range(len(reading.classes))),
    )


def spoken_by_champion(replies: Replies, candidate: Reading, voice: str) -> Reading:
    """How the champion's replies are read: they are in the candidate's classes."""
    voice = f"{voice}, champion"
    if candidate.task == "regression":
        return Reading(task="regression", values=f"{VALUES} {voice}")
    return Reading(
        task="classification",
        scores=None if replies.scores is None else f"{SCORES} {voice}",
        labels=f"{LABELS} {voice}",
        classes=candidate.classes,
        own=tuple(range(len(candidate.classes))),
        positive=candidate.positive,
    )


def spoken(replies: Replies, reading: Reading) -> Raw:
    """Replies as the outputs of which `reading`, made by `spoken_as`, speaks."""
    if reading.values is not None:
        return {reading.values: replies.answer.astype(np.float64)}
    said: dict[str, NDArray[Any]] = {}
    if reading.labels is not None:
        said[reading.labels] = replies.answer.astype(np.int64)
    if reading.scores is not None:
        assert replies.scores is not None
        scores = replies.scores
        if reading.scores_are == "logits":
            scores = np.log(np.maximum(scores, SMALLEST))
        said[reading.scores] = scores
    return said


class Once(Asker):
    """A model that is asked each question about its first rows once.

    It is what the artifact is asked by every trial of changed answers: it has not changed.
    """

    def __init__(self, model: Asker) -> None:
        self.artifact = model.artifact
        self.answers_again = model.answers_again
        self._model = model
        self._said: dict[tuple[int, int | None], Raw] = {}

    def bind(self, schema: pa.Schema, apart: Sequence[str | None], told: ModelPart) -> list[str]:
        """See `Asker.bind`."""
        return self._model.bind(schema, apart, told)

    @property
    def columns(self) -> tuple[str, ...] | None:
        """See `Asker.columns`: replies are read from no column."""
        return ()

    @property
    def feeding(self) -> tuple[str, ...] | None:
        """The columns that the model itself reads; None for all."""
        return self._model.feeding

    def look(self, rows: pa.RecordBatch | None) -> Raw:
        """See `Asker.look`."""
        return self._model.look(rows)

    def again(self, rows: int, *, batch: int | None = None) -> Raw:
        """See `Asker.again`."""
        if (rows, batch) not in self._said:
            self._said[rows, batch] = self._model.again(rows, batch=batch)
        return self._said[rows, batch]

    def decoded(self, rows: pa.RecordBatch, *, sized: bool = False) -> pa.RecordBatch:
        """See `Asker.decoded`."""
        self._model.beside = self.beside
        return self._model.decoded(rows, sized=sized)

    def submit(self, block: pa.RecordBatch) -> None:
        """See `Asker.submit`."""
        self._model.submit(block)

    def collect(self) -> Raw:
        """See `Asker.collect`."""
        return self._model.collect()


class Replay(Once):
    """Says what was said before; a data set is known by the outputs that are asked for it.

    Args of the constructor:
        model: asked about its first rows, and nothing else.
        said: one entry a labelled data set: output -> (n, ...) what is said of its rows.
        unlabelled: the same, of those without labels, in the order in which they are passed over.
        asked: tells what is said of rows that no data set holds; None where nobody knows.
    """

    def __init__(
        self,
        model: Once,
        said: Sequence[Raw],
        unlabelled: Sequence[Raw],
        asked: Callable[[pa.RecordBatch], Raw] | None = None,
    ) -> None:
        super().__init__(model)
        self._asked = asked
        self._known = said
        self._unlabelled = iter(unlabelled)
        self._saying: Raw = {}
        self._waiting: deque[Raw] = deque()
        self._row = 0

    @property
    def feeding(self) -> tuple[str, ...] | None:
        """See `Asker.feeding`: none where nothing is fed, of which some may not be kept."""
        return self._model.feeding if self._asked is not None else ()

    def prepare(self, outputs: Sequence[str]) -> None:
        """See `Asker.prepare`."""
        known = next((said for said in self._known if set(outputs) <= set(said)), None)
        self._saying = next(self._unlabelled) if known is None else known
        self._row, self._waiting = 0, deque()

    def submit(self, block: pa.RecordBatch) -> None:
        """See `Asker.submit`."""
        part = slice(self._row, self._row + len(block))
        self._waiting.append({name: values[part] for name, values in self._saying.items()})
        self._row = part.stop

    def collect(self) -> Mapping[str, NDArray[Any]]:
        """See `Asker.collect`."""
        return self._waiting.popleft()

    def answer(self, rows: pa.RecordBatch) -> Raw:
        """See `Asker.answer`: of rows that no data set holds."""
        assert self._asked is not None
        return self._asked(rows)
