"""How many rows go together.

Functions of the model and of one row alone, never of the machine: floating point can tell calls of
different sizes apart, so two machines must cut in the same places.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from modelgate.model import Signature, Tensor

BLOCK_ROWS = 8192
_BLOCK_BYTES = 16 << 20
_CALL_BYTES = 64 << 20
_UNDECLARED = 8
_ITEM = {"float64": 8, "int64": 8, "uint64": 8, "float16": 2, "bool": 1, "int8": 1, "uint8": 1}


def block_rows(row_bytes: int) -> int:
    """Rows of one block at most: 8,192, or as many wide rows as 16 MiB hold, by powers of two."""
    return _power_of_two(_BLOCK_BYTES // max(row_bytes, 1), BLOCK_ROWS)


def call_rows(inputs: Iterable[tuple[str, tuple[int, ...]]], facts: Mapping[str, Any]) -> int:
    """Rows of one call at most, so that what the model computes in between fits 64 MiB.

    Guessed from above: every position of a row (a pixel, a token) may become as wide as the
    widest matrix of weights.

    Args:
        inputs: type, and shape of one row, of the inputs that count rows.
        facts: of the model; "widest" is looked at.
    """
    positions = max((_positions(type_, shape) for type_, shape in inputs), default=1)
    return _power_of_two(_CALL_BYTES // (4 * positions * int(facts["widest"])), BLOCK_ROWS)


def answer_bytes(signature: Signature, outputs: Iterable[str], rows: int) -> int:
    """Room for the answers to a block, as far as they are declared; larger ones are sent."""
    declared = {one.name: one for one in signature.outputs}
    skip = 1 if signature.batched else 0
    return sum(64 + rows * _row_bytes(declared[name], skip) for name in outputs)


def item_bytes(type_: str) -> int:
    """The size of one number of this type."""
    return _ITEM.get(type_, 4)


def _row_bytes(tensor: Tensor, skip: int) -> int:
    if tensor.type == "string":
        return 64
    shape = tensor.shape[skip:] if tensor.shape is not None else (None,)
    sizes = [size if isinstance(size, int) else _UNDECLARED for size in shape]
    return min(math.prod(sizes) * item_bytes(tensor.type), 1 << 16)


def _positions(type_: str, shape: tuple[int, ...]) -> int:
    """How many things of one row are each given a width: tokens, steps of time, pixels."""
    if len(shape) >= 3:  # an image: its channels are its shortest axis, wherever they stand
        return max(1, math.prod(shape) // max(1, min(shape)))
    if "int" in type_:  # every number may be looked up in an embedding
        return max(1, math.prod(shape))
    return max(1, math.prod(shape[:-1]))


def _power_of_two(most: int, ceiling: int) -> int:
    """The largest power of two that is neither above `most` nor above `ceiling`; at least 1."""
    return 1 << (max(1, min(most, ceiling)).bit_length() - 1)
