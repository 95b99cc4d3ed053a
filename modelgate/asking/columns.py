"""Predictions made beforehand, asked as a model is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from modelgate.arrays import is_number, is_text, numbers
from modelgate.asking import Immediate, Raw
from modelgate.binding import listed
from modelgate.errors import DataError, ModelError
from modelgate.model import Artifact, Signature
from modelgate.suite import ModelPart


class ColumnsAsker(Immediate):
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
                    f" {listed(schema.names, 12)}",
                )
            kind = schema.field(name).type
            if not (is_text(kind) or is_number(kind)):
                raise DataError(
                    "MG3150", f"column {name!r} holds {kind}; predictions are labels or numbers"
                )
        if set(self._names) & set(apart):
            raise ModelError("MG3143", "the target cannot be the prediction as well")
        del told
        return [f"predictions: column{'s' * (len(self._names) > 1)} {', '.join(self._names)}"]

    @property
    def columns(self) -> tuple[str, ...] | None:
        """See `Asker.columns`."""
        return self._names

    def look(self, rows: pa.RecordBatch | None) -> Raw:
        """See `Asker.look`. Rows without a prediction show nothing of what the others are."""
        if rows is not None:
            for name in self._names:
                rows = rows.filter(pc.is_valid(rows.column(name)))
        return super().look(rows)

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
