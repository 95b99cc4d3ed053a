"""Messages: what is sent comes back the same, and no bytes do more than raise one error."""

from __future__ import annotations

import socket
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps
from numpy.typing import NDArray

from modelgate.worker import wire

NUMBERS = nps.arrays(
    st.sampled_from(sorted(wire.TYPES)).map(np.dtype),
    nps.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
TEXTS = nps.arrays(object, nps.array_shapes(min_dims=0, max_dims=2, min_side=0), elements=st.text())
ARRAYS = st.dictionaries(st.text(), NUMBERS | TEXTS, max_size=4)


def through(described: object, buffers: list[object]) -> dict[str, NDArray[np.generic]]:
    payload = bytearray(wire.total(buffers))
    assert wire.write(buffers, memoryview(payload)) == len(payload)
    return wire.unpack(described, memoryview(payload))


@given(arrays=ARRAYS)
def test_arrays_come_back_the_same(arrays: dict[str, NDArray[np.generic]]) -> None:
    found = through(*wire.pack(arrays))
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        if array.dtype == object:
            assert found[name].reshape(-1).tolist() == [sayable(word) for word in array.flat]
        else:
            assert found[name].tobytes() == array.tobytes()


def sayable(word: object) -> str:
    """What UTF-8 cannot say, such as half a surrogate pair, becomes a question mark."""
    return str(word).encode("utf-8", "replace").decode()


ABOUT = st.sampled_from(["name", "type", "shape", "words", "letters"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ABOUT, inner, max_size=6),
    max_leaves=20,
)


@settings(max_examples=300)
@given(described=JSON, payload=st.binary(max_size=300))
def test_no_description_does_more_than_raise(described: object, payload: bytes) -> None:
    try:
        found = wire.unpack(described, memoryview(payload))
    except wire.NonsenseError:
        return
    assert isinstance(described, list)
    assert len(found) == len(described)


def pair(payload_bytes: int = 1 << 20) -> tuple[wire.Channel, socket.socket]:
    ours, theirs = socket.socketpair()
    return wire.Channel(ours, payload_bytes), theirs


@given(sent=st.binary(max_size=200))
def test_no_bytes_do_more_than_raise(sent: bytes) -> None:
    channel, other = pair()
    other.sendall(sent)
    other.close()
    try:
        header, _ = channel.receive(time.monotonic() + 5)
    except (wire.NonsenseError, wire.GoneError):
        return
    finally:
        channel.close()
    assert isinstance(header, dict)


def test_a_message_comes_whole() -> None:
    channel, other = pair(1 << 30)
    far = wire.Channel(other, 1 << 30)
    large = np.arange(3_000_000)
    described, buffers = wire.pack({"large": large, "empty": np.empty((0, 2))})
    sending = threading.Thread(target=far.send, args=({"arrays": described}, buffers))
    sending.start()
    header, payload = channel.receive(time.monotonic() + 30)
    sending.join()
    found = wire.unpack(header["arrays"], payload)
    np.testing.assert_array_equal(found["large"], large)
    assert found["empty"].shape == (0, 2)
    channel.close()
    far.close()


def test_silence_is_late() -> None:
    channel, other = pair()
    with pytest.raises(wire.LateError):
        channel.receive(time.monotonic() + 0.05)
    channel.close()
    other.close()


def test_a_reader_who_does_not_read_is_late() -> None:
    channel, other = pair()
    with pytest.raises(wire.LateError):
        channel.send({}, [np.zeros(10_000_000)], seconds=0.05)
    channel.close()
    other.close()


def test_a_closed_end_is_gone() -> None:
    channel, other = pair()
    other.close()
    with pytest.raises(wire.GoneError):
        channel.receive(None)
    channel.close()
    with pytest.raises(wire.GoneError):
        channel.send({})
