"""Inputs made from a signature, for a model that came without data."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.model import Signature, Tensor
from modelgate.prepare import IMAGE

_NAMED, _UNNAMED = 2, 64
"""Sizes of free axes that count no rows: a named one is mostly a length, an unnamed one mostly the
columns of a table, and models tolerate columns too many better than columns too few."""
_PICTURE = (32, 32, 3)
"""Height, width and channels of an image."""
_WORDS = ("a", "b", "the", "good", "bad", "1")


def stand_in(signature: Signature, rows: int, seed: int = 0) -> dict[str, NDArray[Any]]:
    """Made-up rows that a model of this signature should take.

    Floats are standard normal. Integers beside rows are 0 or 1, which every vocabulary and every
    set of categories has; integers that count no rows are 1, since they tend to be sizes. The same
    symbol has the same size wherever it stands.

    Args:
        signature: the model's.
        rows: how many, 1 or more.
        seed: of the random numbers.

    Returns:
        By input what `Worker.ask` takes: (rows, ...), or the whole tensor for an input that is
        given whole with every call.
    """
    rng = np.random.default_rng(seed)
    return {one.name: _made(one, signature, rows, rng) for one in signature.inputs}


def _made(
    tensor: Tensor, signature: Signature, rows: int, rng: np.random.Generator
) -> NDArray[Any]:
    declared = tensor.shape if tensor.shape is not None else (None, None)
    if not signature.batched:
        # One row is one call: even a free first axis is a size of that call.
        free = declared[:1] and not isinstance(declared[0], int)
        shape = (rows, *((3,) if free else ()), *map(_size, declared[1 if free else 0 :]))
    elif tensor.name in signature.batched:
        shape = (rows, *map(_size, declared[1:]))
    else:
        shape = tuple(map(_size, declared))
    counts_rows = tensor.name in signature.batched
    return _values(tensor.type, shape, rng, sizes=not counts_rows)


def _size(axis: int | str | None) -> int:
    if isinstance(axis, int):
        return axis
    return _UNNAMED if axis is None else _NAMED


def _values(
    type_: str, shape: tuple[int, ...], rng: np.random.Generator, *, sizes: bool
) -> NDArray[Any]:
    if type_ == IMAGE:
        return rng.integers(0, 256, (*shape, *_PICTURE), dtype=np.uint8)
    if type_ == "string":
        return rng.choice(np.array(_WORDS, object), shape)
    if type_.startswith("float"):
        return rng.standard_normal(shape).astype(type_)
    if sizes and type_ != "bool":
        return np.ones(shape, type_)
    return rng.integers(0, 2, shape).astype(type_)
