"""Labels of the data against classes of the model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite, isnan
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import coded, is_number, is_text
from modelgate.binding import listed
from modelgate.errors import DataError, ModelError, Where

USUAL_PAIRS = (
    ("no", "yes"),
    ("n", "y"),
    ("false", "true"),
    ("f", "t"),
    ("negative", "positive"),
    ("neg", "pos"),
    ("0", "1"),
)
"""Pairs of labels whose positive one nobody doubts."""
PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{0,40})?")
"""A text that is a number."""


@dataclass(frozen=True, slots=True)
class LabelSample:
    """The labels in the first block of the data.

    Attributes:
        column: the target.
        values: the distinct ones, in sorted order.
        kind: "text", "boolean", "integer" or "fraction".
        where: the file they stand in, for messages.
    """

    column: str
    values: tuple[Any, ...]
    kind: str
    where: Where | None = None


def sample_labels(column: str, array: pa.Array, *, where: Where | None = None) -> LabelSample:
    """What the target column looks like.

    Raises:
        DataError: MG3130 where every label is missing, MG3131 where they are no labels.
    """
    kind = array.type
    if not (is_text(kind) or is_number(kind)):
        raise DataError(
            "MG3131",
            f"the target {column!r} holds {kind}; it must be a label or a number",
            where=where,
        )
    values = [value for value in coded(array)[1] if not is_missing(value)]
    if not values:
        raise DataError("MG3130", f"the target {column!r} is missing in every row", where=where)
    if is_text(kind):
        name = "text"
    elif isinstance(values[0], bool):
        name = "boolean"
    else:
        whole = all(float(value).is_integer() for value in values if np.isfinite(float(value)))
        name = "integer" if whole else "fraction"
    return LabelSample(column, tuple(sorted(values)), name, where)


def is_missing(label: Any) -> bool:
    """Whether a cell holds no label: null or NaN."""
    return label is None or (isinstance(label, float) and isnan(label))


def key(label: Any) -> Any:
    """One form for labels that mean the same: True and 1, 2.0 and 2, "2" and 2, b"a" and "a".

    Whole numbers of any length stay apart, and whatever is neither number nor text is its text.
    """
    if isinstance(label, bytes):
        label = label.decode(errors="replace")
    if isinstance(label, str):
        text = label.strip()
        if not PLAIN_NUMBER.fullmatch(text):
            return text
        label = Decimal(text)
    elif not isinstance(label, int | float | Decimal | np.number | np.bool_):
        return str(label)
    return int(label) if isfinite(label) and label == int(label) else float(label)


def match(
    sample: LabelSample, classes: Sequence[Any], *, named: bool
) -> tuple[tuple[Any, ...], str | None]:
    """The classes in the data's own words.

    Args:
        sample: labels of the data.
        classes: of the model, in the order of its scores.
        named: whether the classes are the suite's own word, and so stand as they are.

    Returns:
        The classes to count by, and what was taken for what where that is not plain.

    Raises:
        ModelError: MG3132, it is unclear which label is which class.
    """
    keys = [key(value) for value in classes]
    if len(set(keys)) != len(keys):
        raise ModelError("MG3133", f"two of the classes are the same: {listed(list(classes))}")
    found = [key(value) for value in sample.values]
    if set(found) <= set(keys):
        return tuple(classes), None
    if named:
        strange = [value for value in sample.values if key(value) not in keys]
        raise ModelError(
            "MG3132",
            f"the target {sample.column!r} holds {listed(strange)}, which is none of the classes"
            f" {listed(list(classes))}",
            where=sample.where,
        )
    pair = usual_pair(sample.values) if len(keys) == 2 and keys == [0, 1] else None
    if pair is not None:
        return pair, f"labels: {pair[0]!r} is class {classes[0]!r}, {pair[1]!r} is {classes[1]!r}"
    few = len(sample.values) == len(keys) <= 8
    words = listed(list(sample.values)) if few else "..."
    raise ModelError(
        "MG3132",
        f"the target {sample.column!r} holds {listed(list(sample.values))}; the model's classes"
        f" are {listed(list(classes))}: which is which?",
        where=sample.where,
        hint="say it in a suite, in the order of the model's scores: `model: {classes:"
        f" [{words}]}}`",
    )


def usual_pair(values: Sequence[Any]) -> tuple[Any, Any] | None:
    """(negative, positive) where two labels are a pair that nobody doubts; else None."""
    if len(values) != 2:
        return None
    by_word = {str(value).strip().casefold(): value for value in values}
    for negative, positive in USUAL_PAIRS:
        if set(by_word) == {negative, positive}:
            return by_word[negative], by_word[positive]
    return None


class Coder:
    """Labels to positions in the list of classes, block after block.

    The data has its words for the classes, and the model may have its `own`.
    """

    def __init__(self, classes: Sequence[Any], own: Sequence[Any] = ()) -> None:
        self._at: Mapping[Any, int] = {key(value): i for i, value in enumerate(classes)}
        self._own = {key(value): i for i, value in enumerate(own)} or self._at

    def of_column(self, array: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Codes of a column of the data.

        Returns:
            (n,) position of the class, -1 where the label is missing or no class; (n,) whether it
            is missing.
        """
        codes, values = coded(array)
        table = np.array([_code(value, self._at) for value in values] + [-1], dtype=np.int64)
        absent = codes < 0
        if any(is_missing(value) for value in values):
            nothing = [i for i, value in enumerate(values) if is_missing(value)]
            absent |= np.isin(codes, nothing)
        return table[codes], absent

    def of_answers(self, labels: NDArray[Any]) -> NDArray[np.int64]:
        """(n,) position of the class of each label that the model answered, -1 for a stranger."""
        flat = labels.reshape(-1)
        if flat.dtype.kind in "OUS":
            return np.array([_code(value, self._own) for value in flat.tolist()], dtype=np.int64)
        values, inverse = np.unique(flat, return_inverse=True)
        table = np.array([_code(value, self._own) for value in values.tolist()], dtype=np.int64)
        return table[inverse]


def _code(value: Any, at: Mapping[Any, int]) -> int:
    return -1 if is_missing(value) else at.get(key(value), -1)
