"""What crosses the border of the worker: typed, size-limited messages; never a pickle.

A message is two lengths, a header in JSON and raw bytes. Whatever the other side sends is taken
for hostile: lengths are checked before memory is taken, types and shapes before an array is made.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

TYPES = frozenset(
    {"float16", "float32", "float64", "bool"}
    | {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
)
"""Element types that travel as raw numbers; "string" travels as codes and distinct words."""

_LENGTHS = struct.Struct("<IQ")
_HEADER_BYTES = 4 << 20
_ALIGNED = 64
_MOST_AXES = 16


class NonsenseError(Exception):
    """The other side sent what no honest side would."""


class GoneError(Exception):
    """The other side closed its end."""


class LateError(Exception):
    """Nothing came in time."""


class Channel:
    """One end of the socket between the two processes."""

    def __init__(self, end: socket.socket, payload_bytes: int) -> None:
        self._end = end
        self._payload_bytes = payload_bytes

    def close(self) -> None:
        """Close this end; the other one reads the end of the stream."""
        self._end.close()

    def send(
        self, header: Mapping[str, Any], payload: Sequence[Any] = (), seconds: float | None = None
    ) -> None:
        """Send one message.

        Args:
            header: what JSON can hold.
            payload: buffers; each begins at a multiple of 64 bytes.
            seconds: how long the other side may take to read it.

        Raises:
            GoneError: nobody reads.
            LateError: the other side does not read.
        """
        text = json.dumps(header).encode()
        parts = _aligned(payload)
        lengths = _LENGTHS.pack(len(text), sum(len(part) for part in parts))
        try:
            self._end.settimeout(seconds)
            self._end.sendall(lengths + text)
            for part in parts:
                self._end.sendall(part)
        except TimeoutError:
            raise LateError from None
        except OSError:
            raise GoneError from None

    def receive(self, deadline: float | None = None) -> tuple[dict[str, Any], memoryview]:
        """The next message, in memory of its own.

        Args:
            deadline: `time.monotonic()` at which waiting ends; None waits for ever.

        Raises:
            GoneError: the other side closed its end.
            LateError: the deadline passed.
            NonsenseError: what came is no message, or is too large.
        """
        header_bytes, payload_bytes = _LENGTHS.unpack(self._read(_LENGTHS.size, deadline))
        if header_bytes > _HEADER_BYTES or payload_bytes > self._payload_bytes:
            raise NonsenseError(f"a message of {header_bytes} + {payload_bytes} bytes")
        try:
            text = bytes(self._read(header_bytes, deadline))
            header = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise NonsenseError("a header that is no JSON") from None
        if not isinstance(header, dict):
            raise NonsenseError("a header that is no object")
        return header, self._read(payload_bytes, deadline)

    def _read(self, count: int, deadline: float | None) -> memoryview:
        taken = memoryview(bytearray(count))
        at = 0
        while at < count:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise LateError
            try:
                self._end.settimeout(left)
                got = self._end.recv_into(taken[at:])
            except TimeoutError:
                raise LateError from None
            except OSError:
                raise GoneError from None
            if not got:
                raise GoneError
            at += got
        return taken


def pack(arrays: Mapping[str, NDArray[Any]]) -> tuple[list[dict[str, Any]], list[Any]]:
    """Arrays as descriptions for the header, and the buffers they describe, in order."""
    described: list[dict[str, Any]] = []
    buffers: list[Any] = []
    for name, array in arrays.items():
        about: dict[str, Any] = {"name": name, "shape": list(array.shape)}
        if array.dtype.kind in "OUT":
            codes, words = _coded(array)
            about |= {"type": "string", "words": len(words)}
            lengths = np.fromiter((len(word) for word in words), np.int64, len(words))
            about["letters"] = int(lengths.sum())
            buffers += [codes, lengths, np.frombuffer(b"".join(words), np.uint8)]
        else:
            about["type"] = array.dtype.name
            buffers.append(np.ascontiguousarray(array))
        described.append(about)
    return described, buffers


def unpack(
    described: object, payload: memoryview, *, cells: bool = False
) -> dict[str, NDArray[Any]]:
    """The arrays of a message; they look into `payload`.

    Args:
        described: as `pack` describes them.
        payload: their bytes.
        cells: whether they may be bytes, or missing: only what the engine sends may be.

    Raises:
        NonsenseError: the descriptions are no descriptions, or do not fit the payload.
    """
    if not isinstance(described, list):
        raise NonsenseError("arrays without descriptions")
    reader = _Reader(payload)
    arrays: dict[str, NDArray[Any]] = {}
    for about in described:
        if not isinstance(about, dict):
            raise NonsenseError("an array without a description")
        name, type_, shape = about.get("name"), about.get("type"), _shape(about.get("shape"))
        if not isinstance(name, str) or name in arrays:
            raise NonsenseError("an array without a name of its own")
        if type_ == "string" or (cells and type_ == "bytes"):
            arrays[name] = _words(about, shape, reader, cells=cells)
        elif type_ in TYPES:
            arrays[name] = reader.take(np.dtype(type_), math.prod(shape)).reshape(shape)
        else:
            raise NonsenseError(f"an array of type {str(type_)[:40]!r}")
    return arrays


def total(buffers: Sequence[Any]) -> int:
    """How many bytes these buffers take in a message or in shared memory."""
    return sum(len(part) for part in _aligned(buffers))


def write(buffers: Sequence[Any], into: memoryview) -> int:
    """Lay buffers one after the other into shared memory; how many bytes that took."""
    at = 0
    for part in _aligned(buffers):
        into[at : at + len(part)] = part
        at += len(part)
    return at


def raw(content: bytes) -> NDArray[np.uint8]:
    """Bytes as a buffer."""
    return np.frombuffer(content, np.uint8)


class _Reader:
    """Takes arrays from a payload, each from the next multiple of 64 bytes."""

    def __init__(self, payload: memoryview) -> None:
        self._payload = payload
        self._at = 0

    def take(self, dtype: np.dtype[Any], count: int) -> NDArray[Any]:
        end = self._at + count * dtype.itemsize
        if end > len(self._payload):
            raise NonsenseError("an array longer than its message")
        array = np.frombuffer(self._payload[self._at : end], dtype)
        self._at = -(-end // _ALIGNED) * _ALIGNED
        return array


def _aligned(buffers: Sequence[Any]) -> list[memoryview | bytes]:
    parts: list[memoryview | bytes] = []
    for buffer in buffers:
        array = np.asarray(buffer)
        if array.nbytes:
            parts.append(array.reshape(-1).view(np.uint8).data)
            parts.append(bytes(-array.nbytes % _ALIGNED))
    return parts


def _coded(array: NDArray[Any]) -> tuple[NDArray[np.int32], list[bytes]]:
    """Strings as codes into their distinct words: labels repeat, and one copy of each is cheap."""
    flat = [word if isinstance(word, str) else str(word) for word in array.reshape(-1).tolist()]
    codes = {word: code for code, word in enumerate(dict.fromkeys(flat))}
    coded = np.fromiter(map(codes.__getitem__, flat), np.int32, len(flat))
    return coded, [word.encode("utf-8", "replace") for word in codes]


def _words(
    about: Mapping[str, Any], shape: tuple[int, ...], reader: _Reader, *, cells: bool
) -> NDArray[np.object_]:
    count, letters = about.get("words"), about.get("letters")
    if type(count) is not int or type(letters) is not int or count < 0 or letters < 0:
        raise NonsenseError("strings without lengths")
    codes = reader.take(np.dtype(np.int32), math.prod(shape))
    lengths = reader.take(np.dtype(np.int64), count)
    text = bytes(reader.take(np.dtype(np.uint8), letters))
    if (lengths < 0).any() or int(lengths.astype(object).sum() or 0) != letters:
        raise NonsenseError("strings whose lengths do not add up")
    least = -1 if cells and about.get("missing") else 0
    if codes.size and not least <= int(codes.min()) <= int(codes.max()) < count:
        raise NonsenseError("a string that is not in the list")
    ends = np.cumsum(lengths).tolist()
    words: NDArray[np.object_] = np.empty(count + 1, object)  # the last is what is missing: None
    parts = (text[end - size : end] for end, size in zip(ends, lengths.tolist(), strict=True))
    raw = about["type"] == "bytes"
    words[:count] = [part if raw else part.decode("utf-8", "replace") for part in parts]
    found: NDArray[np.object_] = words[codes]
    return found.reshape(shape)


def _shape(found: object) -> tuple[int, ...]:
    if not isinstance(found, list) or len(found) > _MOST_AXES:
        raise NonsenseError("an array without a shape")
    if not all(type(size) is int and 0 <= size < 1 << 40 for size in found):
        raise NonsenseError("an array of an impossible shape")
    return tuple(found)


def _no_constant(name: str) -> Any:
    raise ValueError(name)
