"""Data that no model can be judged on: one line with code and place, whatever is wrong with it."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from modelgate.errors import DataError
from modelgate.sources import open_dataset

TABLE = pa.table({"age": list(range(500)), "city": ["Oslo", "Lima", "Rome", "Bern", "Cairo"] * 100})


def parquet() -> bytes:
    sink = io.BytesIO()
    pyarrow.parquet.write_table(TABLE, sink)
    return sink.getvalue()


def feather() -> bytes:
    sink = io.BytesIO()
    pyarrow.feather.write_feather(TABLE, sink)
    return sink.getvalue()


def stream(rows: int = 500) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, TABLE.schema) as writer:
        writer.write_table(TABLE.slice(0, rows))
    return sink.getvalue()


def npz(compressed: bool = False, **arrays: object) -> bytes:
    sink = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(sink, **arrays)  # type: ignore[arg-type]
    return sink.getvalue()


def archive(**members: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/"), content)
    return sink.getvalue()


def flipped(content: bytes, at: int) -> bytes:
    """The content with eight bytes inverted."""
    return content[:at] + bytes(byte ^ 0xFF for byte in content[at : at + 8]) + content[at + 8 :]


def footer() -> int:
    """Where the metadata of the Parquet file begins, from its end."""
    return -8 - int.from_bytes(parquet()[-8:-4], "little")


def short_array() -> bytes:
    """A zip archive whose array is shorter than its header says."""
    whole = io.BytesIO()
    np.save(whole, np.arange(100))
    return archive(**{"x.npy": whole.getvalue()[:-80]})


UNREADABLE: list[tuple[str, str, bytes | Callable[[], bytes], str, int | None]] = [
    # what it is, the file's name, its content, the code, the line
    ("empty", "a.csv", b"", "MG3506", None),
    ("empty-parquet", "a.parquet", b"", "MG3506", None),
    ("blanks-only", "a.csv", b"\n  \n\n", "MG3506", None),
    ("empty-gzip", "a.csv.gz", gzip.compress(b""), "MG3506", None),
    ("header-only", "a.csv", b"age,city\n", "MG3507", None),
    ("header-without-an-end", "a.csv", b"age,city", "MG3507", None),
    ("parquet-of-no-rows", "a.parquet", lambda: _written(TABLE.slice(0, 0)), "MG3507", None),
    ("stream-of-no-rows", "a.arrows", lambda: stream(rows=0), "MG3507", None),
    ("npz-of-no-rows", "a.npz", lambda: npz(x=np.zeros(0)), "MG3507", None),
    ("json-of-no-rows", "a.jsonl", b"\n\n", "MG3507", None),
    ("duplicate-columns", "a.csv", b"age,city,age\n1,x,2\n", "MG3508", 1),
    ("duplicate-columns-parquet", "a.parquet", lambda: _written(_twice()), "MG3508", None),
    ("index-and-no-name", "a.csv", b",age,\n0,31,1\n1,44,2\n", "MG3509", 1),
    ("delimiter-at-the-end", "a.csv", b"age,city,\n1,x,\n", "MG3509", 1),
    ("no-header-numbers", "a.csv", b"5.1,3.5\n4.9,3.0\n", "MG3510", 1),
    ("no-header-whole-numbers", "a.csv", b"7,3\n4,9\n", "MG3510", 1),
    ("no-header-texts", "a.tsv", b"ham\thello\nspam\twin\nham\tbye\n", "MG3510", 1),
    ("ragged-short", "a.csv", b"a,b,c\n1,2,3\n4,5\n", "MG3511", 3),
    ("ragged-long", "a.csv", b"a,b\n1,2\n3,4\n5,6,7\n", "MG3511", 4),
    ("ragged-after-a-quoted-newline", "a.csv", b'a,b\n1,"x\ny"\n2,3,4\n', "MG3511", 4),
    ("ragged-after-blank-lines", "a.csv", b"a,b\n\n\n1,2\n1\n", "MG3511", 5),
    ("comma-in-a-text-without-quotes", "a.csv", b"text\nbye, all\nhello\n", "MG3511", 2),
    ("quote-never-closed", "a.csv", b'a,b\n1,x\n2,"y\n3,z\n', "MG3527", 3),
    ("quote-closed-two-rows-later", "a.csv", b'a,b\n1,"hello\n2,"world\n3,z\n', "MG3527", 2),
    ("wrong-encoding-late", "a.csv", b"a,b\n" + b"1,x\n" * 70000 + b"1,\xe9\n", "MG3514", 70002),
    ("wrong-encoding-json", "a.jsonl", b'{"a":"x"}\n{"a":"\xe9"}\n', "MG3514", 2),
    ("utf-16-without-a-mark", "a.csv", "a,b\n1,2\n".encode("utf-16-le"), "MG3515", 1),
    ("nul-byte", "a.csv", b"a,b\n1,x\n2,\0\n", "MG3515", 3),
    ("huge-cell", "a.csv", b"a,b\n1,x\n2," + b"y" * (17 << 20) + b"\n", "MG3516", 3),
    ("huge-line-of-json", "a.jsonl", b'{"a":"' + b"y" * (17 << 20) + b'"}\n', "MG3516", 1),
    ("parquet-cut-short", "a.parquet", lambda: parquet()[:-30], "MG3517", None),
    ("parquet-of-its-mark-alone", "a.parquet", b"PAR1", "MG3517", None),
    ("parquet-flipped-footer", "a.parquet", lambda: flipped(parquet(), footer()), "MG3517", None),
    ("parquet-flipped-page", "a.parquet", lambda: flipped(parquet(), 40), "MG3517", None),
    ("parquet-of-text-that-is-none", "a.parquet", lambda: _written(_latin()), "MG3517", None),
    ("arrow-cut-short", "a.arrow", lambda: feather()[:-30], "MG3517", None),
    ("arrow-flipped", "a.feather", lambda: flipped(feather(), -60), "MG3517", None),
    ("stream-cut-short", "a.arrows", lambda: stream()[:-1000], "MG3517", None),
    ("gzip-cut-short", "a.csv.gz", gzip.compress(b"a,b\n1,2\n3,4\n")[:-6], "MG3517", None),
    ("gzip-wrong-sum", "a.csv.gz", lambda: flipped(gzip.compress(b"a\n1\n"), -8), "MG3517", None),
    ("npz-cut-short", "a.npz", lambda: npz(x=np.arange(9))[:-30], "MG3517", None),
    ("npz-flipped", "a.npz", lambda: flipped(npz(x=np.arange(9)), 150), "MG3517", None),
    ("npz-array-shorter-than-told", "a.npz", short_array, "MG3517", None),
    ("json-cut-short", "a.jsonl", b'{"a":1}\n{"a":\n', "MG3521", 2),
    ("json-array", "a.json", b'[{"a":1},\n{"a":2}]', "MG3521", 1),
    ("json-of-a-number", "a.jsonl", b"5\n", "MG3521", 1),
    ("json-two-objects-a-line", "a.jsonl", b'{"a":1} {"a":2}\n', "MG3521", 1),
    ("json-key-twice", "a.jsonl", b'{"a":1}\n{"a":1,"a":2}\n', "MG3521", 2),
    ("json-nested", "a.jsonl", b'{"a":1,"b":{"c":2}}\n', "MG3521", 1),
    ("json-nested-deeply", "a.jsonl", b'{"a":1}\n{"a":' + b"[" * 200_000 + b"\n", "MG3521", 2),
    ("json-no-keys", "a.jsonl", b"{}\n", "MG3521", 1),
    ("json-other-key", "a.jsonl", b'{"age":1}\n\n{"agee":2}\n', "MG3526", 3),
    ("json-text-among-numbers", "a.jsonl", b'{"a":1}\n{"a":"x"}\n', "MG3512", 2),
    ("npz-pickled", "a.npz", lambda: npz(x=np.array([1, "a"], dtype=object)), "MG3522", None),
    ("npz-dates", "a.npz", lambda: npz(x=np.array(["2020-01-01"], "M8[D]")), "MG3522", None),
    ("npz-fields", "a.npz", lambda: npz(x=np.zeros(3, [("é", "i4")])), "MG3522", None),
    ("npz-of-two-lengths", "a.npz", lambda: npz(x=np.zeros(3), y=np.zeros(4)), "MG3522", None),
    ("npz-single-value", "a.npz", lambda: npz(x=np.zeros(3), limit=np.float64(1)), "MG3522", None),
    ("npz-of-nothing", "a.npz", archive, "MG3522", None),
    ("npz-with-a-path", "a.npz", lambda: archive(**{"..__x.npy": b"x"}), "MG3522", None),
    ("npz-with-a-script", "a.npz", lambda: archive(**{"x.py": b"x"}), "MG3522", None),
    ("zip-bomb", "a.npz", lambda: npz(compressed=True, x=np.zeros(1 << 26)), "MG3523", None),
    ("lfs-pointer", "a.parquet", b"version https://git-lfs.github.com/spec/v1\n", "MG3505", None),
    ("excel", "a.csv", lambda: archive(**{"xl__workbook.xml": b"x"}), "MG3504", None),
    ("old-excel", "a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "MG3504", None),
    ("pickle", "a.csv", b"\x80\x04\x95\x10\x00", "MG3504", None),
    ("sqlite", "a.csv", b"SQLite format 3\0", "MG3504", None),
    ("spss", "a.csv", b"$FL2@(#) SPSS DATA FILE", "MG3504", None),
    ("feather-1", "a.feather", b"FEA1" + b"\0" * 20, "MG3504", None),
    ("web-page", "a.csv", b"\n<!DOCTYPE html>\n<html>Sign in</html>", "MG3504", None),
    ("tar", "a.csv", b"x" * 257 + b"ustar\0" + b"\0" * 99, "MG3504", None),
    ("one-array", "a.npz", b"\x93NUMPY\x01\x00", "MG3504", None),
    ("zstd", "a.csv", b"\x28\xb5\x2f\xfd\x00", "MG3504", None),
    ("unknown", "a.weird", b"hello", "MG3503", None),
]


def _written(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink, store_schema=False)
    return sink.getvalue()


def _twice() -> pa.Table:
    return pa.Table.from_arrays([TABLE["age"], TABLE["age"]], names=["age", "age"])


def _latin() -> pa.Table:
    """A text column with a byte that is not UTF-8, as careless writers make it."""
    text = pa.array([b"caf\xe9"] * 9, pa.binary()).view(pa.string())
    return pa.table({"word": text})


@pytest.mark.parametrize(
    ("name", "content", "code", "line"),
    [pytest.param(*case[1:], id=case[0]) for case in UNREADABLE],
)
def test_what_cannot_be_judged(
    tmp_path: Path,
    name: str,
    content: bytes | Callable[[], bytes],
    code: str,
    line: int | None,
) -> None:
    file = tmp_path / name
    file.write_bytes(content() if callable(content) else content)
    with pytest.raises(DataError) as caught:
        for _ in open_dataset(name, base=tmp_path).blocks():
            pass
    error = caught.value
    assert error.code == code
    assert error.exit_code == 3
    assert error.where is not None
    assert (error.where.file, error.where.line) == (name, line)
    assert "\n" not in str(error)
    assert len(str(error)) < 400
    assert error.hint


@pytest.mark.parametrize(
    ("content", "delimiter", "says"),
    [
        pytest.param(b"a;b\n1;2\n", ",", "the semicolon", id="told-a-comma"),
        pytest.param(b"a,b\n1,2\n", "\t", "the comma", id="told-a-tab"),
    ],
)
def test_a_wrong_delimiter_is_named(
    tmp_path: Path, content: bytes, delimiter: str, says: str
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(DataError, match=says) as caught:
        open_dataset("a.csv", base=tmp_path, delimiter=delimiter)
    assert caught.value.code == "MG3513"
    assert str(caught.value.where) == "a.csv:1"


def test_a_wrong_encoding_that_was_told_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("name,n\nmüller,1\nKöln,2\n".encode("latin-1"))
    with pytest.raises(DataError) as caught:
        open_dataset("a.csv", base=tmp_path, encoding="utf-8")
    assert (caught.value.code, str(caught.value.where)) == ("MG3514", "a.csv:2")


def test_a_name_that_would_turn_the_line_round_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "a\u202eb.csv").write_text("x\u202e,x\u202e\n1,2\n")
    with pytest.raises(DataError) as caught:
        open_dataset("a\u202eb.csv", base=tmp_path)
    assert "\u202e" not in str(caught.value)
    assert str(caught.value).count("\\u202e") == 2
