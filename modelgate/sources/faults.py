"""Where in a CSV file the thing is that the parser stumbled over.

Parsers count rows, people count lines. This is slow, and runs once: when there is an error to tell.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from modelgate.errors import DataError, Where
from modelgate.escape import shown
from modelgate.sources.descriptor import Descriptor
from modelgate.sources.layout import MOST_BYTES, Layout, dialect, long_cells
from modelgate.sources.text import Utf8

_CONVERSION = re.compile(
    r"In CSV column #(?P<column>\d+): .*CSV conversion error to (?P<kind>[\w\[\]]+):"
    r" invalid value '(?P<value>.*?)'(?: Row|\.?$)",
    re.DOTALL,
)
_SPOKEN = {"int64": "whole numbers", "double": "numbers", "bool": "true and false"}


def fault(
    descriptor: Descriptor, layout: Layout, said: str, columns: Sequence[str]
) -> DataError | None:
    """The error with its line; None where the place cannot be found.

    Args:
        descriptor: the file.
        layout: how it was read.
        said: the parser's message.
        columns: those that were read, in the order in which the message counts them.
    """
    conversion = _CONVERSION.search(said)
    if conversion:
        return _misfit(descriptor, layout, conversion, columns)
    return _broken_row(descriptor, layout)


def _misfit(
    descriptor: Descriptor, layout: Layout, found: re.Match[str], columns: Sequence[str]
) -> DataError | None:
    name = columns[int(found["column"])]
    number = layout.names.index(name)
    for line, row in _rows(descriptor, layout):
        if len(row) > number and row[number].strip(" \t") == found["value"].strip(" \t"):
            kind = _SPOKEN.get(found["kind"], found["kind"])
            return DataError(
                "MG3512",
                f"the row says {shown(row[number])} where column {shown(name)} holds {kind}",
                where=Where(descriptor.name, line, number + 1),
                hint="mend the cell; empty, NA, NaN, null and ? say that a value is missing",
            )
    return None


def _broken_row(descriptor: Descriptor, layout: Layout) -> DataError | None:
    width = len(layout.names)
    for line, row in _rows(descriptor, layout):
        if len(row) != width:
            cells = "cell" if len(row) == 1 else "cells"
            return DataError(
                "MG3511",
                f"the row has {len(row)} {cells}, the header has {width}",
                where=Where(descriptor.name, line),
                hint="a cell that holds the delimiter must stand in quotes",
            )
        if sum(map(len, row)) > MOST_BYTES:
            return too_long(descriptor.name, line)
    return None


def refuse_loose_quotes(descriptor: Descriptor, layout: Layout) -> None:
    """Make sure that every quotation mark at the beginning of a cell is closed at its end.

    Raises:
        DataError: MG3527, one is not.
    """
    for _ in _rows(descriptor, layout, strict=True):
        pass


def too_long(name: str, line: int) -> DataError:
    """A row that no table means."""
    return DataError(
        "MG3516",
        f"the row that begins here is longer than {MOST_BYTES >> 20} MiB",
        where=Where(name, line),
        hint="is a quotation mark opened and never closed?",
    )


def _rows(
    descriptor: Descriptor, layout: Layout, *, strict: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Every row with the line on which it begins, blank lines left out."""
    begins = 1
    with long_cells():
        kind = dialect(layout.delimiter, quoted=layout.quoted)
        reader = csv.reader(_lines(descriptor, layout), strict=strict, **kind)
        try:
            for row in reader:
                if row:
                    yield begins, row
                begins = reader.line_num + 1
        except csv.Error as error:
            if not strict or "limit" in str(error):
                raise too_long(descriptor.name, begins) from error
            raise DataError(
                "MG3527",
                "a quotation mark that is opened here is not closed at the end of its cell",
                where=Where(descriptor.name, begins),
                hint="close it; one that belongs to the text is written twice, in quotes",
            ) from error


def _lines(descriptor: Descriptor, layout: Layout) -> Iterator[str]:
    waiting = b""
    for piece in Utf8(descriptor, layout.encoding).pieces():
        *whole, waiting = (waiting + piece).splitlines(keepends=True)
        # A carriage return at the end of a piece may have its line feed in the next.
        for line in whole:
            yield line.decode("utf-8", "replace")
        if len(waiting) > 2 * MOST_BYTES:
            raise csv.Error("a line without end")
    if waiting:
        yield waiting.decode("utf-8", "replace")
