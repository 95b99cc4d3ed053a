"""How a CSV file is laid out: what divides its cells, and what its columns are called."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import Any

from modelgate.errors import DataError, Where
from modelgate.escape import shown
from modelgate.sources.columns import check_names
from modelgate.sources.descriptor import Descriptor
from modelgate.sources.inference import MISSING
from modelgate.sources.reading import no_rows
from modelgate.sources.text import found_encoding, unpacked

DELIMITERS = (",", ";", "\t", "|")
SPOKEN = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
MOST_BYTES = 16 << 20
"""No row may be longer: what is, is mostly a quotation mark that was never closed."""

_HEAD_BYTES = 1 << 18
_SAMPLE_ROWS = 100
_ANY_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_NUMBER = re.compile(r"\s*[+-]?(\d+\.\d*|\.\d+|\d+[eE][+-]?\d+|\d+\.\d*[eE][+-]?\d+)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the text of a CSV file is to be read.

    Attributes:
        encoding: as Python calls it.
        delimiter: one character.
        names: the header, in its order.
        quoted: whether a cell may stand in quotation marks. Not so in a tab-separated file whose
            marks do not fit that: there they are text, as the format's registration has it
            (https://www.iana.org/assignments/media-types/text/tab-separated-values).
    """

    encoding: str
    delimiter: str
    names: tuple[str, ...]
    quoted: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of what is read: all but an index that was written along."""
        return self.names[_indexed(self.names) :]

    @property
    def taken(self) -> tuple[str, ...]:
        """What was taken for what, for people."""
        divides = SPOKEN.get(self.delimiter, shown(self.delimiter))
        marks = () if self.quoted else ("quotation marks belong to the text",)
        index = ("its first column, which has no name, left out",) * _indexed(self.names)
        return (f"cells divided by {divides}", f"text in {self.encoding}", *marks, *index)


def _indexed(header: Sequence[str]) -> bool:
    """Whether the first column, and it alone, has no name: pandas and R write an index so."""
    first, *others = header
    return not first.strip() and bool(others) and all(name.strip() for name in others)


def layout_of(
    descriptor: Descriptor, *, delimiter: str | None = None, encoding: str | None = None
) -> Layout:
    """The layout that the beginning of a file shows.

    Args:
        descriptor: the file.
        delimiter: where it is known.
        encoding: where it is known.

    Raises:
        DataError: MG3506 nothing is in it, or what `check_header` says.
    """
    head, complete = _beginning(descriptor)
    encoding = encoding or found_encoding(head)
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    if not text.strip():
        raise DataError(
            "MG3506",
            "the file holds nothing but blanks",
            where=Where(descriptor.name),
            hint="check how it was made or copied",
        )
    delimiter = delimiter or delimiter_of(text, complete=complete)
    quoted = delimiter != "\t" or _well_quoted(text, complete=complete)
    rows = sample(text, delimiter, complete=complete, quoted=quoted)
    check_header(rows, delimiter, descriptor.name)
    if complete and len(rows) == 1:
        raise no_rows(descriptor.name)
    return Layout(encoding=encoding, delimiter=delimiter, names=tuple(rows[0]), quoted=quoted)


def _beginning(descriptor: Descriptor) -> tuple[bytes, bool]:
    """The first bytes, unpacked, and whether that is all."""
    head = b""
    for piece in unpacked(descriptor):
        head += piece
        if len(head) > MOST_BYTES:
            return head[:MOST_BYTES], False
        if len(head) > _HEAD_BYTES:
            lines = head.split(b"\n", 2)
            if len(lines) > 2:  # the names and one row, however wide they are
                return head[: max(_HEAD_BYTES, len(head) - len(lines[2]) + 1)], False
    return head, True


def _well_quoted(text: str, *, complete: bool) -> bool:
    """Whether every quotation mark that opens a cell of a tab-separated text closes it too."""
    with long_cells():
        try:
            for _ in csv.reader(StringIO(text, newline=""), delimiter="\t", strict=True):
                pass
        except csv.Error as error:
            return not complete and "unexpected end" in str(error)
    return True


def sample(head: str, delimiter: str, *, complete: bool, quoted: bool = True) -> list[list[str]]:
    """The first rows of a text as lists of cells.

    Args:
        head: the beginning of the text.
        delimiter: what divides the cells.
        complete: whether the text ends here; else the last line, cut somewhere, is left out.
        quoted: whether cells may stand in quotation marks.
    """
    with long_cells():
        lines = csv.reader(StringIO(head, newline=""), **dialect(delimiter, quoted=quoted))
        rows = [row for row in lines if row]
    if not complete and len(rows) > 1:
        rows.pop()
    return rows[:_SAMPLE_ROWS]


def dialect(delimiter: str, *, quoted: bool) -> dict[str, Any]:
    """What `csv.reader` takes for it."""
    return {"delimiter": delimiter, "quoting": csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE}


@contextmanager
def long_cells() -> Iterator[None]:
    """Let `csv` read cells as long as we allow; its own limit is 128 KiB."""
    before = csv.field_size_limit(MOST_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def delimiter_of(head: str, *, complete: bool) -> str:
    """The delimiter that cuts all the first rows into equally many cells, the most if several do.

    A comma where none does: what is wrong is then said of a comma.
    """
    best, most = ",", 1
    for delimiter in DELIMITERS:
        try:
            widths = {len(row) for row in sample(head, delimiter, complete=complete)}
        except csv.Error:
            continue
        if len(widths) == 1 and (width := widths.pop()) > most:
            best, most = delimiter, width
    if most == 1:
        best = _by_header(head)
    return best


def _by_header(head: str) -> str:
    """The delimiter that the first line holds most of; a comma where it holds none."""
    line = StringIO(head.lstrip("\r\n"), newline=None).readline()
    return max(DELIMITERS, key=lambda mark: (line.count(mark), mark == ","))


def check_header(rows: Sequence[Sequence[str]], delimiter: str, name: str) -> None:
    """The first row holds names, one a column.

    Raises:
        DataError: MG3508 a name twice, MG3509 no name, MG3510 no header, MG3513 wrong delimiter.
    """
    header = rows[0]
    where = Where(name, 1)
    if len(header) == 1 and (other := _other_delimiter(rows, delimiter)):
        raise DataError(
            "MG3513",
            f"there is one column only, {shown(header[0])}, and it holds the {SPOKEN[other]}",
            where=where,
            hint=f"say `delimiter: {other!r}`" if other != "\t" else r'say `delimiter: "\t"`',
        )
    if why := _no_header(rows):
        raise DataError(
            "MG3510",
            f"the first line holds no names of columns: {why}",
            where=where,
            hint="put a line of names on top, one for each column, divided like the rows",
        )
    check_names(header[_indexed(header) :], where)


def _other_delimiter(rows: Sequence[Sequence[str]], delimiter: str) -> str | None:
    for other in DELIMITERS:
        if other != delimiter and all(other in row[0] for row in rows if row):
            return other
    return None


def _numbers(cells: Sequence[str]) -> bool:
    said = [cell for cell in cells if cell not in MISSING]
    return bool(said) and all(_ANY_NUMBER.fullmatch(cell) for cell in said)


def _no_header(rows: Sequence[Sequence[str]]) -> str | None:
    """Why the first row must be one of data; None where it can be names."""
    header, body = rows[0], rows[1:]
    for number, name in enumerate(header, start=1):
        if _NUMBER.fullmatch(name):
            return f"column {number} would be called {shown(name)}"
    numbers = [int(name) for name in header if name.strip().isdecimal()]
    counted = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
    if len(numbers) == len(header) and not counted:
        return "all of it are numbers"
    columns = [[row[i] for row in body if len(row) > i] for i in range(len(header))]
    named = (not _ANY_NUMBER.fullmatch(name) for name in header)
    if any(name and _numbers(below) for name, below in zip(named, columns, strict=True)):
        return None  # a word above numbers is a name
    for number, (name, below) in enumerate(zip(header, columns, strict=True), start=1):
        if name.strip() and not numbers and name in below:
            return f"{shown(name)} is also a value of column {number}"
    return None
