"""What CSV and its kin are taken for."""

import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from modelgate.errors import DataError, UsageError
from modelgate.sources import csv, open_dataset
from modelgate.sources.csv import CsvReading


def rows(folder: Path, content: bytes, name: str = "a.csv", **told: Any) -> list[dict[str, Any]]:
    (folder / name).write_bytes(content)
    dataset = open_dataset(name, base=folder, **told)
    return [row for batch in dataset.batches() for row in batch.to_pylist()]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        pytest.param(["1", "-2"], [1, -2], id="whole-numbers"),
        pytest.param(["1", " 2 "], [1, 2], id="blanks-around-a-number"),
        pytest.param(["1", "2.5"], [1.0, 2.5], id="one-is-not-whole"),
        pytest.param(["1", "99999999999999999999"], [1.0, 1e20], id="too-large-for-64-bits"),
        pytest.param(["1e3", "inf"], [1000.0, float("inf")], id="infinite"),
        pytest.param(["-inf", "1"], [float("-inf"), 1.0], id="minus-infinite"),
        pytest.param(["True", "false"], [True, False], id="truth"),
        pytest.param(["0", "1"], [0, 1], id="noughts-and-ones-are-numbers"),
        pytest.param(["True", "1"], ["True", "1"], id="truth-and-numbers-are-text"),
        pytest.param(["1", "abc"], ["1", "abc"], id="mixed-is-text"),
        pytest.param(["2012-01-01", "x"], ["2012-01-01", "x"], id="text"),
        pytest.param(["2012-01-01", "2013-01-01"], ["2012-01-01", "2013-01-01"], id="dates-stay"),
        pytest.param(["1,5", "2,5"], ["1,5", "2,5"], id="decimal-commas-stay"),
        pytest.param(["\u202eabc", "\u2028"], ["\u202eabc", "\u2028"], id="bidi-text-in-cells"),
        pytest.param(['say ""hi""', "a\nb"], ['say "hi"', "a\nb"], id="quotes-and-newlines"),
    ],
)
def test_a_column_gets_the_type_that_all_its_cells_have(
    tmp_path: Path, cells: list[str], values: list[object]
) -> None:
    text = "n;x\n" + "".join(f'{i};"{cell}"\n' for i, cell in enumerate(cells))
    if not any(mark in "".join(cells) for mark in '\n"'):
        text = text.replace('"', "")
    assert [row["x"] for row in rows(tmp_path, text.encode())] == values


@pytest.mark.parametrize("marker", ["", " ", "NA", "N/A", "n/a", "NaN", "nan", "null", "None", "?"])
def test_markers_are_missing_in_columns_of_numbers_only(tmp_path: Path, marker: str) -> None:
    found = rows(tmp_path, f"number,truth,text\n1,true,x\n{marker},{marker},{marker}\n".encode())
    assert found[1] == {"number": None, "truth": None, "text": marker or None}


def test_a_column_without_a_value_counts_as_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,NaN\n2,\n")
    dataset = open_dataset(tmp_path / "a.csv")
    assert dataset.schema.field("b").type == pa.float64()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_ends_of_lines(tmp_path: Path, end: str) -> None:
    content = end.join(["", "a,b", "1,x", "", "2,y", ""]).encode()
    assert rows(tmp_path, content) == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    content = f"a{delimiter}b\n1{delimiter}x\n".encode()
    assert rows(tmp_path, content) == [{"a": 1, "b": "x"}]


def test_a_delimiter_that_was_told_wins(tmp_path: Path) -> None:
    assert rows(tmp_path, b"a:b,c\n1:2,3\n", delimiter=":") == [{"a": 1, "b,c": "2,3"}]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        pytest.param("utf-8", None, id="utf-8"),
        pytest.param("utf-8-sig", None, id="utf-8-with-a-mark"),
        pytest.param("utf-16", None, id="utf-16-with-a-mark"),
        pytest.param("utf-16-be", "utf-16-be", id="utf-16-told"),
        pytest.param("latin-1", None, id="latin-1"),
        pytest.param("cp1252", None, id="the-code-page-of-windows"),
        pytest.param("cp1251", "cp1251", id="told"),
    ],
)
def test_the_encoding_is_found_or_told(tmp_path: Path, encoding: str, told: str | None) -> None:
    word = {"cp1251": "Москва", "cp1252": "50 €"}.get(encoding, "Köln")
    content = f"a,b\n1,{word}\n".encode(encoding)
    assert rows(tmp_path, content, encoding=told) == [{"a": 1, "b": word}]


