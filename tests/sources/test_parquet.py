"""Parquet: categories stay categories, memory stays flat, damaged metadata does not abort."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from modelgate.dataset import BLOCK_ROWS
from modelgate.errors import DataError
from modelgate.sources import open_dataset

TEXTS = pa.dictionary(pa.int32(), pa.string())


def written(path: Path, table: pa.Table, **options: object) -> Path:
    pyarrow.parquet.write_table(table, path, **options)
    return path


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        pytest.param([f"city {i % 300}" for i in range(9000)], TEXTS, id="categories"),
        pytest.param([f"review {i}" for i in range(9000)], pa.string(), id="texts"),
        pytest.param(["a"] * 1200 + [f"r{i}" for i in range(9000)], pa.string(), id="texts-later"),
    ],
)
def test_few_texts_are_read_as_categories(
    tmp_path: Path, words: list[str], kind: pa.DataType
) -> None:
    dataset = open_dataset(written(tmp_path / "a.parquet", pa.table({"word": words})))
    assert dataset.schema.field("word").type == kind
    assert [word for block in dataset.blocks() for word in block[0].to_pylist()] == words


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        pytest.param(pa.array(["x"] * 9, pa.large_string()), TEXTS, id="large-text"),
        pytest.param(pa.array(["x"] * 9, pa.string_view()), TEXTS, id="text-view"),
        pytest.param(pa.array([1] * 9).dictionary_encode(), pa.int64(), id="numbers-as-categories"),
        pytest.param(pa.array([1] * 9, pa.decimal128(9, 2)), pa.float64(), id="decimal"),
        pytest.param(pa.nulls(9), pa.float64(), id="nothing"),
        pytest.param(pa.array([1.5] * 9, pa.float16()), pa.float16(), id="half"),
        pytest.param(pa.array([[1, 2]] * 9, pa.list_(pa.int64(), 2)), None, id="lists-of-two"),
    ],
)
def test_types_are_settled(tmp_path: Path, column: pa.Array, kind: pa.DataType | None) -> None:
    table = pa.table({"x": column})
    for dataset in (
        open_dataset(written(tmp_path / "a.parquet", table)),
        open_dataset(table),
    ):
        found = dataset.schema.field("x").type
        assert found in ({kind, pa.string()} if kind == TEXTS else {kind or column.type})
        (block,) = dataset.blocks()
        assert [None if one is None else one for one in block[0].to_pylist()] == column.to_pylist()


def test_a_row_group_is_never_decoded_whole(tmp_path: Path) -> None:
    rows = 1_000_000
    wide = {f"x{i}": np.random.default_rng(i).normal(size=rows) for i in range(8)}
    path = written(tmp_path / "a.parquet", pa.table(wide), row_group_size=rows)
    del wide
    dataset = open_dataset(path)
    before = pa.total_allocated_bytes()
    most = 0
    for batch in dataset.batches():
        assert len(batch) <= 2 * BLOCK_ROWS
        most = max(most, pa.total_allocated_bytes() - before)
    assert 0 < most < 24 << 20  # the row group is 61 MiB


def test_wide_rows_make_small_batches(tmp_path: Path) -> None:
    pixels = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(5000 * 3072, np.float32)), 3072)
    path = written(tmp_path / "a.parquet", pa.table({"image": pixels}))
    assert max(batch.nbytes for batch in open_dataset(path).batches()) <= 32 << 20


@pytest.mark.parametrize("at", range(12, 400, 7))
def test_damaged_metadata_is_an_error_and_never_the_end_of_the_process(
    tmp_path: Path, at: int
) -> None:
    path = written(tmp_path / "a.parquet", pa.table({"a": ["x", "y"] * 9, "b": range(18)}))
    content = bytearray(path.read_bytes())
    content[-at] ^= 0xFF
    path.write_bytes(content)
    try:
        rows = sum(len(block) for block in open_dataset(path).blocks())
    except DataError as error:
        assert error.exit_code == 3  # noqa: PT017 (most bytes matter, a few do not)
    else:
        assert rows == 18


def test_an_unknown_column_is_told_with_the_nearest(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", pa.table({"age": [1], "income": [2]}))
    with pytest.raises(DataError, match="did you mean 'income'") as caught:
        list(open_dataset(path).batches(["incme"]))
    assert caught.value.code == "MG3520"
