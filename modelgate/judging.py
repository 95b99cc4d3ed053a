"""From raw outputs and labels to the aggregates of the whole and of every slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Aggregate, Batch, Facts, Flags, Floats, Need
from modelgate.aggregates.answers import ROUNDING, Answers
from modelgate.aggregates.columns import Column
from modelgate.arrays import hashed, numbers
from modelgate.binding import Reading
from modelgate.binding.labels import Coder, key
from modelgate.binding.seen import flattened
from modelgate.coding import ColumnCoder
from modelgate.errors import DataError, ModelCrashedError
from modelgate.predictions import Predictions
from modelgate.provided import Sample
from modelgate.sampling import Redrawing, Sampling
from modelgate.slices import Part, Slicing
from modelgate.slicing import Slices

Answered = Mapping[str, NDArray[Any]]
"""Output -> a model's raw answers to a block."""
NO_LABEL = {
    "classification": "label missing or of no class",
    "regression": "target missing or no number",
}
"""Why a row has no right answer."""
NOT_COMPARED = "without a label, and not answered by both"
"""Why not even a comparison that needs no label there could take a row."""


def predictions(
    raw: Mapping[str, NDArray[Any]], reading: Reading, coder: Coder
) -> tuple[NDArray[Any], Floats | None]:
    """Raw outputs as answers.

    Returns:
        (n,) class positions (-1 for a label of no class) or values; (n, classes) probabilities.

    Raises:
        ModelCrashedError: MG4022, the outputs have another shape than in the first rows.
    """
    if reading.task == "regression":
        assert reading.values is not None
        return _flat(raw[reading.values], 1).astype(np.float64), None
    scores = None
    if reading.scores is not None:
        scores = _probabilities(_flat(raw[reading.scores]), reading)
    if reading.labels is not None:
        return coder.of_answers(_flat(raw[reading.labels], 1)), scores
    assert scores is not None
    if reading.threshold is not None and reading.positive is not None:
        over = scores[:, reading.positive] >= reading.threshold
        return np.where(over, reading.positive, 1 - reading.positive), scores
    return np.argmax(scores, axis=1), scores


def told(
    raw: Mapping[str, NDArray[Any]], reading: Reading, answer: NDArray[Any], scores: Floats | None
) -> Predictions:
    """Answers as checks are given them; logits are those of `raw`, not copied."""
    if reading.task == "regression":
        return Predictions(values=answer)
    logits = None
    if reading.scores is not None and reading.scores_are == "logits":
        logits = _flat(raw[reading.scores])
    matrix = logits is not None and logits.ndim == 2
    return Predictions(scores=scores, labels=answer, logits=logits if matrix else None)


def _flat(raw: NDArray[Any], axes: int | None = None) -> NDArray[Any]:
    values = flattened(raw)
    if values is None or (axes is not None and values.ndim != axes):
        raise ModelCrashedError("MG4022", f"the model changed the shape of its answer: {raw.shape}")
    return values


def _probabilities(raw: NDArray[Any], reading: Reading) -> Floats:
    scores = raw.astype(np.float64)
    if reading.scores_are != "logits" and (below := scores < 0).any():
        scores[below & (scores >= -ROUNDING)] = 0.0
    if scores.ndim == 1:
        if reading.scores_are == "logits":
            scores = 1 / (1 + np.exp(-np.clip(scores, -700, 700)))
        return np.stack([1 - scores, scores], axis=1)
    if reading.scores_are == "logits":
        with np.errstate(invalid="ignore"):
            scores = np.exp(scores - scores.max(axis=1, keepdims=True))
            scores /= scores.sum(axis=1, keepdims=True)
    return scores


@dataclass(slots=True)
class Gathered:
    """All that one pass leaves behind.

    Attributes:
        facts: of the question.
        answers: what became of every row.
        whole: need -> aggregate of all rows.
        slices: of all slicings, and those that the suite names.
        champion: what became of every row that the champion answered; None where there is none.
        sample: rows that checks may change and ask again; None where nobody wants them.
    """

    facts: Facts
    answers: Answers = field(default_factory=Answers)
    whole: dict[Need, Aggregate] = field(default_factory=dict)
    slices: Slices = field(init=False)
    champion: Answers | None = None
    sample: Sample | None = None

    def __post_init__(self) -> None:
        self.slices = Slices(self.facts)


class Rival:
    """Reads another model's answers in the classes of the one on trial."""

    def __init__(self, reading: Reading, candidate: Reading) -> None:
        self._reading = reading
        self._coder = Coder(reading.classes, reading.own)
        at = {key(label): place for place, label in enumerate(candidate.classes)}
        self._place = np.array([at[key(label)] for label in reading.classes] + [-1])
        self._columns = np.argsort(self._place[:-1])

    def answers(self, raw: Answered, finite: Flags) -> tuple[NDArray[Any], Floats | None, Flags]:
        """(n,) answers, (n, classes) probabilities, (n,) which rows can be judged."""
        answer, scores = predictions(raw, self._reading, self._coder)
        if self._reading.task == "regression":
            return answer, None, finite
        answer = self._place[answer]
        return answer, None if scores is None else scores[:, self._columns], finite & (answer >= 0)


def _fractions(raw: Answered, block: pa.RecordBatch) -> list[NDArray[Any]]:
    """The outputs that may hold NaN or infinity.

    Raises:
        ModelCrashedError: MG4023, an output has another number of rows.
    """
    for name, values in raw.items():
        if len(values) != len(block):
            raise ModelCrashedError(
                "MG4023", f"output {name!r} answered {len(block)} rows with {len(values)}"
            )
    return [values for values in raw.values() if values.dtype.kind == "f"]


