"""From a path to files: one, a folder of them, a pattern; or a line that says what is there."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from modelgate.errors import DataError
from modelgate.sources import open_dataset


def ages(folder: Path, where: str) -> list[int | float]:
    dataset = open_dataset(where, base=folder)
    return [age for block in dataset.blocks(["age"]) for age in block[0].to_pylist()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    for number in (2, 10, 1):
        (tmp_path / "data" / f"part{number:02}.csv").write_text(f"age,city\n{number},x\n")
    (tmp_path / "data" / "_SUCCESS").write_text("")
    (tmp_path / "data" / ".hidden.csv").write_text("junk")
    (tmp_path / "data" / "README.md").write_text("junk")
    return tmp_path


@pytest.mark.parametrize("where", ["data", "data/", "data/*.csv", "data/part??.csv"])
def test_several_files_are_one_in_the_order_of_their_names(folder: Path, where: str) -> None:
    assert ages(folder, where) == [1, 2, 10]


def test_a_path_in_full_needs_no_base(folder: Path) -> None:
    assert ages(Path("/"), str(folder / "data" / "*.csv")) == [1, 2, 10]


def test_a_name_with_signs_of_a_pattern_is_a_name(tmp_path: Path) -> None:
    (tmp_path / "a[1].csv").write_text("age\n7\n")
    assert ages(tmp_path, "a[1].csv") == [7]


def test_the_digest_of_several_holds_their_names_and_is_the_same_from_anywhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = {open_dataset("data", base=folder).digest}
    digests.add(open_dataset(str(folder / "data")).digest)
    monkeypatch.chdir(folder / "data")
    digests.add(open_dataset("*.csv").digest)
    assert len(digests) == 1
    (folder / "data" / "part02.csv").rename(folder / "data" / "part03.csv")
    assert open_dataset("*.csv").digest not in digests


def test_types_that_hold_for_all_files_are_found(folder: Path) -> None:
    (folder / "data" / "part11.csv").write_text("city,age\ny,2.5\n")
    dataset = open_dataset("data", base=folder)
    assert dataset.schema.field("age").type == pa.float64()
    assert ages(folder, "data") == [1.0, 2.0, 10.0, 2.5]


def test_files_of_two_formats_are_read_together(folder: Path) -> None:
    table = pa.table({"age": [30, 31], "city": ["x", "x"]})
    pyarrow.parquet.write_table(table, folder / "data" / "part99.parquet")
    assert ages(folder, "data") == [1, 2, 10, 30, 31]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param("age,town\n1,x\n", "no column 'city'", id="another-column"),
        pytest.param("age\n1\n", "no column 'city'", id="one-less"),
        pytest.param("age,city,x\n1,x,2\n", "no column 'x'", id="one-more"),
        pytest.param("age,city\nold,x\n", "'age' holds string here and int64", id="other-type"),
    ],
)
def test_files_that_do_not_fit_together(folder: Path, content: str, says: str) -> None:
    (folder / "data" / "part11.csv").write_text(content)
    with pytest.raises(DataError, match=says) as caught:
        open_dataset("data", base=folder)
    assert (caught.value.code, str(caught.value.where)) == ("MG3519", "data/part11.csv")


@pytest.mark.parametrize(
    ("where", "code", "hint"),
    [
        pytest.param("data/part1.csv", "MG3501", "did you mean 'part", id="nearly"),
        pytest.param("data/zzz", "MG3501", "nothing of a similar name", id="nothing-near"),
        pytest.param("dta/part01.csv", "MG3501", "there is no folder", id="no-folder"),
        pytest.param("data/*.parquet", "MG3501", "patterns are relative to", id="no-match"),
        pytest.param("data/part01.csv/x", "MG3501", "there is no folder", id="inside-a-file"),
        pytest.param("bad\0name.csv", "MG3501", "similar name", id="nul-in-the-name"),
        pytest.param("x" * 5000, "MG3501", "similar name", id="a-name-too-long"),
        pytest.param(".", "MG3502", "data files end with", id="folder-without-data"),
        pytest.param("https://example.org/a.csv", "MG3502", "download it first", id="address"),
        pytest.param("pipe", "MG3502", "write it to a file", id="pipe"),
        pytest.param("/dev/null", "MG3502", "write it to a file", id="device"),
        pytest.param("loop.csv", "MG3501", "similar name|mean", id="a-link-to-itself"),
    ],
)
def test_what_is_no_file(folder: Path, where: str, code: str, hint: str) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "loop.csv").symlink_to("loop.csv")
    with pytest.raises(DataError) as caught:
        open_dataset(where, base=folder)
    assert (caught.value.code, caught.value.exit_code) == (code, 3)
    assert "\0" not in str(caught.value)
    assert caught.value.hint is not None
    assert any(part in caught.value.hint for part in hint.split("|"))


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    for number in range(501):
        (tmp_path / f"{number}.csv").touch()
    with pytest.raises(DataError, match="501 files") as caught:
        open_dataset(tmp_path)
    assert caught.value.code == "MG3502"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(folder: Path) -> None:
    (folder / "data" / "part01.csv").chmod(0)
    with pytest.raises(DataError) as caught:
        open_dataset("data/part01.csv", base=folder)
    assert caught.value.code == "MG3525"
