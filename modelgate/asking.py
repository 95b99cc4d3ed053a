"""Whoever answers: a worker with an ONNX file, a Python callable, or columns of the data.

All three are asked in the same way: bound to columns, asked about the first rows to see what their
outputs are, then given block after block.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import is_text, numbers
from modelgate.binding import Feed
from modelgate.binding.inputs import bind_inputs
from modelgate.encoding import feeds, fill, strings
from modelgate.errors import DataError, ModelCrashedError, ModelError
from modelgate.model import Artifact, Signature
from modelgate.stand_in import stand_in
from modelgate.suite import ModelPart
from modelgate.worker import Worker

Raw = Mapping[str, NDArray[Any]]


class Asker(ABC):
    """One model, asked.

    Attributes:
        artifact: what it is.
        answers_again: whether it can be asked about the same rows twice.
    """

    artifact: Artifact
    answers_again: bool = True

    @abstractmethod
    def bind(self, schema: pa.Schema, apart: Sequence[str | None], told: ModelPart) -> list[str]:
        """Match columns with inputs; says what was taken for what."""

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...] | None:
        """The columns it reads; None for all."""

    @abstractmethod
    def look(self, rows: pa.RecordBatch | None) -> Raw:
        """All outputs for the first rows, which are kept for `again`.

        Args:
            rows: at most `PROBED`; None to make inputs up from the signature.
        """

    @abstractmethod
    def again(self, rows: int, *, batch: int | None = None) -> Raw:
        """All outputs for the first `rows` of the rows looked at, `batch` rows a call."""

    def prepare(self, outputs: Sequence[str]) -> None:
        """Say which outputs the blocks to come are to be answered with."""
        self._outputs = tuple(outputs)

    @property
    def ahead(self) -> int:
        """Blocks that may be submitted before the first is collected."""
        return 1

    @abstractmethod
    def submit(self, block: pa.RecordBatch) -> None:
        """Give it a block."""

    @abstractmethod
    def collect(self) -> Raw:
        """The outputs of the oldest block that was submitted."""


PROBED = 64
"""Rows that are asked about more than once, at most."""
MADE_UP = 16
"""Rows made up from the signature where there is no data."""


class WorkerAsker(Asker):
    """An ONNX file in its isolated process."""

    def __init__(self, worker: Worker, threads: int) -> None:
        self._worker = worker
        self._threads = threads
        self.artifact = worker.opened()
        self._feeds: tuple[Feed, ...] = ()
        self._first: Raw = {}
        self._rows = 0
        self._parts: deque[int] = deque()

    def bind(self, schema: pa.Schema, apart: Sequence[str | None], told: ModelPart) -> list[str]:
        """See `Asker.bind`."""
        self._feeds, notes = bind_inputs(
            self.artifact.signature, schema, apart=apart, named=told.inputs, where=told.where
        )
        return notes

    @property
    def _constant(self) -> frozenset[str]:
        """Inputs that are given whole with every call, however many rows it has."""
        batched = self.artifact.signature.batched
        if not batched:
            return frozenset()
        return frozenset(one.name for one in self.artifact.signature.inputs) - set(batched)

    @property
    def columns(self) -> tuple[str, ...] | None:
        """See `Asker.columns`."""
        return tuple(dict.fromkeys(name for feed in self._feeds for name in feed.columns))

    def look(self, rows: pa.RecordBatch | None) -> Raw:
        """See `Asker.look`."""
        if rows is None:
            self._first = stand_in(self.artifact.signature, MADE_UP)
            try:
                return self.again(MADE_UP)
            except ModelCrashedError as error:
                raise ModelCrashedError(
                    error.code,
                    error.message,
                    where=error.where,
                    hint=error.hint or "these inputs were made up; give real rows: --data FILE",
                ) from error
        self._first = feeds(self._feeds, rows)
        return self.again(len(rows))

    def again(self, rows: int, *, batch: int | None = None) -> Raw:
        """See `Asker.again`."""
        whole = self._constant
        some = {n: v if n in whole else v[:rows] for n, v in self._first.items()}
        return self._worker.ask(some, rows, batch=batch)

    def prepare(self, outputs: Sequence[str]) -> None:
        """See `Asker.prepare`."""
        shapes = {feed.tensor: feed.row_shape for feed in self._feeds if feed.type != "string"}
        self._rows = self._worker.plan(shapes, outputs)

    @property
    def ahead(self) -> int:
        """One block being answered by each thread, and one being made ready."""
        return self._threads + 1

    def submit(self, block: pa.RecordBatch) -> None:
        """See `Asker.submit`. A block of wide rows goes in several calls."""
        parts = range(0, len(block), self._rows)
        self._parts.append(len(parts))
        for start in parts:
            part = block.slice(start, self._rows)
            slot = self._worker.slot()
            for feed in self._feeds:
                if feed.type != "string":
                    fill(feed, part, slot.inputs[feed.tensor][: len(part)])
            texts = {f.tensor: strings(f, part) for f in self._feeds if f.type == "string"}
            self._worker.submit(slot, len(part), texts or None)

    def collect(self) -> Raw:
        """See `Asker.collect`."""
        parts = [self._worker.collect() for _ in range(self._parts.popleft())]
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class _Immediate(Asker):
    """One that answers at once, in this process."""

    def __init__(self) -> None:
        self._outputs: tuple[str, ...] = ()
        self._first: pa.RecordBatch | None = None
        self._waiting: deque[Raw] = deque()

    @abstractmethod
    def _answer(self, rows: pa.RecordBatch, *, batch: int | None = None) -> Raw:
        """All outputs for these rows."""

    def look(self, rows: pa.RecordBatch | None) -> Raw:
        """See `Asker.look`."""
        if rows is None:
            raise ModelError(
                "MG3146", f"{self.artifact.name!r} can only be asked about data; give some"
            )
        self._first = rows
        return self._answer(rows)

    def again(self, rows: int, *, batch: int | None = None) -> Raw:
        """See `Asker.again`."""
        assert self._first is not None
        return self._answer(self._first.slice(0, rows), batch=batch)

    def submit(self, block: pa.RecordBatch) -> None:
        """See `Asker.submit`."""
        raw = self._answer(block)
        self._waiting.append({name: raw[name] for name in self._outputs})

    def collect(self) -> Raw:
        """See `Asker.collect`."""
        return self._waiting.popleft()


class CallableAsker(_Immediate):
    """A Python callable: DataFrame of the features -> (n,) or (n, classes). API only."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        super().__init__()
        self._function = function
        self._features: tuple[str, ...] = ()
        name = getattr(function, "__name__", type(function).__name__)
        self.artifact = Artifact(
            name=name,
            path=name,
            format="callable",
            digest=None,
            bytes=0,
            signature=Signature((), ()),
        )

    def bind(self, schema: pa.Schema, apart: Sequence[str | None], told: ModelPart) -> list[str]:
        """See `Asker.bind`. It takes every column that is not set apart, or those it is told."""
        named = tuple(name for columns in told.inputs.values() for name in columns)
        self._features = named or tuple(name for name in schema.names if name not in set(apart))
        return [f"the callable takes a DataFrame of {len(self._features)} columns"]

    @property
    def columns(self) -> tuple[str, ...] | None:
        """See `Asker.columns`."""
        return self._features

    def _answer(self, rows: pa.RecordBatch, *, batch: int | None = None) -> Raw:
        frame = pa.Table.from_batches([rows.select(list(self._features))]).to_pandas()
        step = batch or len(frame)
        parts = [
            self._call(frame.iloc[start : start + step]) for start in range(0, len(frame), step)
        ]
        return {"answer": np.concatenate(parts)}

    def _call(self, frame: Any) -> NDArray[Any]:
        try:
            answer = np.asarray(self._function(frame))
        except Exception as error:
            raise ModelCrashedError(
                "MG4020",
                f"the callable {self.artifact.name!r} raised {type(error).__name__}: {error}",
            ) from error
        if answer.ndim == 0 or len(answer) != len(frame):
            got = answer.shape[0] if answer.ndim else "one value"
            raise ModelCrashedError(
                "MG4021",
                f"the callable {self.artifact.name!r} answered {len(frame)} rows with {got}",
            )
        return answer


