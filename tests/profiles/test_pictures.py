"""Images are told by how bright they are, and by how far their pixels spread."""

import numpy as np
import pyarrow as pa
import pytest

from modelgate.arrays import tensors
from modelgate.dataset import BLOCK_ROWS
from modelgate.drift.columns import compared
from modelgate.profiles.column import ColumnProfile
from modelgate.profiles.pictures import LEAST_IMAGES, Pictures
from modelgate.profiles.states import state_of

RNG = np.random.default_rng(0)
DARK = RNG.integers(0, 100, (500, 8, 8)).astype(np.uint8)


def profile(array: pa.Array) -> ColumnProfile:
    state = state_of(pa.field("it", array.type))
    for first in range(0, len(array), BLOCK_ROWS):
        state.add(array.slice(first, BLOCK_ROWS), first)
    return state.profile()


def test_images_are_measured() -> None:
    found = profile(tensors(DARK))
    assert (found.kind, found.rows, found.missing) == ("image", 500, 0)
    for name, values in (
        ("brightness", DARK.mean(axis=(1, 2))),
        ("contrast", DARK.reshape(500, -1).std(axis=1)),
    ):
        sample = found.measures[name]
        told = np.repeat(sample.values, sample.counts)
        assert told == pytest.approx(np.sort(values), rel=1e-12)


def test_images_that_are_missing_are_counted() -> None:
    column = tensors(DARK).take(pa.array([0, None, 1]))
    found = profile(column)
    assert (found.rows, found.missing) == (3, 1)
    assert found.measures["brightness"].rows == 2
    nothing = profile(tensors(DARK).take(pa.array([None, None], pa.int64())))
    assert (nothing.kind, nothing.missing, nothing.measures) == ("image", 2, {})


def test_of_large_images_some_are_looked_at_whatever_the_parts() -> None:
    large = RNG.integers(0, 9, (3 * LEAST_IMAGES, 512, 300)).astype(np.uint8)
    array = tensors(large)
    one, other, whole = (Pictures("it", array.type) for _ in range(3))
    one.add(array, 0)
    other.add(array, BLOCK_ROWS)
    for first in (BLOCK_ROWS, 0):
        whole.add(array, first)
    one.merge(other)
    parts, every = one.profile(), whole.profile()
    assert parts.measures["brightness"].rows == 2 * LEAST_IMAGES
    for name in parts.measures:
        assert parts.measures[name].values.tolist() == every.measures[name].values.tolist()


def test_inverted_images_have_shifted() -> None:
    was, now = {"it": profile(tensors(DARK))}, {"it": profile(tensors(255 - DARK))}
    bright, contrast = compared(was, now).shifts
    assert (bright.aspect, bright.shift.effect) == ("brightness", 1.0)
    assert bright.says.startswith("brightness of an image: median ")
    assert (contrast.aspect, contrast.shift.effect) == ("contrast", 0.0)


def test_vectors_are_no_images() -> None:
    assert profile(tensors(RNG.normal(size=(5, 3)))).kind == "other"
