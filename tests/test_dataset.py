"""Blocks are the same rows together, however the rows arrive."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelgate.dataset import BLOCK_ROWS, Dataset
from modelgate.sources.joined import joined

ROWS = 3 * BLOCK_ROWS + 5
TABLE = pa.table(
    {"row": range(ROWS), "word": pa.array([f"w{i % 7}" for i in range(ROWS)]).dictionary_encode()}
)


class Cut(Dataset):
    """The first rows of a table, cut at the places given."""

    def __init__(self, rows: int, places: Sequence[int]) -> None:
        self.name = "cut"
        self.schema = TABLE.schema
        self.rows = rows
        self.places = places

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        table = TABLE.select(columns or TABLE.column_names).combine_chunks()
        whole = table.slice(0, self.rows).to_batches()[0] if self.rows else None
        edges = [0, *sorted(place for place in self.places if place <= self.rows), self.rows]
        for start, end in pairwise(edges):
            if whole is not None:
                yield whole.slice(start, end - start)

    @property
    def digest(self) -> str:
        return "sha256:0"

    @property
    def bytes(self) -> int:
        return 0


@settings(deadline=None)
@given(rows=st.integers(0, ROWS), places=st.lists(st.integers(0, ROWS), max_size=12))
def test_any_cut_gives_the_same_blocks(rows: int, places: list[int]) -> None:
    blocks = list(Cut(rows, places).blocks())
    assert [len(block) for block in blocks] == [
        min(BLOCK_ROWS, rows - start) for start in range(0, rows, BLOCK_ROWS)
    ]
    together = [row for block in blocks for row in block["row"].to_pylist()]
    assert together == list(range(rows))


@pytest.mark.parametrize("size", [1, BLOCK_ROWS - 1, BLOCK_ROWS, BLOCK_ROWS + 1, ROWS])
def test_batches_of_one_size(size: int) -> None:
    blocks = list(Cut(ROWS, range(size, ROWS, size) if size > 1 else range(50)).blocks(["word"]))
    words = [word for block in blocks for word in block["word"].to_pylist()]
    assert words == TABLE["word"].to_pylist()
    assert [len(block) for block in blocks] == [BLOCK_ROWS] * 3 + [5]


def test_categories_that_differ_from_batch_to_batch_become_one() -> None:
    parts = [_Words(["a", "b"]), _Words(["c", "a"])]
    (block,) = joined("words", parts).blocks()
    assert block["word"].to_pylist() == ["a", "b", "c", "a"]


class _Words(Cut):
    def __init__(self, words: list[str]) -> None:
        super().__init__(0, [])
        self._batch = pa.record_batch({"word": pa.array(words).dictionary_encode()})
        self.schema = self._batch.schema

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:  # noqa: ARG002
        yield self._batch
