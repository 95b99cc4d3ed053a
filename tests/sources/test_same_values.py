"""The same rows say the same, in whatever they are kept."""

import gzip
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from modelgate.dataset import Dataset
from modelgate.sources import open_dataset

ROWS = 20_000
RNG = np.random.default_rng(7)
AGE = RNG.integers(0, 99, ROWS)
INCOME = np.where(RNG.random(ROWS) < 0.1, np.nan, RNG.normal(size=ROWS).round(6))
CITY = np.array(["Oslo", "Köln", "New\nYork", 'the "Hague"', "\u202eRome"])[
    RNG.integers(0, 5, ROWS)
]
LOYAL = RNG.random(ROWS) < 0.5


def table() -> pa.Table:
    missing = np.isnan(INCOME)
    return pa.table(
        {"age": AGE, "income": pa.array(INCOME, mask=missing), "city": CITY, "loyal": LOYAL}
    )


def frame() -> pd.DataFrame:
    return pd.DataFrame({"age": AGE, "income": INCOME, "city": CITY, "loyal": LOYAL})


def arrays() -> dict[str, Any]:
    return {"age": AGE, "income": INCOME, "city": CITY, "loyal": LOYAL}


def as_csv(path: Path) -> Path:
    frame().to_csv(path, index=False, sep="\t" if "tsv" in path.name else ",")
    return path


def as_parquet(path: Path, **options: Any) -> Path:
    pyarrow.parquet.write_table(table(), path, **options)
    return path


def as_json(path: Path) -> Path:
    lines = "".join(json.dumps(row) + "\n" for row in table().to_pylist())
    path.write_bytes(gzip.compress(lines.encode()) if path.suffix == ".gz" else lines.encode())
    return path


def as_stream(path: Path) -> Path:
    with pa.ipc.new_stream(str(path), table().schema) as stream:
        stream.write_table(table(), max_chunksize=777)
    return path


def as_feather(path: Path, kept: pa.Table | None = None) -> Path:
    pyarrow.feather.write_feather(table() if kept is None else kept, str(path))
    return path


def as_npz(path: Path) -> Path:
    np.savez_compressed(path, **arrays())
    return path


def categories() -> pa.Table:
    return table().set_column(2, "city", table()["city"].dictionary_encode())


class Stream:
    """What polars, duckdb and others are to Arrow: something with a C stream."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return table().__arrow_c_stream__(requested_schema)


KEPT: dict[str, Callable[[Path], Any]] = {
    "csv": lambda folder: as_csv(folder / "a.csv"),
    "csv-gzip": lambda folder: as_csv(folder / "a.csv.gz"),
    "tsv": lambda folder: as_csv(folder / "a.tsv"),
    "parquet": lambda folder: as_parquet(folder / "a.parquet"),
    "parquet-small-groups": lambda folder: as_parquet(folder / "a.parquet", row_group_size=999),
    "parquet-plain-zstd": lambda folder: as_parquet(
        folder / "a.parquet", use_dictionary=False, compression="zstd", data_page_version="2.0"
    ),
    "feather": lambda folder: as_feather(folder / "a.feather"),
    "feather-categories": lambda folder: as_feather(folder / "a.feather", categories()),
    "arrow-stream": lambda folder: as_stream(folder / "a.arrows"),
    "json-lines": lambda folder: as_json(folder / "a.jsonl"),
    "json-lines-gzip": lambda folder: as_json(folder / "a.jsonl.gz"),
    "npz": lambda folder: as_npz(folder / "a.npz"),
    "table": lambda _: table(),
    "record-batch": lambda _: table().combine_chunks().to_batches()[0],
    "record-batch-reader": lambda _: table().to_reader(),
    "arrow-stream-interface": lambda _: Stream(),
    "data-frame": lambda _: frame(),
    "data-frame-categories": lambda _: frame().astype({"city": "category"}),
    "arrays": lambda _: arrays(),
}


def values(dataset: Dataset, column: str) -> list[Any]:
    found = [value for block in dataset.blocks([column]) for value in block[0].to_pylist()]
    return [None if isinstance(one, float) and math.isnan(one) else one for one in found]


@pytest.fixture(params=KEPT)
def dataset(request: pytest.FixtureRequest, tmp_path: Path) -> Dataset:
    return open_dataset(KEPT[request.param](tmp_path))


def test_the_same_rows(dataset: Dataset) -> None:
    assert dataset.schema.names == ["age", "income", "city", "loyal"]
    for column in dataset.schema.names:
        assert values(dataset, column) == table()[column].to_pylist()


def test_columns_come_in_the_order_asked(dataset: Dataset) -> None:
    for block in dataset.blocks(["loyal", "age"]):
        assert block.schema.names == ["loyal", "age"]


def test_every_batch_has_the_types_of_the_schema(dataset: Dataset) -> None:
    assert all(batch.schema == dataset.schema for batch in dataset.batches())


def test_the_digest_is_the_same_before_and_after_a_pass(dataset: Dataset) -> None:
    before = dataset.digest
    assert before.startswith("sha256:")
    assert sum(len(batch) for batch in dataset.batches()) == ROWS
    assert dataset.digest == before
    assert dataset.bytes > 0


def test_rows_in_memory_have_one_digest_however_they_lie_there() -> None:
    chunked = pa.concat_tables([table().slice(0, 12_345), table().slice(12_345)])
    kinds = [table(), chunked, categories(), frame(), frame().astype({"city": "category"})]
    assert len({open_dataset(kind).digest for kind in kinds}) == 1
    assert open_dataset(table().slice(1)).digest != open_dataset(table()).digest


def test_what_lies_under_a_missing_value_is_not_in_the_digest() -> None:
    one = pa.array([1.0, 2.0], mask=np.array([False, True]))
    other = pa.array([1.0, 3.0], mask=np.array([False, True]))
    assert open_dataset(pa.table({"x": one})).digest == open_dataset(pa.table({"x": other})).digest
