"""Models smaller than what they test: a function of the columns, asked in this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from modelgate.aggregates import Facts
from modelgate.model import Artifact, Signature, Tensor
from modelgate.predictions import Predictions
from modelgate.provided import Sample

Columns = Mapping[str, Any]


class Function:
    """A model that is a function of its columns: of values, or of the second class's score.

    Attributes:
        sizes: rows of each call.
    """

    def __init__(
        self,
        answer: Callable[[Columns], Any],
        rows: pa.RecordBatch,
        *,
        values: bool = True,
        type_: str = "float32",
    ) -> None:
        signature = Signature((Tensor("x", type_, ("n", 1)),), (), batched=("x",))
        self.artifact = Artifact("toy", "toy", "callable", None, 0, signature)
        self.facts = Facts("regression") if values else Facts("classification", ("no", "yes"), 1)
        self.schema = rows.schema
        self.columns = tuple(rows.schema.names)
        self.sizes: list[int] = []
        self._answer = answer
        self._values = values

    def predict(self, inputs: Any, *, folder: Path | None = None) -> Predictions:
        """See `Model.predict`."""
        del folder
        self.sizes.append(len(inputs))
        columns = {name: _plain(inputs.column(name)) for name in self.columns}
        with np.errstate(all="ignore"):
            found = np.asarray(self._answer(columns), dtype=np.float64)
        if self._values:
            return Predictions(values=found)
        scores = found if found.ndim == 2 else np.stack([1 - found, found], axis=1)
        return Predictions(scores=scores, labels=scores.argmax(axis=1))

    def decoded(self, rows: pa.RecordBatch, *, sized: bool = False) -> pa.RecordBatch:
        """See `Model.decoded`."""
        del sized
        return rows

    def sample(self, rows: pa.RecordBatch, seed: int = 0) -> Sample:
        """The rows as a check is given them."""
        answers = self.predict(rows)
        self.sizes.clear()
        return Sample(
            rows=rows,
            answers=answers,
            champion=None,
            truth=np.zeros(len(rows)),
            positions=np.arange(len(rows)),
            seed=seed,
        )


def _plain(column: Any) -> Any:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        return column.to_numpy(zero_copy_only=False)
    return column.to_pylist()


def drawn(seed: int = 0, rows: int = 200) -> dict[str, NDArray[Any]]:
    dice = np.random.default_rng(seed)
    return {
        "age": dice.integers(18, 90, rows),
        "income": dice.lognormal(10, 1, rows).round(2),
        "share": dice.random(rows),
    }


@pytest.fixture
def people() -> pa.RecordBatch:
    """Two hundred rows: age in years, income above 0, a share, a country."""
    columns: dict[str, Any] = dict(drawn())
    columns["country"] = pa.array(["DE", "FR", "BR", "IN"] * 50)
    return pa.RecordBatch.from_pydict(columns)
