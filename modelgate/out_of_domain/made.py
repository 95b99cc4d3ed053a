"""Inputs that are none: made from rows of the domain, column by column."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modelgate.arrays import floats, is_number, is_tensor, is_text, tensor
from modelgate.cells import index_of, numbers_of, plain, tensors_of, texts_of

Random = np.random.Generator
Makes = Callable[[pa.Array, Random], pa.Array]
LANGUAGES = Path(__file__).with_name("languages.txt")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = 10
"""Words of a text that is made up."""
NEAREST, FURTHEST = 10.0, 100.0
"""Spreads by which a number lies off the middle where it is far away."""


def made(rows: pa.RecordBatch, how: str, seed: int) -> tuple[pa.RecordBatch, tuple[str, ...]]:
    """As many inputs that are none, of the same columns and types.

    Args:
        rows: n rows of the domain: columns that feed the model, images decoded.
        how: one of `MAKERS`.
        seed: 0 or more; the same rows and seed make the same inputs.

    Returns:
        The inputs, each once; and the columns that were made up, none where no column can be.
    """
    random = np.random.default_rng(seed)
    columns, touched = [], []
    for field in rows.schema:
        array = rows.column(field.name)
        makes = MAKERS[how].get(_kind(field.type))
        columns.append(array if makes is None else makes(array, random))
        touched += [] if makes is None else [field.name]
    found = pa.RecordBatch.from_arrays(columns, schema=rows.schema)
    return (found if not touched else _distinct(found)), tuple(touched)


def _kind(kind: pa.DataType) -> str:
    if is_tensor(kind):
        return "image"
    if pa.types.is_boolean(kind) or (is_number(kind) and not pa.types.is_null(kind)):
        return "number"
    return "text" if is_text(kind) else "other"


def _distinct(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Each row once: copies of one input would count as many trials."""
    seen: dict[tuple[Any, ...], int] = {}
    for place, key in enumerate(zip(*map(_keys, rows.columns), strict=True)):
        seen.setdefault(key, place)
    return rows.take(index_of(np.array(list(seen.values()), dtype=np.int64)))


def _keys(array: pa.Array) -> list[Any]:
    """What tells the cells of a column apart; of images their bytes, not a number each."""
    if is_tensor(array.type):
        return [hashlib.sha256(image.tobytes()).digest() for image in tensor(array)]
    return [repr(cell) for cell in array.to_pylist()]


def _as(array: pa.Array, values: NDArray[np.float64]) -> pa.Array:
    """Numbers in the type of a column, within its range."""
    kind = array.type
    if pa.types.is_boolean(kind):
        return numbers_of(values > 0, None, kind)
    if pa.types.is_decimal(kind):
        return numbers_of(values, None, pa.float64()).cast(kind, safe=False)
    dtype = np.dtype(kind.to_pandas_dtype())
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        values = np.clip(np.round(values), max(limits.min, -(2**62)), min(limits.max, 2**62))
    return numbers_of(values.astype(dtype), None, kind)


def _far(array: pa.Array, random: Random) -> pa.Array:
    known = floats(array)
    known = known[np.isfinite(known)]
    middle = float(np.median(known)) if len(known) else 0.0
    spread = (float(known.std()) if len(known) else 0.0) or 1.0
    off = random.uniform(NEAREST, FURTHEST, len(array)) * random.choice([-1.0, 1.0], len(array))
    return _as(array, middle + off * spread)


def _zero(array: pa.Array, random: Random) -> pa.Array:
    del random
    return _as(array, np.zeros(len(array)))


def _one_number(array: pa.Array, random: Random) -> pa.Array:
    """Each row has one number everywhere: the draws of every column are the same."""
    del random
    return _as(array, np.random.default_rng(len(array)).normal(0, 100, len(array)))


def _exchanged(array: pa.Array, random: Random) -> pa.Array:
    return array.take(index_of(random.permutation(len(array))))


def _letters(array: pa.Array, random: Random) -> pa.Array:
    return _texts(array, [" ".join(_word(random) for _ in range(WORDS)) for _ in range(len(array))])


def _word(random: Random) -> str:
    return "".join(random.choice(list(LETTERS), int(random.integers(3, 10))))


def _empty(array: pa.Array, random: Random) -> pa.Array:
    del random
    return _texts(array, [""] * len(array))


def _repeated(array: pa.Array, random: Random) -> pa.Array:
    words = _vocabulary(array)
    return _texts(array, [" ".join([str(random.choice(words))] * WORDS) for _ in range(len(array))])


def _mixed_words(array: pa.Array, random: Random) -> pa.Array:
    words = _vocabulary(array)
    return _texts(array, [" ".join(random.choice(words, WORDS)) for _ in range(len(array))])


def _foreign(array: pa.Array, random: Random) -> pa.Array:
    lines = LANGUAGES.read_text("utf-8").splitlines()
    known = [line for line in lines if line and not line.startswith("#")]
    pairs = [random.choice(known, 2, replace=False) for _ in range(len(array))]
    return _texts(array, [" ".join(pair) for pair in pairs])


def _vocabulary(array: pa.Array) -> list[str]:
    words = {word for text in plain(array).to_pylist() if text for word in text.split()}
    return sorted(words) or ["word"]


def _texts(array: pa.Array, texts: list[str]) -> pa.Array:
    return texts_of(texts, array.type)


def _pixels(change: Callable[[NDArray[Any], Random], NDArray[Any]]) -> Makes:
    def makes(array: pa.Array, random: Random) -> pa.Array:
        images = tensor(array)
        found = change(images.astype(np.float64), random)
        if images.dtype.kind in "iu":
            found = np.clip(np.round(found), np.iinfo(images.dtype).min, np.iinfo(images.dtype).max)
        return tensors_of(found.astype(images.dtype), array.type)

    return makes


def _noise(images: NDArray[Any], random: Random) -> NDArray[Any]:
    return random.uniform(images.min(), images.max(), images.shape)


def _dark(images: NDArray[Any], random: Random) -> NDArray[Any]:
    del random
    return np.full_like(images, images.min())


def _grey(images: NDArray[Any], random: Random) -> NDArray[Any]:
    levels = random.uniform(images.min(), images.max(), len(images))
    return np.broadcast_to(levels.reshape(-1, *[1] * (images.ndim - 1)), images.shape).copy()


def _scrambled(images: NDArray[Any], random: Random) -> NDArray[Any]:
    flat = images.reshape(len(images), -1)
    return random.permuted(flat, axis=1).reshape(images.shape)


def _negative(images: NDArray[Any], random: Random) -> NDArray[Any]:
    del random
    found: NDArray[Any] = images.max() + images.min() - images
    return found


MAKERS: Mapping[str, Mapping[str, Makes]] = {
    "far_noise": {"number": _far, "text": _letters, "image": _pixels(_noise)},
    "blank": {"number": _zero, "text": _empty, "image": _pixels(_dark)},
    "constant": {"number": _one_number, "text": _repeated, "image": _pixels(_grey)},
    "shuffled_columns": {
        "number": _exchanged,
        "text": _mixed_words,
        "image": _pixels(_scrambled),
    },
    "other_language": {"text": _foreign},
    "inverted_images": {"image": _pixels(_negative)},
}
"""Name -> kind of column -> what makes its cells."""
