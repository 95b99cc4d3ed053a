"""Two sets of answers to the same rows, side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.aggregates import Facts
from modelgate.arrays import is_tensor, tensor, tensor_shape
from modelgate.excerpts import excerpts
from modelgate.predictions import Predictions
from modelgate.thumbnails import thumbnail

LONGEST = 200
"""Characters of a text that evidence holds."""

Floats = NDArray[np.float64]


def moved(facts: Facts, before: Predictions, after: Predictions) -> Floats:
    """(n,) how far each answer moved: of its class's score, or of the number answered.

    Infinite where the second answer is no number, or a label of no class.
    """
    if facts.task == "regression":
        assert before.values is not None
        assert after.values is not None
        with np.errstate(invalid="ignore"):  # two infinities are no number apart
            found: Floats = np.abs(after.values - before.values).astype(np.float64)
        return np.where(np.isfinite(after.values) & ~np.isnan(found), found, np.inf)
    assert before.labels is not None
    assert after.labels is not None
    if before.scores is None or after.scores is None:
        found = (before.labels != after.labels).astype(np.float64)
    else:
        each = np.arange(len(before.labels))
        with np.errstate(invalid="ignore"):
            apart = before.scores[each, before.labels] - after.scores[each, before.labels]
        found = np.where(np.isfinite(apart), np.abs(apart), np.inf)
    return np.where(after.labels < 0, np.inf, found)


def flipped(
    facts: Facts, before: Predictions, after: Predictions, tolerance: float
) -> NDArray[np.bool_]:
    """(n,) whether a row is answered otherwise: another class, or a number farther off.

    What is not finite, or a label of no class, is another answer.

    Args:
        facts: of the question.
        before: the answers to n rows.
        after: the answers to the same rows, changed.
        tolerance: by so much a number may move, in the unit of the target.
    """
    if facts.task == "regression":
        return ~(moved(facts, before, after) <= tolerance)
    assert before.labels is not None
    assert after.labels is not None
    found: NDArray[np.bool_] = before.labels != after.labels
    if after.scores is not None:
        found = found | ~np.isfinite(after.scores).all(axis=1)
    return found


def level_of(facts: Facts, answers: Predictions, place: int | None) -> Floats:
    """(n,) what a direction is asked of: the number, or a class's score (1 or 0 without scores)."""
    if facts.task == "regression":
        assert answers.values is not None
        return answers.values.astype(np.float64)
    if answers.scores is not None:
        assert place is not None
        return answers.scores[:, place].astype(np.float64)
    assert answers.labels is not None
    return np.asarray(answers.labels == place, dtype=np.float64)


def said(facts: Facts, answers: Predictions, row: int) -> Any:
    """One answer, as people would say it."""
    if facts.task == "regression":
        assert answers.values is not None
        return float(answers.values[row])
    assert answers.labels is not None
    label = int(answers.labels[row])
    if answers.scores is not None and not np.isfinite(answers.scores[row]).all():
        return "no finite score"
    return facts.classes[label] if 0 <= label < len(facts.classes) else None


def shown(rows: pa.RecordBatch, row: int, columns: tuple[str, ...]) -> Any:
    """Cells of a row, short enough for a report; alone where a row is but one."""
    return side_by_side(rows, rows, row, columns)[0]


def side_by_side(
    before: pa.RecordBatch, after: pa.RecordBatch, row: int, columns: tuple[str, ...]
) -> tuple[Any, Any]:
    """The changed cells of a row, before and after, short enough for a report.

    A cell alone where a row is but one; long texts are cut to where they differ.
    """
    both = {name: _cells(before.column(name), after.column(name), row) for name in columns}
    if before.num_columns == 1:
        return next(iter(both.values()))
    return {name: one for name, (one, _) in both.items()}, {
        name: other for name, (_, other) in both.items()
    }


def _cells(before: pa.Array, after: pa.Array, row: int) -> tuple[Any, Any]:
    if is_tensor(before.type) and len(tensor_shape(before.type)) in {2, 3}:
        one, other = (thumbnail(tensor(each.slice(row, 1))[0]) for each in (before, after))
        return one, other
    was, now = before[row].as_py(), after[row].as_py()
    if isinstance(was, str) and isinstance(now, str):
        return excerpts(was, now, LONGEST)
    return cell_shown(was), cell_shown(now)


def cell_shown(value: Any) -> Any:
    """The value of a cell, short enough for a report."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[:LONGEST]}..."
    if isinstance(value, list):
        return f"{len(value)} numbers"
    if isinstance(value, float):
        return value if value.is_integer() else float(f"{value:.6g}")
    return value
