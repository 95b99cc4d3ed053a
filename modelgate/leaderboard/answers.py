"""What a model answered to each row, kept small so that many can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Batch, Flags, Floats
from modelgate.aggregates.losses import SMALLEST
from modelgate.arrays import numbers
from modelgate.binding import Reading, listed
from modelgate.binding.labels import Coder, key
from modelgate.errors import ModelError
from modelgate.judging import predictions
from modelgate.options import Options
from modelgate.passing import Role


class Answers:
    """Collects the answers of one model while it is judged.

    Attributes:
        reading: how they are read; None where no labelled row was asked about.
    """

    def __init__(self) -> None:
        self.reading: Reading | None = None
        self._coder: Coder | None = None
        self._answer: list[NDArray[Any]] = []
        self._scores: list[Floats] = []
        self._truth: list[NDArray[Any]] = []
        self._known: list[Flags] = []

    def listening(self, options: Options) -> Options:
        """The same options, with these ears."""
        return replace(options, keep=self._add)

    def _add(self, role: Role, block: pa.RecordBatch, raw: Mapping[str, NDArray[Any]]) -> None:
        reading, target = role.reading, role.part.target
        assert reading is not None
        assert target is not None
        if self._coder is None:
            self.reading, self._coder = reading, Coder(reading.classes, reading.own)
        answer, scores = predictions(raw, reading, self._coder)
        truth, known = _truth(block.column(target), reading, self._coder)
        labels = reading.task == "classification"
        self._answer.append(answer.astype(np.int32) if labels else answer)
        self._truth.append(truth)
        usable = known & (answer >= 0 if labels else np.isfinite(answer))
        if scores is not None:
            self._scores.append(scores.astype(np.float32))
            usable &= np.isfinite(scores).all(axis=1)
        self._known.append(usable)

    @property
    def usable(self) -> Flags:
        """(n,) rows that can be judged."""
        return np.concatenate(self._known)

    def among(self, classes: Sequence[Any], rows: Flags) -> Batch:
        """The answers to some rows, in the classes of another model."""
        assert self.reading is not None
        answer, truth = np.concatenate(self._answer)[rows], np.concatenate(self._truth)[rows]
        scores = np.concatenate(self._scores)[rows] if self._scores else None
        if self.reading.task == "classification":
            at = {key(label): place for place, label in enumerate(classes)}
            place = np.array([at[key(label)] for label in self.reading.classes])
            answer, truth = place[answer], place[truth]
            scores = None if scores is None else scores[:, np.argsort(place)].astype(np.float64)
        return Batch(truth=truth, answer=answer, scores=scores, row=np.arange(len(truth)))


def aligned(answers: Sequence[Answers]) -> list[Batch]:
    """The rows that every model can be judged by, one batch a model.

    Raises:
        ModelError: MG3153, they answer different questions.
    """
    first = answers[0].reading
    assert first is not None
    for other in answers[1:]:
        reading = other.reading
        assert reading is not None
        mine, theirs = ({*map(key, one.classes)} for one in (first, reading))
        if reading.task != first.task or mine != theirs:
            raise ModelError(
                "MG3153",
                "these models answer different questions: one"
                f" {listed(list(first.classes)) or 'numbers'}, another"
                f" {listed(list(reading.classes)) or 'numbers'}",
            )
    rows = np.logical_and.reduce([one.usable for one in answers])
    return [one.among(first.classes, rows) for one in answers]


def beside(candidate: Batch, champion: Batch) -> Batch:
    """Both models' answers to the same rows."""
    return replace(candidate, champion_answer=champion.answer, champion_scores=champion.scores)


def row_scores(metric: str, batch: Batch) -> Floats | None:
    """(n,) what each row adds to a mean, more is better; None for metrics that are no means."""
    if metric == "accuracy":
        return np.asarray(batch.answer == batch.truth, dtype=np.float64)
    if metric in {"rmse", "mae"}:
        apart = np.abs(batch.answer - batch.truth)
        return np.asarray(-(apart * apart if metric == "rmse" else apart), dtype=np.float64)
    if metric == "log_loss" and batch.scores is not None:
        given = batch.scores[np.arange(len(batch)), batch.truth]
        return np.asarray(np.log(np.clip(given, SMALLEST, 1 - SMALLEST)), dtype=np.float64)
    return None


def _truth(column: pa.Array, reading: Reading, coder: Coder) -> tuple[NDArray[Any], Flags]:
    if reading.task == "classification":
        codes, _ = coder.of_column(column)
        return codes, codes >= 0
    values, absent = numbers(column)
    values = values.astype(np.float64)
    known = np.isfinite(values)
    return values, known if absent is None else known & ~absent
