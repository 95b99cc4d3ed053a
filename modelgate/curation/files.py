"""Rows to label as a file, and labels back into the data."""

from __future__ import annotations

import csv
import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import StringIO
from math import isclose
from pathlib import Path
from typing import Any

import pyarrow as pa

from modelgate.arrays import is_number, is_tensor, is_text
from modelgate.atomic import refuse_overwriting
from modelgate.binding.labels import is_missing
from modelgate.curation.picked import Curated
from modelgate.errors import DataError, StorageError, UsageError, Where
from modelgate.escape import printable, shown
from modelgate.sources import files_of, open_dataset

ROW, REASON, SAYS = "row", "reason", " says"
ALIKE = 0.5
"""Share of a row's cells that must agree with the data: a spreadsheet may write some otherwise."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of the labels.

    Attributes:
        taken: labels put into the data.
        standing: rows that had a label already, and kept it.
        empty: rows of the file that have none yet.
    """

    taken: int
    standing: int
    empty: int


@dataclass(frozen=True, slots=True)
class _Labels:
    """A file of labels, read."""

    path: str
    column: str
    label: Mapping[int, str]
    line: Mapping[int, int]
    cells: Mapping[int, Mapping[str, str]]
    empty: int


def written(curated: Curated, *, blind: bool = False) -> bytes:
    """A CSV: row number from 1, why, what each model says, an empty label, and the row's cells.

    Args:
        curated: the rows.
        blind: leave out why, and what the models say, so that nobody is led by it.
    """
    paper = StringIO()
    writer = csv.writer(paper, lineterminator="\n")
    said = [] if blind else [f"{name}{SAYS}" for name in curated.models]
    why = [] if blind else [REASON]
    writer.writerow([ROW, *why, *said, curated.target, *curated.columns])
    for one in curated.picked:
        told = [] if blind else [one.reason, *(_cell(word) for word in one.said)]
        writer.writerow([one.row + 1, *told, "", *map(_cell, one.values)])
    return paper.getvalue().encode()


def merged(data: Any, labels: Path, out: Path, *, target: str | None = None) -> Merged:
    """Write the data with the labels that were filled in; labels that it had already stay.

    The rows are streamed, and the file appears whole.

    Args:
        data: as `curate` was given it.
        labels: the file that `written` made, with its label column filled.
        out: a .csv or .parquet file.
        target: the column of the data to fill; named as in the file where None.

    Raises:
        UsageError: MG2033 another ending, MG2035 it is the data itself, MG2091 the file of labels
            is none that `curate` wrote.
        DataError: MG3560 a row that the data does not have, MG3561 one that is another there,
            MG3562 a label that the column cannot hold.
        StorageError: MG6010, it cannot be written.
    """
    found = _read(labels, target)
    refuse_overwriting([out], [labels, *files_of(data)])
    rows = open_dataset(data)
    tensors = [field.name for field in rows.schema if is_tensor(field.type)]
    if tensors and out.suffix == ".csv":
        raise UsageError(
            "MG2033",
            f"column {shown(tensors[0])} holds tensors, which no CSV file does",
            hint="write --out FILE.parquet",
        )
    kind = _kind(rows.schema, found, text=out.suffix == ".csv")
    wanted = sorted(found.label)
    count = taken = standing = 0
    with _opened(out) as write:
        for block in rows.blocks():
            here = wanted[bisect_left(wanted, count) : bisect_left(wanted, count + len(block))]
            count += len(block)
            _compare(block, here, count - len(block), found)
            table, stood = _filled(block, here, count - len(block), found, kind)
            write(table)
            taken, standing = taken + len(here) - stood, standing + stood
        beyond = next((row for row in found.label if row >= count), None)
        if beyond is not None:
            raise DataError(
                "MG3560",
                f"row {beyond + 1:,} has a label, and the data has {count:,} rows",
                where=Where(found.path, found.line[beyond]),
                hint="give the data that the rows were picked from",
            )
    return Merged(taken, standing, found.empty)


def _filled(
    block: pa.RecordBatch, here: Sequence[int], first: int, found: _Labels, kind: pa.DataType
) -> tuple[pa.Table, int]:
    """A block with its labels, and how many of these rows had one already."""
    table = pa.Table.from_batches([block])
    names = table.column_names
    there = found.column in names
    column = table.column(found.column) if there else None
    texts = [None] * len(block) if column is None else column.cast(pa.string()).to_pylist()
    standing = 0
    for row in here:
        if not _empty(texts[row - first]):
            standing += 1
            continue
        if column is not None and column.null_count < len(column):
            _refuse_unfit(row, column.type, found)
        texts[row - first] = found.label[row]
    filled = pa.array(texts, type=pa.string()).cast(kind)
    if there:
        return table.set_column(names.index(found.column), found.column, filled), standing
    return table.append_column(found.column, filled), standing


