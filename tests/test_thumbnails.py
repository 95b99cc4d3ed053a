"""Images in a report are a few digits, and look from afar as they are."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.counterexamples import SIDE
from modelgate.thumbnails import thumbnail

SHAPES = st.tuples(st.integers(1, 90), st.integers(1, 90), st.sampled_from([0, 1, 3, 4]))


def test_a_small_image_is_told_pixel_by_pixel() -> None:
    image = np.array([[0, 255], [128, 25]], dtype=np.uint8)
    found = thumbnail(image)
    assert found == {"type": "image", "height": 2, "width": 2, "grey": ["09", "50"]}


@pytest.mark.parametrize("shape", [(3, 40, 60), (40, 60, 3), (40, 60, 1), (40, 60)])
def test_channels_may_stand_first_or_last_or_be_none(shape: tuple[int, ...]) -> None:
    found = thumbnail(np.zeros(shape))
    assert (found["height"], found["width"]) == (40, 60)
    assert found["grey"] == ["0" * 20] * 14


def test_a_large_image_is_the_mean_of_its_parts() -> None:
    image = np.zeros((56, 56))
    image[:, 28:] = 1
    image[::2, ::2] += 1
    assert thumbnail(image)["grey"] == ["0" * 14 + "9" * 14] * 28


@given(shape=SHAPES, seed=st.integers(0, 99), odd=st.sampled_from([0.0, np.nan, np.inf, -np.inf]))
def test_any_numbers_become_digits(shape: tuple[int, int, int], seed: int, odd: float) -> None:
    height, width, channels = shape
    image = np.random.default_rng(seed).normal(0, 100, shape if channels else (height, width))
    image.flat[0] = odd
    found = json.loads(json.dumps(thumbnail(image)))
    assert 1 <= len(found["grey"]) <= SIDE
    assert {len(line) for line in found["grey"]} == {len(found["grey"][0])}
    assert 1 <= len(found["grey"][0]) <= SIDE
    assert set("".join(found["grey"])) <= set("0123456789")