def test_a_character_may_be_cut_by_the_pieces_of_the_file(tmp_path: Path) -> None:
    content = "a,b\n" + "".join(f"{i},{'é' * (i % 7)}x\n" for i in range(400_000))
    assert len(content.encode()) > 3 << 20
    found = rows(tmp_path, content.encode())
    assert found[399_999] == {"a": 399_999, "b": "é" * (399_999 % 7) + "x"}


def test_gzip_of_several_members(tmp_path: Path) -> None:
    content = gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n")
    assert rows(tmp_path, content, "a.csv.gz") == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


def test_a_row_longer_than_a_block_is_read_once(tmp_path: Path) -> None:
    long = "y" * (5 << 20)
    content = "a,b\n" + "1,x\n" * 400_000 + f"2,{long}\n" + "3,z\n" * 10
    found = rows(tmp_path, content.encode())
    assert [row["a"] for row in found] == [1] * 400_000 + [2] + [3] * 10
    assert found[400_000]["b"] == long


def test_quotation_marks_of_a_tab_separated_file_may_be_text(tmp_path: Path) -> None:
    content = b'label\ttext\nham\t"Hi" she said\nspam\twin\n'
    assert rows(tmp_path, content, "a.tsv") == [
        {"label": "ham", "text": '"Hi" she said'},
        {"label": "spam", "text": "win"},
    ]


def test_proper_quotes_of_a_tab_separated_file_are_quotes(tmp_path: Path) -> None:
    content = b'label\ttext\nham\t"a\tb"\n'
    assert rows(tmp_path, content, "a.tsv") == [{"label": "ham", "text": "a\tb"}]


@pytest.mark.parametrize(
    ("columns", "place"),
    [
        pytest.param(None, "a.csv:300003:2", id="all-columns"),
        pytest.param(["word", "age"], "a.csv:300003:2", id="in-another-order"),
    ],
)
def test_a_value_that_does_not_fit_far_down_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: list[str] | None, place: str
) -> None:
    monkeypatch.setattr(csv, "SCAN_BYTES", 1 << 20)
    content = 'word,age\n"x\ny",1\n' + "x,1\n" * 299_999 + "x,abc\n"
    (tmp_path / "a.csv").write_text(content)
    dataset = open_dataset("a.csv", base=tmp_path)
    with pytest.raises(DataError, match="says 'abc' where column 'age' holds whole") as caught:
        list(dataset.batches(columns))
    assert caught.value.code == "MG3512"
    assert str(caught.value.where) == place


def test_what_was_taken_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("a;b\n1;é\n".encode("latin-1"))
    dataset = open_dataset(tmp_path / "a.csv")
    assert isinstance(dataset, CsvReading)
    assert dataset.taken == ("cells divided by semicolon", "text in latin-1")


def test_names_that_count_are_a_header(tmp_path: Path) -> None:
    assert rows(tmp_path, b"0,1\n1.5,2\n") == [{"0": 1.5, "1": 2}]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        pytest.param({"encoding": "utf9"}, "MG2252", id="no-such-encoding"),
        pytest.param({"encoding": "base64"}, "MG2252", id="no-encoding-of-text"),
        pytest.param({"delimiter": ";;"}, "MG2253", id="two-characters"),
        pytest.param({"delimiter": '"'}, "MG2253", id="a-quotation-mark"),
        pytest.param({"delimiter": ""}, "MG2253", id="nothing"),
        pytest.param({"format": "cvs"}, "MG2254", id="no-such-format"),
    ],
)
def test_what_is_told_wrongly_is_a_mistake_of_usage(
    tmp_path: Path, told: dict[str, Any], code: str
) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    with pytest.raises(UsageError) as caught:
        open_dataset(tmp_path / "a.csv", **told)
    assert (caught.value.code, caught.value.exit_code) == (code, 2)


def test_an_index_that_was_written_along_is_left_out(tmp_path: Path) -> None:
    assert rows(tmp_path, b",age,city\n7,31,x\n9,44,y\n") == [
        {"age": 31, "city": "x"},
        {"age": 44, "city": "y"},
    ]
    dataset = open_dataset("a.csv", base=tmp_path)
    assert isinstance(dataset, CsvReading)
    assert "left out" in dataset.taken[-1]
    (tmp_path / "b.csv").write_text(",age\n0,31\n1\n")
    with pytest.raises(DataError, match="the row has 1 cell, the header has 2"):
        list(open_dataset("b.csv", base=tmp_path).batches())


def test_a_line_of_names_may_be_longer_than_what_is_looked_at_first(tmp_path: Path) -> None:
    names = [f"a_long_name_{number}" for number in range(20_000)]  # 340 kB
    content = f"{','.join(names)}\n{','.join('1' for _ in names)}\n".encode()
    (found,) = rows(tmp_path, content)
    assert list(found) == names
