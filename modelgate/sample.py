"""A seeded sample of a data set, for a quick look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from modelgate.cells import index_of
from modelgate.dataset import Dataset
from modelgate.draws import draws


class Sampled(Dataset):
    """At most so many rows, every row as likely as any other, in the order of the file.

    Each row draws a number from its position and the seed alone, and the smallest stay (a bottom-k
    sample): reading the rows in other batches gives the same sample.
    """

    def __init__(self, data: Dataset, rows: int, seed: int) -> None:
        self._data = data
        self._rows = rows
        self._seed = seed
        self.name = data.name
        self.schema = data.schema
        self.folder = data.folder

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """See `Dataset.batches`; all rows are read before the first is given."""
        kept: pa.Table | None = None
        drawn = np.empty(0, dtype=np.uint64)
        first = 0
        for block in self._data.blocks(columns):
            table = pa.Table.from_batches([block])
            kept = table if kept is None else pa.concat_tables([kept, table])
            drawn = np.concatenate([drawn, draws(first, len(block), self._seed)])
            first += len(block)
            if len(drawn) > self._rows:
                stay = np.sort(np.argpartition(drawn, self._rows)[: self._rows])
                kept, drawn = kept.take(index_of(stay)), drawn[stay]
        if kept is not None:
            yield from kept.unify_dictionaries().combine_chunks().to_batches()

    @property
    def digest(self) -> str:
        """Of all the rows, not of the sample alone."""
        return self._data.digest

    @property
    def bytes(self) -> int:
        """Of all the rows."""
        return self._data.bytes
