"""Answers that the source framework gave, in a file with one row for each row of the data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Facts
from modelgate.arrays import floats, is_number
from modelgate.binding import listed
from modelgate.binding.labels import Coder
from modelgate.errors import DataError, Where
from modelgate.escape import printable
from modelgate.predictions import Predictions
from modelgate.sources import open_dataset


def read_answers(path: Path, facts: Facts, rows: int) -> Predictions:
    """The answers in a file, in the order of its rows.

    One column holds labels, or the scores of the positive class, or the numbers of a regression; a
    column for each class, bearing its name, holds scores.

    Args:
        path: in any format that data is read from.
        facts: of the question.
        rows: of the data; the file has to have as many.

    Raises:
        DataError: MG3570, it has other columns; MG3571, other rows; MG3572, a value is no answer;
            and what reading it raises.
    """
    data = open_dataset(path)
    where = Where(printable(path, 200))
    names = data.schema.names
    by_class = {str(label): at for at, label in enumerate(facts.classes)}
    if len(names) != 1 and {*names} != {*by_class}:
        wanted = "one column of answers"
        if facts.classes:
            wanted += f", or one of scores for each of {listed(list(by_class))}"
        raise DataError("MG3570", f"has the columns {listed(names)}; {wanted} is due", where=where)
    table = pa.Table.from_batches(list(data.blocks()), data.schema).unify_dictionaries()
    if len(table) != rows:
        raise DataError(
            "MG3571", f"has {len(table):,} rows of answers, and the data {rows:,}", where=where
        )
    columns = {name: _whole(table.column(name)) for name in names}
    if facts.task == "regression":
        return Predictions(values=_finite(columns[names[0]], where))
    if len(names) > 1:
        order = sorted(names, key=by_class.__getitem__)
        return Predictions(scores=np.stack([_finite(columns[one], where) for one in order], axis=1))
    return _one_column(columns[names[0]], facts, where)


def _one_column(column: pa.Array, facts: Facts, where: Where) -> Predictions:
    """Labels; or, where these are no labels, scores of the positive class."""
    labels, _ = Coder(facts.classes).of_column(column)
    if (labels >= 0).all():
        return Predictions(labels=labels)
    if facts.positive is None or not is_number(column.type):
        stranger = column[int(np.flatnonzero(labels < 0)[0])].as_py()
        raise DataError(
            "MG3572",
            f"holds the answer {stranger!r:.60}, which is none of the classes",
            where=where,
        )
    scores = _finite(column, where)
    if not ((scores >= 0) & (scores <= 1)).all():
        raise DataError("MG3572", "holds scores outside of 0 to 1", where=where)
    both = np.stack([1 - scores, scores], axis=1)
    return Predictions(scores=both if facts.positive == 1 else both[:, ::-1])


def _finite(column: pa.Array, where: Where) -> NDArray[np.float64]:
    """(n,) numbers, all of them finite."""
    if is_number(column.type):
        found = floats(column)
        if np.isfinite(found).all():
            return found
    raise DataError("MG3572", "holds answers that are missing or no numbers", where=where)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined
