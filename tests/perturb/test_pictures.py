"""What happens to images."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from modelgate.errors import UsageError
from modelgate.perturb import named

RAMP = np.arange(2 * 4 * 4 * 3, dtype=np.uint8).reshape(2, 4, 4, 3)
DOT = np.zeros((1, 9, 9, 1), dtype=np.uint8)
DOT[0, 4, 2] = 200
RNG = np.random.default_rng(5)
NOISY = RNG.integers(0, 256, (6, 16, 20, 3), dtype=np.uint8)


def shown(
    name: str, images: NDArray[np.uint8], seed: int = 1, **settings: Any
) -> NDArray[np.uint8]:
    after: NDArray[np.uint8] = named(name)(images, seed=seed, **settings)
    return after


def test_mirrors_and_half_turns() -> None:
    np.testing.assert_array_equal(shown("flip", RAMP), RAMP[:, :, ::-1])
    np.testing.assert_array_equal(shown("flip", RAMP, over="top_bottom"), RAMP[:, ::-1])
    np.testing.assert_array_equal(shown("upside_down", RAMP), RAMP[:, ::-1, ::-1])
    np.testing.assert_array_equal(shown("invert", RAMP), 255 - RAMP)


@pytest.mark.parametrize("name", ["flip", "upside_down", "invert", "channel_order"])
def test_what_is_done_twice_is_undone(name: str) -> None:
    np.testing.assert_array_equal(shown(name, shown(name, NOISY)), NOISY)


def test_red_becomes_blue_and_the_fourth_channel_stays() -> None:
    four = RNG.integers(0, 256, (2, 3, 3, 4), dtype=np.uint8)
    np.testing.assert_array_equal(shown("channel_order", four), four[..., [2, 1, 0, 3]])
    np.testing.assert_array_equal(shown("channel_order", DOT), DOT)


def test_a_quarter_turn_is_exact() -> None:
    square = NOISY[:, :, :16]
    turned = shown("rotate", square, degrees=90)
    np.testing.assert_array_equal(turned, np.rot90(square, 1, axes=(1, 2)))


def test_a_turn_goes_to_either_side() -> None:
    found = {shown("rotate", DOT, seed=seed, severity=5).tobytes() for seed in range(12)}
    assert len(found) == 2


def test_a_shift_moves_what_is_shown() -> None:
    places = set()
    for seed in range(40):
        after = shown("shift", DOT, seed=seed, pixels=2)
        assert after.sum() == DOT.sum()
        (_, row, column, _), *_ = np.argwhere(after)
        places.add((int(row) - 4, int(column) - 2))
    assert places == {(r, c) for r in (-2, 0, 2) for c in (-2, 0, 2)} - {(0, 0)}


def test_the_edge_goes_on_where_nothing_is_known() -> None:
    light = np.full((1, 6, 6, 1), 80, dtype=np.uint8)
    for name in ("shift", "rotate", "scale", "blur", "contrast"):
        np.testing.assert_array_equal(shown(name, light, severity=5), light)


def test_what_grows_fills_more_of_the_image() -> None:
    block = np.zeros((1, 33, 33, 1), dtype=np.uint8)
    block[0, 12:21, 12:21] = 255
    grown = (shown("scale", block, factor=2.0) > 127).sum()
    shrunk = (shown("scale", block, factor=0.5) > 127).sum()
    assert grown == pytest.approx(4 * 81, rel=0.15)
    assert shrunk == pytest.approx(81 / 4, rel=0.3)


def test_light_and_contrast() -> None:
    after = shown("brightness", RAMP, severity=2)
    np.testing.assert_array_equal(after, RAMP + 51)
    assert shown("brightness", RAMP, amount=1).min() == 255
    assert shown("brightness", RAMP, amount=-1.0).max() == 0
    flat = shown("contrast", NOISY, factor=0.0)
    assert np.ptp(flat, axis=(1, 2)).max() == 0
    np.testing.assert_allclose(flat[:, 0, 0], NOISY.mean(axis=(1, 2)), atol=0.6)


def test_a_blur_spreads_light_and_loses_none() -> None:
    wide = np.zeros((1, 41, 41, 1), dtype=np.uint8)
    wide[0, 20, 20] = 255
    after = shown("blur", wide, width=1.0).astype(np.float64)[0, :, :, 0]
    assert after.max() == pytest.approx(255 / (2 * np.pi), abs=1.5)
    assert after[20, 21] == pytest.approx(after[21, 20])
    assert after.sum() == pytest.approx(255, rel=0.1)


def test_noise_is_as_wide_as_is_said_and_no_pixels_is_anothers() -> None:
    grey = np.full((4, 64, 64, 3), 128, dtype=np.uint8)
    noise = shown("pixel_noise", grey, amount=0.1).astype(np.float64) - 128
    assert noise.std() == pytest.approx(25.5, rel=0.03)
    assert len({image.tobytes() for image in noise}) == 4


def test_images_beyond_a_portion_are_changed_as_those_within(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = {name: shown(name, NOISY, severity=3) for name in ("pixel_noise", "blur", "rotate")}
    monkeypatch.setattr("modelgate.perturb.material.pixels.PORTION", 1000)
    for name, after in whole.items():
        np.testing.assert_array_equal(shown(name, NOISY, severity=3), after)


def test_something_grey_stands_in_front() -> None:
    light = np.full((20, 10, 10, 3), 255, dtype=np.uint8)
    after = shown("occlusion", light, share=0.25)
    assert np.all((after == 127).sum(axis=(1, 2, 3)) == 75)
    assert len({image.tobytes() for image in after}) > 10
    assert after[(after != 127)].min() == 255


def test_jpeg_loses_more_the_lower_its_quality() -> None:
    pytest.importorskip("PIL", reason="Pillow is not installed: pip install -e '.[image]'")
    smooth = np.linspace(0, 255, 2 * 24 * 24 * 3).reshape(2, 24, 24, 3).astype(np.uint8)
    lost = [
        np.abs(shown("jpeg", smooth, quality=quality).astype(int) - smooth).mean()
        for quality in (95, 50, 5)
    ]
    assert lost[0] < lost[1] < lost[2]
    for channels in (1, 2, 4):
        after = shown("jpeg", smooth[..., :1].repeat(channels, axis=3), severity=1)
        assert np.abs(after.astype(int) - smooth[..., :1]).mean() < 12


def test_without_pillow_there_is_no_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(UsageError, match="needs Pillow") as caught:
        named("jpeg").settled({})
    assert caught.value.code == "MG2174"
    assert caught.value.exit_code == 2
    assert caught.value.hint == "pip install 'modelgate-ci[image]'"


def test_digits_are_still_digits(shared_data: Path) -> None:
    digits = np.load(shared_data / "images" / "mnist_t10k_1500.npz")["x"][:200, :, :, None]
    for name in ("rotate", "shift", "scale", "brightness", "contrast", "blur", "pixel_noise"):
        one = named(name)
        mild, harsh = (one(digits, seed=0, severity=severity) for severity in (1, 5))
        likeness = [np.corrcoef(digits.ravel(), after.ravel())[0, 1] for after in (mild, harsh)]
        assert one.changed(digits, mild).all(), name
        assert likeness[0] > 0.6, name
        assert likeness[1] <= likeness[0] + 1e-9, name
