"""A sample is a function of the rows' positions and the seed alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pytest

from modelgate.dataset import Dataset
from modelgate.sample import Sampled


class Numbers(Dataset):
    """0, 1, 2 ... in batches of any size."""

    name = "numbers"
    schema = pa.schema([("x", pa.int64())])
    digest = "sha256:0"
    bytes = 0

    def __init__(self, rows: int, batch: int) -> None:
        self._rows, self._batch = rows, batch

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        del columns
        for start in range(0, self._rows, self._batch):
            end = min(start + self._batch, self._rows)
            yield pa.RecordBatch.from_pydict({"x": pa.array(np.arange(start, end))})


def drawn(rows: int, wanted: int, seed: int = 0, batch: int = 777) -> list[int]:
    sample = Sampled(Numbers(rows, batch), wanted, seed)
    return [value for block in sample.blocks() for value in block.column("x").to_pylist()]


def test_all_rows_where_there_are_few() -> None:
    assert drawn(100, 2048) == list(range(100))


def test_so_many_rows_in_the_order_of_the_file() -> None:
    found = drawn(50_000, 2048)
    assert len(found) == len(set(found)) == 2048
    assert found == sorted(found)


def test_batches_do_not_matter_and_the_seed_does() -> None:
    assert drawn(30_000, 500, batch=777) == drawn(30_000, 500, batch=9000)
    assert drawn(30_000, 500, seed=1) != drawn(30_000, 500, seed=2)


@pytest.mark.parametrize("seed", [0, 1, 2**63])
def test_every_part_of_the_file_is_as_likely(seed: int) -> None:
    found = np.array(drawn(80_000, 4000, seed))
    tenths = np.bincount(found * 10 // 80_000, minlength=10)
    assert (np.abs(tenths - 400) < 5 * np.sqrt(400)).all()
