"""Rows to label as a file, and labels back into the data."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from modelgate.atomic import write_file
from modelgate.curation import UNLABELLED, Curated
from modelgate.errors import DataError, UsageError, Where
from modelgate.escape import shown
from modelgate.sources import open_dataset

ROW, REASON = "row", "reason"


def written(curated: Curated) -> bytes:
    """A CSV: row number from 1, why, what each model says, an empty label, and the row's cells."""
    paper = StringIO()
    writer = csv.writer(paper, lineterminator="\n")
    said = [f"{name} says" for name in curated.models]
    writer.writerow([ROW, REASON, *said, curated.target, *curated.columns])
    for one in curated.picked:
        answers = ["" if word is None else word for word in one.said]
        cells = ["" if cell is None else cell for cell in one.values]
        writer.writerow([one.row + 1, one.reason, *answers, "", *cells])
    return paper.getvalue().encode()


def merged(data: Any, labels: Path, out: Path, *, target: str | None = None) -> tuple[int, int]:
    """Write the data with the labels that were filled in; labels it had already stay.

    Args:
        data: as `curate` was given it.
        labels: the file that `written` made, with its label column filled.
        out: the CSV to write.
        target: the column of the labels; the fourth word of the file's head where None.

    Returns:
        Labels taken over, and rows of the file that are still empty.

    Raises:
        UsageError: MG2091, the file is none that `curate` wrote.
        DataError: MG3560, a row that the data does not have.
    """
    column, found, empty = _labels(labels, target)
    rows = open_dataset(data)
    names = [*rows.schema.names, *([] if column in rows.schema.names else [column])]
    paper = StringIO()
    writer = csv.writer(paper, lineterminator="\n")
    writer.writerow(names)
    number = 0
    for block in rows.blocks():
        columns = {name: block.column(name).to_pylist() for name in rows.schema.names}
        for place in range(len(block)):
            number += 1
            cells = {name: values[place] for name, values in columns.items()}
            if number in found and cells.get(column) in {None, ""}:
                cells[column] = found[number]
            writer.writerow(["" if cells.get(name) is None else cells[name] for name in names])
    beyond = next((row for row in found if row > number), None)
    if beyond is not None:
        raise DataError(
            "MG3560",
            f"row {beyond:,} has a label, and the data has {number:,} rows",
            where=Where(str(labels)),
            hint="give the data that the rows were picked from",
        )
    write_file(out, paper.getvalue().encode())
    return len(found), empty


def _labels(path: Path, target: str | None) -> tuple[str, Mapping[int, str], int]:
    """The column, row number -> label, and how many are still empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            "MG2091", f"cannot read the labels in {shown(str(path))}: {error}"
        ) from error
    head = list(rows[0]) if rows else []
    said = [name for name in head if name.endswith(" says")]
    if head[:2] != [ROW, REASON] or not said:
        raise UsageError(
            "MG2091",
            f"{shown(str(path))} is no file of rows to label: it has to begin with row, reason",
            hint="`modelgate curate DATA --model MODEL --budget N --out FILE` writes one",
        )
    column = target or next((name for name in head[2:] if name not in said), UNLABELLED)
    if column not in head:
        raise UsageError("MG2091", f"{shown(str(path))} has no column {shown(column)}")
    found, empty = {}, 0
    for line, row in enumerate(rows, 2):
        label = (row[column] or "").strip()
        if not label:
            empty += 1
            continue
        if not (row[ROW] or "").isdigit() or int(row[ROW]) in found:
            why = "stands twice" if (row[ROW] or "").isdigit() else "is no row number"
            raise UsageError(
                "MG2091", f"{shown(row[ROW] or '')} {why}", where=Where(str(path), line)
            )
        found[int(row[ROW])] = label
    return column, found, empty