class ColumnsAsker(_Immediate):
    """Predictions made beforehand: columns of the data itself."""

    answers_again = False

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = tuple(names)
        self.artifact = Artifact(
            name=", ".join(names),
            path="columns:" + ",".join(names),
            format="columns",
            digest=None,
            bytes=0,
            signature=Signature((), ()),  # a column promises nothing
        )

    def bind(self, schema: pa.Schema, apart: Sequence[str | None], told: ModelPart) -> list[str]:
        """See `Asker.bind`."""
        for name in self._names:
            if name not in schema.names:
                raise DataError(
                    "MG3142",
                    f"the data has no column {name!r} to take predictions from; its columns are"
                    f" {', '.join(schema.names[:12])}",
                )
        if set(self._names) & set(apart):
            raise ModelError("MG3143", "the target cannot be the prediction as well")
        del told
        return [f"predictions: column{'s' * (len(self._names) > 1)} {', '.join(self._names)}"]

    @property
    def columns(self) -> tuple[str, ...] | None:
        """See `Asker.columns`."""
        return self._names

    def _answer(self, rows: pa.RecordBatch, *, batch: int | None = None) -> Raw:
        """A missing prediction is NaN, or a label of no class."""
        del batch
        columns = [rows.column(name) for name in self._names]
        if any(is_text(column.type) for column in columns):
            if len(columns) > 1:
                raise DataError(
                    "MG3144",
                    "predictions are one column of labels, or columns of numbers: one score a class"
                    " or, with two classes, one score",
                    hint="name the columns of one kind: columns:NAME for labels,"
                    " columns:NAME[,NAME...] for scores",
                )
            return {self.artifact.name: np.array(columns[0].to_pylist(), dtype=object)}
        return {self.artifact.name: _matrix(columns)}


def _matrix(columns: Sequence[pa.Array]) -> NDArray[Any]:
    made = []
    for column in columns:
        values, absent = numbers(column)
        if absent is not None:
            values = values.astype(np.float64)
            values[absent] = np.nan
        made.append(values)
    return made[0] if len(made) == 1 else np.stack(made, axis=1).astype(np.float64)
