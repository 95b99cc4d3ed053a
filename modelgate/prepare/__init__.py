"""From raw input to what a model takes: texts, images and rows become tensors.

What a suite says of it is a `Preparation`. It runs inside the worker, just before each call of the
model; from outside, the model then takes texts, images or plain columns. Each kind of preparation
is a file here with one class, a `Step`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from modelgate.errors import Where
from modelgate.model import Signature, Tensor

KIND = Literal["tokenizer", "image", "onnx", "sklearn", "python"]
IMAGE = "image"
"""Type of an outward input that takes images: names of files, their bytes, or arrays."""
CELL = "cell"
"""Type of an outward input that takes a column as it is: numbers, texts, missing ones."""

Feeds = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What a suite says under `model: {prepare: ...}`.

    Attributes:
        kind: the first key of the block.
        file: what is read for it, where it lies; None for images, and for a module.
        name: the same as the suite writes it, or "image".
        settings: the other keys, JSON-ready.
        folder: of the suite's file.
        where: the place of the block.
    """

    kind: KIND
    file: Path | None = None
    name: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()
    where: Where | None = None

    @property
    def columns(self) -> bool:
        """Whether it takes columns as they are, whatever they hold."""
        return self.kind in {"sklearn", "python"}


class UnpreparedError(Exception):
    """Raised inside the worker: it cannot be prepared, or not these rows.

    Attributes:
        code: a stable code.
        message: goes on after "model.onnx: ".
        hint: the next move.
        row: which of the rows given is at fault, from 0; None where it is none of its own.
    """

    def __init__(self, code: str, message: str, hint: str = "", *, row: int | None = None) -> None:
        self.row = row
        self.code = code
        self.message = message
        self.hint = hint
        super().__init__(f"{code} {message}")


class Step(ABC):
    """What turns raw rows into the model's inputs, inside the worker.

    Attributes:
        kind: the key of the suite's block.
        takes: the outward inputs; empty where it takes any columns.
        settings: those that are in force, found out ones included; JSON-ready.
        by: the library that does it, with its version.
        widths: what the model gets of one row: input -> (type, shape), an axis of a length that is
            not known counted as if it were long.
    """

    kind: ClassVar[KIND]
    takes: tuple[Tensor, ...]
    settings: Mapping[str, Any]
    by: str
    widths: Mapping[str, tuple[str, tuple[int, ...]]]

    @abstractmethod
    def __call__(self, feeds: Feeds, rows: int) -> Feeds:
        """The model's inputs for some rows, 1 or more: (rows, ...) each.

        Raises:
            UnpreparedError: these rows cannot be prepared.
        """


def refuse_constants(signature: Signature) -> None:
    """Every input must be of rows: no preparation makes the others.

    Raises:
        UnpreparedError: MG3172, one is given whole with every call.
    """
    beside = [one.name for one in signature.inputs if one.name not in signature.batched]
    if signature.batched and beside:
        raise UnpreparedError(
            "MG3172", f"takes {beside[0][:60]!r} beside its rows, which nothing here prepares"
        )


def fitted(values: Any, tensor: Tensor, signature: Signature, rows: int, by: str) -> NDArray[Any]:
    """What was prepared as the model's input: of its type, and of its shape.

    Args:
        values: (rows, ...), numbers or texts.
        tensor: the input.
        signature: of the model.
        rows: their number.
        by: who prepared them, for messages: "the function", "the transformer".

    Raises:
        UnpreparedError: MG4031, these are not so many rows; MG3172, the input takes another type or
            shape.
    """
    array = np.asarray(values)
    if array.ndim == 0 or len(array) != rows:
        given = "one value in place" if array.ndim == 0 else f"{len(array)} rows"
        raise UnpreparedError("MG4031", f"{by} made {given} of {rows}")
    array = _typed(array, tensor, by)
    wanted = signature.row_shape(tensor)
    if wanted is None or shapes_agree(array.shape[1:], wanted):
        return np.ascontiguousarray(array)
    if None not in wanted and prod(array.shape[1:]) == prod(axis or 1 for axis in wanted):
        return np.ascontiguousarray(array.reshape(rows, *[axis or 1 for axis in wanted]))
    raise UnpreparedError(
        "MG3172",
        f"takes {written(wanted)} a row as {tensor.name[:60]!r}; {by} makes"
        f" {written(array.shape[1:])}",
    )


def _typed(array: NDArray[Any], tensor: Tensor, by: str) -> NDArray[Any]:
    """Numbers as numbers of the model's type; whole numbers never out of fractions."""
    if tensor.type == "string":
        if array.dtype.kind not in "OU":
            raise _of_type(array, tensor, by)
        return array.astype(object)
    if array.dtype.kind == "O":
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError):
            raise _of_type(array, tensor, by) from None
    target = np.dtype(tensor.type)
    if array.dtype == target:
        return array
    whole = array.dtype.kind in "iub"
    if array.dtype.kind not in "iubf" or (target.kind in "iub" and not whole):
        raise _of_type(array, tensor, by)
    if target.kind in "iub" and array.size:
        least, most = (0, 1) if target.kind == "b" else (np.iinfo(target).min, np.iinfo(target).max)
        if array.min() < least or array.max() > most:
            raise _of_type(array, tensor, by)
    with np.errstate(over="ignore"):  # what is too large becomes an infinity, and its answer shows
        return array.astype(target)


def _of_type(array: NDArray[Any], tensor: Tensor, by: str) -> UnpreparedError:
    given = "texts or objects" if array.dtype.kind in "OUS" else array.dtype.name
    return UnpreparedError(
        "MG3172", f"takes {tensor.type} as {tensor.name[:60]!r}; {by} makes {given}"
    )


def shapes_agree(given: Sequence[int], wanted: Sequence[int | None]) -> bool:
    """Whether a row of this shape is what the input takes."""
    return len(given) == len(wanted) and all(
        axis is None or axis == size for size, axis in zip(given, wanted, strict=True)
    )


def written(shape: Sequence[int | None]) -> str:
    """A shape for a message: "3x224x224"."""
    return "x".join("?" if axis is None else str(axis) for axis in shape) or "one number"