def _kind(schema: pa.Schema, found: _Labels, *, text: bool) -> pa.DataType:
    """What the column of labels holds when they are in it: what it held, if they fit; else text."""
    if text or found.column not in schema.names:
        return pa.string()
    kind = schema.field(found.column).type
    return kind if all(_fits(label, kind) for label in found.label.values()) else pa.string()


def _fits(label: str, kind: pa.DataType) -> bool:
    if not is_number(kind) or pa.types.is_null(kind):
        return is_text(kind)
    try:
        pa.scalar(label).cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def _refuse_unfit(row: int, kind: pa.DataType, found: _Labels) -> None:
    """A column that has numbers is given no words."""
    if is_number(kind) and not _fits(found.label[row], kind):
        label, column = shown(found.label[row]), shown(found.column)
        raise DataError(
            "MG3562",
            f"the label {label} does not fit: column {column} holds {kind}",
            where=Where(found.path, found.line[row]),
            hint="write labels as the column has them already",
        )


def _compare(block: pa.RecordBatch, here: Sequence[int], first: int, found: _Labels) -> None:
    """Make sure that these are the rows that were labelled."""
    for row in here:
        cells = found.cells[row]
        known = [name for name in cells if name in block.schema.names]
        same = sum(_same(cells[name], block.column(name)[row - first].as_py()) for name in known)
        if known and same < ALIKE * len(known):
            raise DataError(
                "MG3561",
                f"row {row + 1:,} is another row in the data: {len(known) - same} of its"
                f" {len(known)} cells differ",
                where=Where(found.path, found.line[row]),
                hint="give the data that the rows were picked from, in the same order",
            )


def _read(path: Path, target: str | None) -> _Labels:
    """The labels of a file that `written` made."""
    name = printable(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *lines = [*csv.reader(file)] or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError("MG2091", f"cannot read the labels in {shown(name)}: {error}") from error
    at = 1 + (head[1:2] == [REASON])
    while at < len(head) and head[at].endswith(SAYS):
        at += 1
    if head[:1] != [ROW] or at >= len(head):
        raise UsageError(
            "MG2091",
            f"{shown(name)} is no file of rows to label: its first column has to be {ROW!r}",
            hint="`modelgate curate DATA --model MODEL --budget N --out FILE` writes one",
        )
    label: dict[int, str] = {}
    line: dict[int, int] = {}
    cells: dict[int, Mapping[str, str]] = {}
    empty = 0
    for number, one in enumerate(lines, 2):
        if not any(one):
            continue
        word = one[at].strip() if at < len(one) else ""
        if not word:
            empty += 1
            continue
        row = _row(one[0], label, Where(name, number))
        label[row], line[row] = word, number
        cells[row] = dict(zip(head[at + 1 :], one[at + 1 :], strict=False))
    return _Labels(name, target or head[at], label, line, cells, empty)


def _row(text: str, known: Mapping[int, str], where: Where) -> int:
    number = text.strip().removesuffix(".0")
    if not number.isdecimal() or int(number) < 1:
        raise UsageError("MG2091", f"{shown(text)} is no row number", where=where)
    if int(number) - 1 in known:
        raise UsageError("MG2091", f"row {number} stands twice", where=where)
    return int(number) - 1


@contextmanager
def _opened(out: Path) -> Iterator[Any]:
    """What tables are given to; the file appears when all is written."""
    if out.suffix not in {".csv", ".parquet"}:
        raise UsageError("MG2033", f"the data is written as .csv or .parquet, not {shown(out)}")
    unfinished = out.with_name(f".{out.name}.{os.getpid()}")
    sinks: list[Any] = []

    def write(table: pa.Table) -> None:
        if not sinks:
            sinks.append(_sink(unfinished, table.schema, parquet=out.suffix == ".parquet"))
        sinks[0].write_table(table.cast(sinks[0].schema) if out.suffix == ".parquet" else table)

    try:
        yield write
        for sink in sinks:
            sink.close()
        unfinished.replace(out)
    except OSError as error:
        why = f"cannot write {shown(out)}: {error.strerror or error}"
        raise StorageError("MG6010", why) from error
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _sink(path: Path, schema: pa.Schema, *, parquet: bool) -> Any:
    if parquet:
        from pyarrow.parquet import ParquetWriter

        return ParquetWriter(str(path), schema)
    from pyarrow.csv import CSVWriter

    return CSVWriter(str(path), schema)


def _empty(cell: Any) -> bool:
    return is_missing(cell) or str(cell).strip() == ""


def _cell(value: Any) -> Any:
    """As the data's own reader understands it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if is_missing(value) else value


def _same(text: str, value: Any) -> bool:
    written = str(_cell(value)).strip()
    if text.strip() == written:
        return True
    try:
        return isclose(float(text), float(written), rel_tol=1e-6)
    except ValueError:
        return text.strip().casefold() == written.casefold()
