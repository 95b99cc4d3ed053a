"""A Python callable, asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.asking import Immediate, Raw
from modelgate.errors import DataError, ModelCrashedError, did_you_mean
from modelgate.escape import one_line, shown
from modelgate.model import Artifact, Signature
from modelgate.suite import ModelPart

ANSWERS = "biufOU"
"""Kinds of arrays that can hold labels, scores or quantities."""


class CallableAsker(Immediate):
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
        """See `Asker.bind`. It takes those columns that it is told, or all that are not set apart.

        Of further data sets it takes the columns that it took of the first.

        Raises:
            DataError: MG3103, the data lacks one of them.
        """
        named = tuple(name for columns in told.inputs.values() for name in columns)
        every = tuple(name for name in schema.names if name not in set(apart))
        features = named or self._features or every
        absent = [name for name in features if name not in schema.names]
        if absent:
            message = f"the data has no column {shown(absent[0])}, which the callable takes"
            hint = did_you_mean(absent[0], schema.names)
            raise DataError("MG3103", message, hint=hint)
        self._features = features
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
            given = self._function(frame)
            answer = np.asarray(given)
            if answer.dtype.kind == "U":  # of a list numpy would make a NaN the text "nan"
                answer = np.asarray(given, dtype=object)
        except Exception as error:
            raise ModelCrashedError(
                "MG4020",
                f"the callable {self.artifact.name!r} raised {type(error).__name__}:"
                f" {one_line(error)}",
            ) from error
        if answer.ndim == 0 or len(answer) != len(frame):
            got = answer.shape[0] if answer.ndim else "one value"
            raise ModelCrashedError(
                "MG4021",
                f"the callable {self.artifact.name!r} answered {len(frame)} rows with {got}",
            )
        return self._labels(answer)

    def _labels(self, answer: NDArray[Any]) -> NDArray[Any]:
        """The answer, with None for each kind of missing label."""
        if answer.dtype.kind == "S":
            return np.char.decode(answer, "utf-8", "backslashreplace")
        strange = None if answer.dtype.kind in ANSWERS else str(answer.dtype)
        if answer.dtype.kind == "O":
            import pandas as pd

            answer = answer.copy()
            answer[pd.isna(answer)] = None
            strange = next((type(one).__name__ for one in answer.flat if not _plain(one)), None)
        if strange is not None:
            raise ModelCrashedError(
                "MG4024",
                f"the callable {self.artifact.name!r} answered with {strange}, which is neither a"
                " label nor a number",
            )
        return answer


def _plain(one: object) -> bool:
    return one is None or isinstance(one, str | bool | int | float | np.number | np.bool_)
