"""The model as a check may ask it: rows in, answers out, in the classes of the question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from modelgate.aggregates import Facts
from modelgate.arrays import is_text
from modelgate.asking import Asker, Raw
from modelgate.binding import Reading, listed
from modelgate.binding.labels import Coder
from modelgate.errors import DataError
from modelgate.judging import Rival, predictions, told
from modelgate.model import Artifact
from modelgate.predictions import Predictions
from modelgate.remembered_beside import Beside
from modelgate.remembered_rows import answered_once


class LiveModel:
    """A bound model that answers rows that no data set holds.

    Attributes:
        artifact: what was loaded.
        facts: of the question.
        schema: of the columns that feed it.
        asked: rows that were put to `predict`, those recalled from the cache included: the report
            must not hang on it.
        calls: of `predict` with any row, likewise.
    """

    def __init__(
        self,
        asker: Asker,
        reading: Reading,
        schema: pa.Schema,
        folder: Path = Path(),
        *,
        beside: Beside | None = None,
    ) -> None:
        """Take a bound model.

        Args:
            asker: the model, bound to columns of this schema.
            reading: how its outputs are read.
            schema: of the data it is bound to.
            folder: of that data.
            beside: where its answers are remembered; None where they are not.
        """
        columns = schema.names if asker.feeding is None else asker.feeding
        self.artifact: Artifact = asker.artifact
        self.facts: Facts = reading.facts
        self.schema = pa.schema([schema.field(name) for name in columns])
        self.asked = 0
        self.calls = 0
        self._asker = asker
        self._beside = beside
        self._folder = folder
        self._reading = reading
        self._coder = Coder(reading.classes, reading.own)

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Model.columns`."""
        return tuple(self.schema.names)

    def predict(self, inputs: Any, *, folder: Path | None = None) -> Predictions:
        """See `Model.predict`."""
        rows = self._rows(inputs)
        if not len(rows):
            return self._none()
        self.asked += len(rows)
        self.calls += 1
        if self._beside is None or folder is not None:
            return self._read(self._ask(rows, self._folder if folder is None else folder))
        return self._read(answered_once(self._beside, rows, lambda: self._ask(rows, self._folder)))

    def decoded(self, rows: pa.RecordBatch, *, sized: bool = False) -> pa.RecordBatch:
        """See `Model.decoded`."""
        self._asker.beside = self._folder
        return self._asker.decoded(rows.select(list(self.columns)), sized=sized)

    def _ask(self, rows: pa.RecordBatch, folder: Path) -> Raw:
        self._asker.beside = folder
        self._asker.prepare(self._reading.outputs)
        return self._asker.answer(rows)

    def _read(self, raw: Raw) -> Predictions:
        return told(raw, self._reading, *predictions(raw, self._reading, self._coder))

    def _none(self) -> Predictions:
        if self.facts.task == "regression":
            return Predictions(values=np.empty(0))
        shape = (0, len(self.facts.classes))
        scores = None if self._reading.scores is None else np.empty(shape)
        return Predictions(scores=scores, labels=np.empty(0, dtype=np.int64))

    def _rows(self, inputs: Any) -> pa.RecordBatch:
        """The inputs as one batch of the model's columns.

        Raises:
            DataError: MG3162, they lack a column, or are no rows.
        """
        if isinstance(inputs, pa.Table):
            inputs = inputs.unify_dictionaries().combine_chunks()
            batches = inputs.to_batches() or [pa.RecordBatch.from_pylist([], schema=inputs.schema)]
            inputs = batches[0]
        if isinstance(inputs, pa.RecordBatch):
            absent = [name for name in self.columns if name not in inputs.schema.names]
            if absent:
                raise DataError("MG3162", f"the rows to ask about lack the column {listed(absent)}")
            return inputs.select(list(self.columns))
        only = self.schema.field(0)
        if not isinstance(inputs, Sequence) or len(self.columns) != 1 or not is_text(only.type):
            raise DataError(
                "MG3162",
                f"the model takes rows of {listed(list(self.columns))}, not a list of texts",
            )
        texts = pa.array(list(inputs), pa.large_string())
        return pa.RecordBatch.from_arrays([texts], names=[only.name])


class LiveChampion(LiveModel):
    """The champion, asked likewise; its answers are told in the candidate's classes."""

    def __init__(
        self,
        asker: Asker,
        reading: Reading,
        schema: pa.Schema,
        candidate: Reading,
        folder: Path = Path(),
        *,
        beside: Beside | None = None,
    ) -> None:
        """Take a bound champion.

        Args:
            asker: the model, bound to columns of this schema.
            reading: how its outputs are read.
            schema: of the data it is bound to.
            candidate: how the candidate's are.
            folder: of that data.
            beside: where its answers are remembered; None where they are not.
        """
        super().__init__(asker, reading, schema, folder, beside=beside)
        self.facts = candidate.facts
        self._rival = Rival(reading, candidate)

    def _read(self, raw: Raw) -> Predictions:
        rows = len(next(iter(raw.values())))
        answer, scores, _ = self._rival.answers(raw, np.ones(rows, dtype=np.bool_))
        if self.facts.task == "regression":
            return Predictions(values=answer)
        return Predictions(scores=scores, labels=answer)
