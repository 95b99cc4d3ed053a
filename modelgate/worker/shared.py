"""The memory that both processes see: numbers go through it without being sent.

It is divided into slots, one a block of rows in flight; each holds one array an input and room
for the answers. The file behind it is sealed, so that neither side can shrink it under the other.
"""

from __future__ import annotations

import fcntl
import math
import mmap
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ALIGNED = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Where one input lies in a slot.

    Attributes:
        type: element type, a numpy name.
        shape: with the axis of rows, if the input has one.
        start: bytes from the start of the slot.
    """

    type: str
    shape: tuple[int, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How the shared memory is divided.

    Attributes:
        inputs: by name.
        answers: bytes from the start of a slot to its room for answers.
        slot_bytes: size of one slot.
        slots: their number.
    """

    inputs: Mapping[str, Place]
    answers: int
    slot_bytes: int
    slots: int

    @classmethod
    def make(
        cls,
        inputs: Mapping[str, tuple[str, tuple[int, ...]]],
        answer_bytes: int,
        slots: int,
    ) -> Layout:
        """Lay out inputs of these types and shapes, and room for answers behind them."""
        places: dict[str, Place] = {}
        at = 0
        for name, (type_, shape) in inputs.items():
            places[name] = Place(type_, shape, at)
            at = _up(at + math.prod(shape) * np.dtype(type_).itemsize)
        return cls(places, at, _up(at + answer_bytes), slots)

    @property
    def bytes(self) -> int:
        """The size of all slots; never 0, which cannot be mapped."""
        return max(self.slot_bytes * self.slots, _ALIGNED)

    def to_json(self) -> dict[str, Any]:
        """For the header of a message."""
        return {
            "inputs": {n: [p.type, list(p.shape), p.start] for n, p in self.inputs.items()},
            "answers": self.answers,
            "slot_bytes": self.slot_bytes,
            "slots": self.slots,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Layout:
        """The layout that the engine sent; the worker trusts the engine."""
        inputs = {n: Place(t, tuple(s), at) for n, (t, s, at) in found["inputs"].items()}
        return cls(inputs, found["answers"], found["slot_bytes"], found["slots"])


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """Room for one block of rows.

    Attributes:
        number: which one it is.
        inputs: by name, an array to fill: (rows_max, *row_shape), or the whole shape for an
            input that is given whole with every call.
        answers: the bytes where the worker puts what the model answered.
    """

    number: int
    inputs: Mapping[str, NDArray[Any]]
    answers: memoryview


class SharedMemory:
    """The mapped slots."""

    def __init__(self, descriptor: int, layout: Layout) -> None:
        self._map = mmap.mmap(descriptor, layout.bytes)
        whole = memoryview(self._map)
        self.slots = tuple(_slot(n, whole, layout) for n in range(layout.slots))


def create() -> int:
    """The descriptor of new, empty shared memory."""
    return os.memfd_create("modelgate", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)


def grow_and_seal(descriptor: int, size: int) -> None:
    """Give the memory its size, for good."""
    os.ftruncate(descriptor, size)
    seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    if os.fstat(descriptor).st_size != size:
        raise OSError("the shared memory changed its size while it was sealed")


def _slot(number: int, whole: memoryview, layout: Layout) -> Slot:
    room = whole[number * layout.slot_bytes : (number + 1) * layout.slot_bytes]
    inputs: dict[str, NDArray[Any]] = {}
    for name, place in layout.inputs.items():
        dtype = np.dtype(place.type)
        end = place.start + math.prod(place.shape) * dtype.itemsize
        inputs[name] = np.frombuffer(room[place.start : end], dtype).reshape(place.shape)
    return Slot(number, inputs, room[layout.answers :])


def _up(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED
