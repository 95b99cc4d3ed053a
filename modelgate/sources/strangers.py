"""Files that people put in place of data by mistake, known by their first bytes."""

from __future__ import annotations

from modelgate.errors import DataError, Where

_TABLE = "save it as CSV or Parquet"

# What a file begins with, what it is, what to do. Formats' own specifications; pickle is "\x80",
# a protocol number 2..5 and a frame or an opcode.
_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"version https://git-lfs.github.com/spec/", "a Git LFS pointer", "run `git lfs pull`"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Office file", _TABLE),
    (b"SQLite format 3\x00", "an SQLite database", "export the table as CSV or Parquet"),
    (b"FEA1", "a Feather file of version 1", "write it again with pyarrow.feather"),
    (b"$FL2", "an SPSS file", _TABLE),
    (b"$FL3", "an SPSS file", _TABLE),
    (b"<stata_dta>", "a Stata file", _TABLE),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", _TABLE),
    (b"ORC", "an ORC file", "save it as Parquet"),
    (b"Obj\x01", "an Avro file", "save it as Parquet"),
    (
        b"\x93NUMPY",
        "a single NumPy array",
        "give its columns names: numpy.savez(file, x=..., y=...)",
    ),
    (b"%PDF-", "a PDF", _TABLE),
    (b"\x89PNG", "a picture", "give the pixels as arrays in an .npz file"),
    (b"\xff\xd8\xff", "a picture", "give the pixels as arrays in an .npz file"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", "unpack it first, or compress by gzip"),
    (b"\xfd7zXZ\x00", "compressed by xz", "unpack it first, or compress by gzip"),
    (b"BZh", "compressed by bzip2", "unpack it first, or compress by gzip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"),
)


def refuse_strangers(head: bytes, name: str) -> None:
    """Say what the file is, where it is surely no data of ours.

    Raises:
        DataError: MG3505 for a Git LFS pointer, MG3504 for everything else.
    """
    for beginning, what, mend in (*_BEGINNINGS, *_odd_ones(head)):
        if head.startswith(beginning):
            code = "MG3505" if "LFS" in what else "MG3504"
            raise DataError(code, f"this is {what}, not data", where=Where(name), hint=mend)


def _odd_ones(head: bytes) -> list[tuple[bytes, str, str]]:
    """What cannot be told by a fixed beginning alone."""
    odd = []
    if head[:1] == b"\x80" and head[1:2] in {b"\x02", b"\x03", b"\x04", b"\x05"}:
        odd.append((b"\x80", "a Python pickle, which could run code", _TABLE))
    start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")):
        odd.append((b"", "a web page or XML", "download the raw file, perhaps after logging in"))
    if head.startswith(b"PK\x03\x04") and (b"xl/" in head or b"[Content_Types]" in head[:64]):
        odd.append((b"PK", "an Excel file", _TABLE))
    if head[257:262] == b"ustar":
        odd.append((b"", "a tar archive", "unpack it first"))
    return odd
