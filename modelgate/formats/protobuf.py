"""The wire format of protobuf, read only as far as one looks.

Nothing is copied but what is asked for: a model's weights are stepped over.

Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bytes = bytes | mmap.mmap

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5


class DamagedError(Exception):
    """The bytes end in the middle of a field, or are no protobuf."""


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a field: a message, a string, packed numbers.

    Attributes:
        data: the whole file.
        start: the first byte.
        end: behind the last byte.
    """

    data: Bytes
    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def text(self, most: int = 4096) -> str:
        """As a string, shortened to `most` bytes."""
        return self.data[self.start : min(self.end, self.start + most)].decode("utf-8", "replace")

    def fields(self) -> Iterator[tuple[int, int | Span]]:
        """The fields of a message: number, and an integer or the bytes.

        Raises:
            DamagedError: the message is cut off, or is none.
        """
        at = self.start
        while at < self.end:
            tag, at = _varint(self.data, at, self.end)
            number, kind = tag >> 3, tag & 7
            if not number:
                raise DamagedError("a field without a number")
            if kind == _VARINT:
                value, at = _varint(self.data, at, self.end)
                yield number, value
                continue
            if kind == _LENGTH:
                size, at = _varint(self.data, at, self.end)
            elif kind in (_FIXED32, _FIXED64):
                size = 4 if kind == _FIXED32 else 8
            else:
                raise DamagedError("a field of an unknown kind")
            if at + size > self.end:
                raise DamagedError("the file ends in the middle of a field")
            yield number, Span(self.data, at, at + size)
            at += size

    def spans(self, number: int) -> Iterator[Span]:
        """The fields of this number that have bytes."""
        for found, value in self.fields():
            if found == number and isinstance(value, Span):
                yield value

    def varints(self) -> NDArray[np.uint64]:
        """All the bytes as one run of variable-length integers."""
        raw = np.frombuffer(self.data[self.start : self.end], np.uint8)
        ends = np.flatnonzero(raw < 0x80)
        if not len(ends):
            return np.empty(0, np.uint64)
        raw = raw[: ends[-1] + 1]
        starts = np.concatenate([[0], ends[:-1] + 1])
        place = np.arange(len(raw)) - np.repeat(starts, ends - starts + 1)
        shift = (7 * np.minimum(place, 9)).astype(np.uint64)
        return np.add.reduceat((raw & 0x7F).astype(np.uint64) << shift, starts)


def signed(value: int) -> int:
    """An int64 as protobuf writes it: two's complement in 64 bits."""
    return value - (1 << 64) if value >= 1 << 63 else value


def _varint(data: Bytes, at: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while at < end and shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
        shift += 7
    raise DamagedError("the file ends in the middle of a number")
