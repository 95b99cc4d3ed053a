"""Columns of text as the buffers of a message."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from modelgate.errors import ModelError
from modelgate.escape import printable
from modelgate.model import Shape

if TYPE_CHECKING:
    import pyarrow as pa


def packed(
    texts: Mapping[str, pa.Array],
    rows: int,
    shapes: Mapping[str, Shape | None],
    skip: int,
    whole: Collection[str],
) -> tuple[list[dict[str, Any]], list[Any]]:
    """Text inputs as descriptions and buffers: codes, lengths of the distinct words, the words.

    Args:
        texts: by input, its values row by row.
        rows: their number.
        shapes: as declared.
        skip: how many declared axes count rows, 0 or 1.
        whole: inputs without an axis of rows.

    Raises:
        ModelError: a value is missing; a model has no word for that.
    """
    described: list[dict[str, Any]] = []
    buffers: list[Any] = []
    for name, array in texts.items():
        if array.null_count:
            raise ModelError(
                "MG3161",
                f"input '{printable(name, 60)}' takes text, and {array.null_count} values are "
                "missing",
                hint="say with `missing:` what stands for a missing text",
            )
        codes, lengths, letters = _coded(array)
        declared = shapes.get(name)
        if name in whole:
            shape = _filled(declared, len(codes))
        else:
            each = len(codes) // rows if rows else 0
            shape = (rows, *_filled(declared and declared[skip:], each))
        if math.prod(shape) != len(codes):
            raise ValueError(f"{len(codes)} texts for {rows} rows of input {name!r}")
        described.append(
            {
                "name": name,
                "type": "string",
                "shape": list(shape),
                "words": len(lengths),
                "letters": len(letters),
            }
        )
        buffers += [codes, lengths, letters]
    return described, buffers


def _coded(array: pa.Array) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.uint8]]:
    import pyarrow as pa

    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    indices = array.indices.cast(pa.int32())
    words = array.dictionary.cast(pa.large_string())
    if words.null_count:
        words = words.fill_null("")  # no index points there: the array has no missing value
    codes = np.frombuffer(indices.buffers()[1] or b"", np.int32)
    codes = codes[indices.offset : indices.offset + len(indices)]
    _, offsets, text = words.buffers()
    if not len(words):
        return codes, np.empty(0, np.int64), np.empty(0, np.uint8)
    ends = np.frombuffer(offsets, np.int64)[words.offset : words.offset + len(words) + 1]
    letters = np.frombuffer(text or b"", np.uint8)[ends[0] : ends[-1]]
    return codes, np.diff(ends), letters


def _filled(declared: Shape | None, count: int) -> tuple[int, ...]:
    """The declared shape with its one free axis made to hold `count` values."""
    if declared is None:
        return (count,)
    fixed = math.prod(size for size in declared if isinstance(size, int))
    free = [i for i, size in enumerate(declared) if not isinstance(size, int)]
    shape = [size if isinstance(size, int) else 1 for size in declared]
    if free and fixed:
        shape[free[0]] = count // fixed
    return tuple(shape)
