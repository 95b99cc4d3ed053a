"""What is judged is what is hashed: one descriptor, and nobody may write meanwhile."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from modelgate.errors import DataError
from modelgate.sources import open_dataset

TABLE = pa.table({"age": range(100_000)})


def kept(folder: Path, kind: str) -> Path:
    path = folder / f"a.{kind}"
    if kind == "parquet":
        pyarrow.parquet.write_table(TABLE, path)
    elif kind == "feather":
        pyarrow.feather.write_feather(TABLE, str(path), compression="uncompressed")
    elif kind == "jsonl":
        path.write_text("".join(f'{{"age":{age}}}\n' for age in range(100_000)))
    else:
        path.write_text("age\n" + "".join(f"{age}\n" for age in range(100_000)))
    return path


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"1\n")


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def rewrite(path: Path) -> None:
    with path.open("r+b") as file:
        first = file.read(1)
        file.seek(0)
        file.write(first)


@pytest.fixture(params=["csv", "parquet", "feather", "jsonl"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return kept(tmp_path, request.param)


def test_the_digest_is_of_the_file(path: Path) -> None:
    dataset = open_dataset(path)
    assert dataset.digest == f"sha256:{sha256(path.read_bytes()).hexdigest()}"
    assert dataset.bytes == path.stat().st_size


@pytest.mark.parametrize("change", [grow, cut, rewrite])
def test_a_file_that_changes_while_it_is_read_is_refused(
    path: Path, change: Callable[[Path], None]
) -> None:
    dataset = open_dataset(path)
    batches = dataset.batches()
    next(batches)
    change(path)
    with pytest.raises(DataError, match="changed while it was read") as caught:
        list(batches)
    assert (caught.value.code, caught.value.where and caught.value.where.file) == (
        "MG3518",
        str(path),
    )
    with pytest.raises(DataError, match="changed while it was read"):
        list(dataset.batches())


def test_a_digest_of_a_changed_file_is_refused(tmp_path: Path) -> None:
    path = kept(tmp_path, "parquet")
    dataset = open_dataset(path)
    grow(path)
    with pytest.raises(DataError, match="changed while it was read"):
        _ = dataset.digest


def test_another_file_put_in_its_place_is_not_looked_at(path: Path) -> None:
    dataset = open_dataset(path)
    old = f"sha256:{sha256(path.read_bytes()).hexdigest()}"
    other = path.with_name("other")
    other.write_bytes(b"something else")
    # A hard link keeps the number of links, and with it the time of change, as it was.
    path.rename(path.with_name("kept"))
    other.rename(path)
    try:
        rows = sum(len(batch) for batch in dataset.batches())
    except DataError as error:
        assert error.code == "MG3518"  # noqa: PT017 (a rename may count as a change of the file)
    else:
        assert (rows, dataset.digest) == (100_000, old)


def test_descriptors_are_given_back(tmp_path: Path) -> None:
    path = kept(tmp_path, "csv")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        next(open_dataset(path).batches())
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 2
