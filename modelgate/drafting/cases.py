"""A first file of cases that must be got right, to be replaced by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from modelgate.replay import Recording
from modelgate.yaml_file.written import as_yaml

HEAD = """\
# What everybody expects of the model, and no test set holds. These are the rows that the champion
# is surest of, one of each class, to show the form. EDIT: replace them by inputs of your own: what
# must never be misread, what was wrong once, what is rare and matters. `expect` takes one right
# answer or a list; `critical: true` says that a release without it is out of the question.
"""
STEP = """
  # Answers that everybody expects: {file} holds them, to be written by hand. EDIT:
  # once they are, a model that misses one is out of the question: `severity: blocker`.
  - must_get_right: what everybody would say
    examples: {file}
    severity: minor
"""
MOST_CLASSES, MOST_COLUMNS, MOST_CELLS = 8, 12, 40
ON_A_LINE = 6
"""Cells of a case that stand side by side."""
LONGEST = 200


def cases_of(recording: Recording, columns: Sequence[str]) -> str | None:
    """The text of the file; None where rows are too wide to be written by hand.

    Args:
        recording: of the champion, for classification.
        columns: that feed it.
    """
    names = set(recording.table.column_names)
    if recording.reading.task != "classification" or len(columns) > MOST_COLUMNS:
        return None
    if any(name not in names for name in columns):  # tensors
        return None
    found = "".join(_written(recording, _told(recording, columns)))
    return HEAD + found if found else None


def _told(recording: Recording, columns: Sequence[str]) -> Sequence[str]:
    """What a case tells: all of the row where a model reads columns, for the next may read others.

    Too wide a row is told by what this one reads.
    """
    part, names = recording.roles["test"].part, recording.table.column_names
    apart = {part.target, part.weight, part.group}
    every = [name for name in names if name not in apart]
    return every if len(columns) > 1 and len(every) <= MOST_CELLS else columns


def _written(recording: Recording, columns: Sequence[str]) -> Iterator[str]:
    replies, classes = recording.replies["test"], recording.reading.classes
    right = recording.usable & (replies.answer == recording.truth)
    sure = np.zeros(len(right)) if replies.scores is None else replies.scores.max(axis=1)
    for place, label in list(enumerate(classes))[:MOST_CLASSES]:
        rows = np.flatnonzero(right & (recording.truth == place))
        for row in rows[np.argsort(-sure[rows], kind="stable")][:50].tolist():
            cells = {name: recording.table.column(name)[row].as_py() for name in columns}
            if all(_plain(cell) for cell in cells.values()):
                yield _case(cells, label)
                break


def _case(cells: dict[str, Any], label: Any) -> str:
    if len(cells) == 1 and isinstance(next(iter(cells.values())), str):
        given = as_yaml(next(iter(cells.values())))
    elif len(cells) > ON_A_LINE:
        lines = (f"    {as_yaml(name)}: {as_yaml(cell)}\n" for name, cell in cells.items())
        return f"- input:\n{''.join(lines)}  expect: {as_yaml(label)}\n"
    else:
        written = ", ".join(f"{as_yaml(name)}: {as_yaml(cell)}" for name, cell in cells.items())
        given = f"{{{written}}}"
    return f"- input: {given}\n  expect: {as_yaml(label)}\n"


def _plain(cell: Any) -> bool:
    if isinstance(cell, str):
        return 0 < len(cell) <= LONGEST
    return cell is None or isinstance(cell, bool | int | float)
