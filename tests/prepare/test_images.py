"""Images become the pixels that pillow and plain numpy make of them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from modelgate.model import Signature
from modelgate.prepare import UnpreparedError
from modelgate.prepare.decoding import MOST_PIXELS
from modelgate.prepare.images import Images
from tests.prepare.conftest import signature

RNG = np.random.default_rng(0)
PHOTO = RNG.integers(0, 256, (40, 60, 3), dtype=np.uint8)
GREY = RNG.integers(0, 256, (28, 28), dtype=np.uint8)
COLOURS = signature(("data", "float32", ("n", 3, 16, 16)))
DIGITS = signature(("data", "float32", ("n", 1, 28, 28)))


def encoded(pixels: NDArray[Any], kind: str = "PNG") -> bytes:
    from PIL import Image

    into = io.BytesIO()
    Image.fromarray(pixels).save(into, kind)
    return into.getvalue()


def cells(*images: object) -> NDArray[Any]:
    made = np.empty(len(images), dtype=object)
    made[:] = images
    return made


def made(settings: Mapping[str, Any], model: Signature, *images: object) -> NDArray[Any]:
    step = Images(b"", settings, model)
    return step({"image": cells(*images)}, len(images))["data"]


def refused(settings: Mapping[str, Any], model: Signature) -> UnpreparedError:
    with pytest.raises(UnpreparedError) as caught:
        Images(b"", settings, model)
    return caught.value


def test_an_image_of_the_right_size_is_its_pixels() -> None:
    assert (made({}, DIGITS, encoded(GREY))[0, 0] == GREY).all()


def test_scale_mean_and_std_come_in_this_order() -> None:
    settings = {"scale": "1/255", "mean": [0.5, 0.4, 0.3], "std": [0.1, 0.2, 0.3]}
    small = PHOTO[:16, :16]
    wanted = (small / 255.0 - [0.5, 0.4, 0.3]) / [0.1, 0.2, 0.3]
    found = made(settings, COLOURS, encoded(small))
    np.testing.assert_allclose(found[0], np.moveaxis(wanted, 2, 0), atol=1e-5)


def test_bgr_turns_the_channels_round_and_mean_is_meant_for_them_as_turned() -> None:
    small = PHOTO[:16, :16]
    found = made({"channels": "BGR", "mean": [1, 2, 3]}, COLOURS, encoded(small))
    np.testing.assert_allclose(found[0, 0], small[..., 2] - 1.0)
    np.testing.assert_allclose(found[0, 2], small[..., 0] - 3.0)


@pytest.mark.parametrize(
    ("shape", "settings", "axis"),
    [
        pytest.param(("n", 3, 16, 16), {}, 1, id="channels-first"),
        pytest.param(("n", 16, 16, 3), {}, 3, id="channels-last"),
        pytest.param((1, 3, 16, 16), {}, 1, id="one-a-call"),
        pytest.param(("n", None, None, None), {"layout": "NHWC", "size": (16, 16)}, 3, id="free"),
        pytest.param(("n", 3, None, None), {"size": (16, 16)}, 1, id="free-sides"),
    ],
)
def test_the_layout_is_the_models(
    shape: tuple[int | str | None, ...], settings: Mapping[str, Any], axis: int
) -> None:
    model = signature(("data", "float32", shape))
    small = PHOTO[:16, :16]
    found = made(settings, model, encoded(small))
    assert (np.moveaxis(found, axis, 3)[0] == small).all()


@pytest.mark.parametrize(
    "shape", [("n", 784), ("n", 28, 28), ("n", 28, 28, 1)], ids=["flat", "no-channels", "last"]
)
def test_grey_images_take_any_shape_of_the_same_pixels(shape: tuple[int | str, ...]) -> None:
    settings = {"size": (28, 28), "channels": "L"}
    found = made(settings, signature(("data", "float32", shape)), encoded(GREY))
    assert (found.reshape(28, 28) == GREY).all()


def test_whole_numbers_stay_whole() -> None:
    found = made({}, signature(("data", "uint8", ("n", 28, 28, 1))), encoded(GREY))
    assert found.dtype == np.uint8
    assert (found[0, ..., 0] == GREY).all()


@pytest.mark.parametrize("name", ["nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"])
def test_resizing_is_pillows_own(name: str) -> None:
    from PIL import Image

    wanted = Image.fromarray(PHOTO).resize((16, 16), Image.Resampling[name.upper()])
    found = made({"resize": name}, COLOURS, encoded(PHOTO))
    assert (np.moveaxis(found[0], 0, 2) == np.asarray(wanted)).all()


def test_the_middle_is_cut_out_of_an_image_that_covers_the_size() -> None:
    from PIL import Image

    wanted = Image.fromarray(PHOTO).resize((24, 16), Image.Resampling.BILINEAR)
    found = made({"crop": "center"}, COLOURS, encoded(PHOTO))
    assert (np.moveaxis(found[0], 0, 2) == np.asarray(wanted)[:, 4:20]).all()


def test_the_shorter_side_first_and_then_the_middle_as_usual_for_photographs() -> None:
    from PIL import Image

    wanted = Image.fromarray(PHOTO).resize((30, 20), Image.Resampling.BILINEAR)
    found = made({"crop": "center", "shorter": 20}, COLOURS, encoded(PHOTO))
    assert (np.moveaxis(found[0], 0, 2) == np.asarray(wanted)[2:18, 7:23]).all()


def test_a_crop_larger_than_the_shorter_side_still_fills_the_size() -> None:
    found = made({"crop": "center", "shorter": 4}, COLOURS, encoded(PHOTO))
    assert found.shape == (1, 3, 16, 16)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM"])
def test_formats_without_loss_give_the_same_pixels(kind: str) -> None:
    small = PHOTO[:16, :16]
    assert (made({}, COLOURS, encoded(small, kind)) == made({}, COLOURS, encoded(small))).all()


def test_arrays_are_images_too_whatever_their_shape() -> None:
    step = Images(b"", {}, COLOURS)
    small = PHOTO[:16, :16]
    whole = step({"image": small[np.newaxis]}, 1)["data"]
    assert (whole == step({"image": cells(encoded(small))}, 1)["data"]).all()
    resized = step({"image": PHOTO[np.newaxis]}, 1)["data"]
    assert (resized == step({"image": cells(encoded(PHOTO))}, 1)["data"]).all()
    grey = step({"image": GREY[np.newaxis]}, 1)["data"]
    assert (grey == step({"image": cells(encoded(GREY))}, 1)["data"]).all()
    of_one = step({"image": GREY[np.newaxis, ..., np.newaxis]}, 1)["data"]
    assert (of_one == grey).all()


def test_a_transparent_or_indexed_image_is_taken_for_its_colours() -> None:
    from PIL import Image

    small = PHOTO[:16, :16]
    clear = np.dstack([small, np.zeros((16, 16), np.uint8)])
    assert (made({}, COLOURS, encoded(clear)) == made({}, COLOURS, encoded(small))).all()
    into = io.BytesIO()
    indexed = Image.fromarray(small).quantize(8)
    indexed.save(into, "GIF")
    found = made({}, COLOURS, into.getvalue())
    assert (np.moveaxis(found[0], 0, 2) == np.asarray(indexed.convert("RGB"))).all()


def test_rows_do_not_hang_on_their_neighbours() -> None:
    images = [encoded(PHOTO), encoded(PHOTO[::-1].copy()), encoded(GREY)]
    together = made({"scale": "1/255"}, COLOURS, *images)
    alone = [made({"scale": "1/255"}, COLOURS, one)[0] for one in images]
    assert (together == np.stack(alone)).all()


@pytest.mark.parametrize(
    ("given", "part"),
    [
        pytest.param(b"no image at all", "its format is not known", id="text"),
        pytest.param(b"", "its format is not known", id="empty"),
        pytest.param(encoded(PHOTO)[:300], "is truncated", id="cut-off"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n", "its format is not known", id="a-program"),
        pytest.param(None, "is given no image", id="missing"),
        pytest.param(np.zeros((4, 4, 2), np.uint8), "4x4x2", id="two-channels"),
        pytest.param("a.png", "no image", id="a-name"),
    ],
)
def test_what_is_no_image_is_told_with_its_row(given: object, part: str) -> None:
    with pytest.raises(UnpreparedError) as caught:
        made({}, COLOURS, encoded(PHOTO), given)
    assert (caught.value.code, caught.value.row) == ("MG3540", 1)
    assert part in caught.value.message


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it has so many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("width", "height"),
    [
        pytest.param(MOST_PIXELS // 100 + 1, 100, id="just-above"),
        pytest.param(100_000, 100_000, id="far-above"),
    ],
)
def test_an_image_of_too_many_pixels_is_not_decoded(width: int, height: int) -> None:
    with pytest.raises(UnpreparedError) as caught:
        made({}, COLOURS, bomb(width, height))
    assert caught.value.code == "MG3541"


@pytest.mark.parametrize(
    "deep",
    [
        pytest.param(np.full((4, 4), 25_700, np.uint16), id="16-bits"),
        pytest.param(np.full((4, 4), 100_000, np.int32), id="32-bits"),
        pytest.param(np.full((4, 4), 0.4, np.float32), id="fractions"),
    ],
)
def test_pixels_of_more_than_8_bits_are_refused_and_not_clipped(deep: NDArray[Any]) -> None:
    with pytest.raises(UnpreparedError, match="more than 8 bits a channel") as caught:
        made({}, DIGITS, encoded(GREY), encoded(deep, "TIFF"))
    assert (caught.value.code, caught.value.row) == ("MG3540", 1)


def test_a_strip_is_not_blown_up_to_cover_a_square() -> None:
    strip = encoded(np.zeros((2, 4000), np.uint8))
    with pytest.raises(UnpreparedError, match="4000 x 2 pixels: it is no picture") as caught:
        made({"crop": "center"}, COLOURS, strip)
    assert caught.value.code == "MG3541"


@pytest.mark.parametrize(
    ("inputs", "settings", "part"),
    [
        pytest.param([("x", "float32", ("n",))], {}, "which is no image", id="one-number"),
        pytest.param([("x", "float32", ("n", 2, 3, 4, 5))], {}, "which is no image", id="video"),
        pytest.param([("x", "string", ("n",))], {}, "takes text", id="text"),
        pytest.param(
            [("x", "float32", ("n", 3, 8, 8)), ("y", "float32", ("n", 2))],
            {},
            "images are one input",
            id="two-inputs",
        ),
        pytest.param(
            [("x", "float32", ("n", 3, None, None))], {}, "images of any size", id="no-size"
        ),
        pytest.param(
            [("x", "float32", ("n", 3, 8, 8))], {"size": (9, 9)}, "takes images of 8 x 8", id="size"
        ),
        pytest.param(
            [("x", "float32", ("n", None, 8, None))],
            {"size": (8, 8)},
            "does not tell by its input's shape",
            id="layout",
        ),
        pytest.param(
            [("x", "float32", ("n", 3, 8, 3))], {}, "where the channels stand", id="both-sides"
        ),
        pytest.param(
            [("x", "float32", ("n", 3, 8, 8))], {"channels": "L"}, "of 3 channels; L has 1", id="l"
        ),
        pytest.param(
            [("x", "float32", ("n", 1, 8, 8))], {"channels": "RGB"}, "RGB has 3", id="rgb"
        ),
        pytest.param(
            [("x", "float32", ("n", 3, 8, 8))], {"mean": [0.5]}, "`mean` has 1 numbers", id="mean"
        ),
        pytest.param(
            [("x", "float32", ("n", 1, 8, 8))], {"std": [1, 1, 1]}, "`std` has 3 numbers", id="std"
        ),
    ],
)
def test_a_model_that_takes_no_such_images_is_refused(
    inputs: list[tuple[str, str, tuple[int | str | None, ...]]],
    settings: Mapping[str, Any],
    part: str,
) -> None:
    found = refused(settings, signature(*inputs))
    assert found.code == "MG3172"
    assert part in found.message


def test_fractions_for_a_model_of_whole_numbers_are_refused() -> None:
    model = signature(("data", "uint8", ("n", 28, 28, 1)))
    with pytest.raises(UnpreparedError, match="takes uint8") as caught:
        made({"scale": "1/255"}, model, encoded(GREY))
    assert caught.value.code == "MG3172"


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="resized"),
        pytest.param({"channels": "BGR", "scale": "1/255"}, id="bgr"),
        pytest.param({"crop": "center"}, id="covering"),
        pytest.param({"shorter": 20, "crop": "center"}, id="shorter"),
    ],
)
@pytest.mark.parametrize("sized", [False, True])
def test_decoded_images_are_answered_as_their_files(
    settings: Mapping[str, Any], sized: bool
) -> None:
    step = Images(b"", settings, COLOURS)
    for images in ([PHOTO, PHOTO[::-1]], [PHOTO, PHOTO[:32, :41], PHOTO[:16, :16]]):
        files = cells(*map(encoded, images))
        pixels = step.decoded(files, len(files), sized=sized)
        assert pixels.dtype == np.uint8
        again, first = (step({"image": one}, len(files))["data"] for one in (pixels, files))
        assert (again == first).all()


def test_decoded_images_of_one_size_keep_it() -> None:
    step = Images(b"", {}, COLOURS)
    assert (step.decoded(cells(encoded(PHOTO)), 1, sized=False)[0] == PHOTO).all()
    grey = Images(b"", {}, DIGITS).decoded(cells(encoded(GREY)), 1, sized=False)
    assert (grey[0, ..., 0] == GREY).all()


def test_what_is_no_image_is_not_decoded() -> None:
    with pytest.raises(UnpreparedError) as caught:
        Images(b"", {}, DIGITS).decoded(cells(encoded(GREY), b"no image"), 2, sized=False)
    assert caught.value.code == "MG3540"
    assert caught.value.row == 1
