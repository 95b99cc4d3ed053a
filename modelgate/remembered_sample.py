"""The rows that were drawn for checks before, so that no column is read again for them."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from pyarrow import ipc

from modelgate.arrays import numbers
from modelgate.cells import index_of
from modelgate.provided import Sample
from modelgate.remembered_beside import Beside
from modelgate.sampling import Redrawing, Sampling

KIND = "sample"
POSITION = "\0position"
"""The column of positions; no data set has one of this name."""


class Drawing:
    """Draws a sample of rows, or takes the one that was drawn before.

    Attributes:
        sampling: what sees the blocks.
    """

    def __init__(
        self,
        beside: Beside,
        columns: Sequence[str],
        *,
        seed: int,
        group: str | None,
        rows: int,
        told: tuple[object, ...],
    ) -> None:
        """Look for what was drawn before.

        Args:
            beside: where it is remembered.
            columns: those that are kept.
            seed: of the draws.
            group: see `Sampling`.
            rows: of the sample, at most.
            told: what else decides about which rows can be judged, model and data apart.
        """
        self._beside = beside
        self._told = (tuple(columns), seed, group, rows, *told)
        content = beside.read(KIND, self._told)
        known = None if content is None else _read(content, seed)
        self._known = known is not None
        self.sampling = known or Sampling(columns, seed=seed, group=group, rows=rows)

    def settled(self, task: str) -> Sample | None:
        """The sample, which is kept for the next time."""
        sample = self.sampling.sample(task)
        if sample is not None and not self._known and self._beside.stands:
            self._beside.write(KIND, self._told, _written(sample))
        return sample


def _written(sample: Sample) -> bytes:
    schema = sample.rows.schema.append(pa.field(POSITION, pa.int64()))
    arrays = [*sample.rows.columns, index_of(sample.positions)]
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, schema) as stream:
        stream.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _read(content: bytes, seed: int) -> Redrawing | None:
    """What was written; None where it was something else."""
    try:
        (batch,) = ipc.open_stream(content)
        places, _ = numbers(batch.column(POSITION))
    except (pa.ArrowInvalid, KeyError, ValueError):
        return None
    rows = batch.select([name for name in batch.schema.names if name != POSITION])
    return Redrawing(rows, places, seed=seed)