class Judge:
    """Feeds aggregates, block after block, in the order of the file."""

    def __init__(
        self,
        reading: Reading,
        needs: Sequence[Need],
        *,
        target: str,
        weight: str | None = None,
        group: str | None = None,
        slicings: Mapping[Slicing, Sequence[Need]] | None = None,
        named: Mapping[Part, Sequence[Need]] | None = None,
        columns: tuple[Column, ...] = (),
        champion: Reading | None = None,
        sampling: Sampling | Redrawing | None = None,
    ) -> None:
        self._sampling = sampling
        self._reading = reading
        self._coder = Coder(reading.classes, reading.own)
        self._champion = None if champion is None else Rival(champion, reading)
        self._target = target
        self._weight = weight
        self._group = group
        self._coded = ColumnCoder(columns)
        facts = reading.facts
        self.gathered = Gathered(facts, whole={need: need.make(facts) for need in needs})
        self.gathered.champion = None if champion is None else Answers()
        self.gathered.slices = Slices(facts, slicings, named)

    def add(
        self, block: pa.RecordBatch, raw: Answered, champion: Answered | None = None
    ) -> Predictions:
        """Judge one block: the model's outputs, and the champion's, for exactly these rows.

        Returns:
            The model's answers to all of them, judged or not.
        """
        account = self.gathered.answers
        first = account.rows
        answer, scores, finite = self._answers(block, raw)
        truth, usable = self._truth(block)
        account.drop(NO_LABEL[self._reading.task], int((~usable).sum()))
        account.drop("answer is not finite", int((usable & ~finite).sum()))
        judgeable = finite
        if self._reading.task == "classification":
            strange = finite & (answer < 0)
            account.unknown_label += int((answer < 0).sum())
            account.drop("answered with a label of no class", int((strange & usable).sum()))
            judgeable = finite & ~strange
        weight, judgeable = self._weights(block, judgeable, usable)
        keep = judgeable & usable
        account.judged += int(keep.sum())
        batch = Batch(
            truth=truth,
            answer=answer,
            scores=scores,
            weight=weight,
            row=np.arange(first, first + len(block), dtype=np.int64),
            columns=self._coded.of(block) if self._coded.known else None,
            group=None if self._group is None else hashed(block.column(self._group)),
        )
        if champion is not None:
            batch, alone = self._beside(batch, block, champion, judgeable, usable)
            keep |= alone
        if self._sampling is not None:
            self._sampling.add(block, batch, judgeable & usable, first)
        if not keep.all():
            batch = batch.take(keep)
        for aggregate in self.gathered.whole.values():
            aggregate.add(batch.part_for(aggregate))
        self.gathered.slices.add(block, keep, batch)
        return told(raw, self._reading, answer, scores)

    def _beside(
        self,
        batch: Batch,
        block: pa.RecordBatch,
        raw: Answered,
        judgeable: Flags,
        labelled: Flags,
    ) -> tuple[Batch, Flags]:
        """The batch with the champion's answers; and the rows that are only compared."""
        assert self._champion is not None
        assert self.gathered.champion is not None
        account = self.gathered.champion
        fractions = _fractions(raw, block)
        answer, scores, usable = self._champion.answers(raw, account.add(fractions, len(block)))
        missing = judgeable & labelled & ~usable
        account.drop("the champion's answer is not usable", int(missing.sum()))
        alone = ~labelled & judgeable & usable & (self._reading.task == "classification")
        account.drop(NOT_COMPARED, int((~labelled & ~alone).sum()))
        beside = replace(
            batch,
            champion_answer=answer,
            champion_scores=scores,
            labelled=None if labelled.all() else labelled,
            both=None if usable.all() else usable,
        )
        return beside, alone

    def _answers(
        self, block: pa.RecordBatch, raw: Mapping[str, NDArray[Any]]
    ) -> tuple[NDArray[Any], Floats | None, NDArray[np.bool_]]:
        """The answers, the probabilities, and which rows are finite, all counted."""
        finite = self.gathered.answers.add(_fractions(raw, block), len(block))
        answer, scores = predictions(raw, self._reading, self._coder)
        if scores is not None and self._reading.scores_are != "logits":
            self.gathered.answers.add_probabilities(scores if finite.all() else scores[finite])
        if scores is not None and self._reading.labels is not None:
            self.gathered.answers.compared += int(finite.sum())
            self.gathered.answers.agreed += int(((scores.argmax(axis=1) == answer) & finite).sum())
        return answer, scores, finite

    def _truth(self, block: pa.RecordBatch) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """(n,) the right answers; (n,) whether there is one."""
        column = block.column(self._target)
        if self._reading.task == "classification":
            codes, _ = self._coder.of_column(column)
            return codes, codes >= 0
        values, absent = numbers(column)
        values = values.astype(np.float64)
        usable = np.isfinite(values)
        if absent is not None:
            usable &= ~absent
        return values, usable

    def _weights(
        self, block: pa.RecordBatch, judgeable: Flags, labelled: Flags
    ) -> tuple[Floats | None, Flags]:
        if self._weight is None:
            return None, judgeable
        values, absent = numbers(block.column(self._weight))
        weight = values.astype(np.float64)
        usable = np.isfinite(weight)
        if absent is not None:
            usable &= ~absent
        if (weight[usable] < 0).any():
            raise DataError("MG3145", f"column {self._weight!r} holds a negative weight")
        missing = judgeable & labelled & ~usable
        self.gathered.answers.drop("weight missing", int(missing.sum()))
        return weight, judgeable & usable
