"""Images of the reference are found in the test set though their files were saved anew."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from modelgate.arrays import tensors
from modelgate.errors import UsageError
from modelgate.report import Result
from modelgate.surveys.looks import look
from modelgate.testing import run_check

ROWS = 400
Pixels = NDArray[Any]


def drawn(seed: int, rows: int = ROWS) -> Pixels:
    """(rows, 48, 64) images of some soft spots of light, each elsewhere."""
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[0:48, 0:64]
    found = np.zeros((rows, 48, 64))
    for _ in range(6):
        y, x = rng.uniform(0, 48, (rows, 1, 1)), rng.uniform(0, 64, (rows, 1, 1))
        light, size = rng.uniform(40, 160, (rows, 1, 1)), rng.uniform(4, 14, (rows, 1, 1))
        found += light * np.exp(-((down - y) ** 2 + (across - x) ** 2) / size**2)
    return np.clip(found, 0, 255).astype(np.uint8)


def asked(test: Pixels, reference: Pixels, **settings: Any) -> Result:
    given = {"test": test, "reference": reference}
    tables = {name: pa.table({"image": tensors(pixels)}) for name, pixels in given.items()}
    return run_check("split_overlap", tables=tables, subject="images", settings=settings)


def test_images_of_their_own_pass_and_darkened_copies_fail() -> None:
    reference, own = drawn(0), drawn(1)
    assert asked(own, reference).status == "passed"
    copies = np.concatenate([own[:360], (reference[:40] * 0.8).astype(np.uint8)])
    result = asked(copies, reference)
    assert result.status == "failed"
    assert result.details["share"] == pytest.approx(0.1, abs=0.01)
    assert "of 400 images stand in the reference too" in result.says
    assert result.evidence
    pairs = [str(one).replace(" of reference", "").split(" is row ") for one in result.evidence]
    assert all(int(one.removeprefix("row ")) == int(other) + 360 for one, other in pairs)


def test_what_is_alike_by_nature_is_no_leak() -> None:
    many = np.repeat(drawn(0, 20), 20, axis=0)
    result = asked(many[::2], many[1::2])
    assert result.status != "failed"
    assert result.details["natural"] == 1.0


def test_few_images_tell_nothing() -> None:
    assert asked(drawn(0, 5), drawn(1, 5)).status == "undecided"


def test_of_rows_without_images_nothing_is_said() -> None:
    tables = {name: {"x": [1.0, 2.0], "word": ["a", "b"]} for name in ("test", "reference")}
    result = run_check("split_overlap", tables=tables, subject="images")
    assert (result.status, result.reason) == ("undecided", "there are no images to compare")


def test_files_saved_anew_are_found_by_their_look_and_equal_ones_by_their_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = pytest.importorskip("PIL.Image", reason="pillow is not there: pip install '.[image]'")
    monkeypatch.chdir(tmp_path)
    pixels, ends = drawn(0, 60), {"train": "png", "test": "jpg"}
    for folder, end in ends.items():
        Path(folder).mkdir()
        for row in range(60):
            file = io.BytesIO()
            image.fromarray(pixels[row]).save(file, "PNG" if end == "png" else "JPEG", quality=90)
            Path(folder, f"{row}.{end}").write_bytes(file.getvalue())
    names = {name: {"image": [f"{name}/{row}.{ends[name]}" for row in range(60)]} for name in ends}
    tables = {"test": names["test"], "reference": names["train"]}
    alike = run_check("split_overlap", tables=tables, subject="images")
    assert (alike.status, alike.details["share"]) == ("failed", 1.0)
    assert run_check("split_overlap", tables=tables).details["share"] == 0.0
    for row in range(60):
        Path("test", f"{row}.jpg").write_bytes(Path("train", f"{row}.png").read_bytes())
    assert run_check("split_overlap", tables=tables).details["share"] == 1.0


@given(st.integers(0, 2**32 - 1), st.floats(0.3, 3.0), st.floats(0.0, 50.0))
def test_a_look_is_that_of_any_brighter_image(seed: int, factor: float, more: float) -> None:
    grey = np.random.default_rng(seed).uniform(0, 100, (40, 50))
    assert (look(grey) == look(grey * factor + more)).all()


def test_light_that_rises_to_the_right_sets_the_first_half_of_the_bits() -> None:
    ramp = np.arange(90.0)[np.newaxis, :] - np.arange(90.0)[:, np.newaxis]
    assert look(ramp).tolist() == [255] * 8 + [0] * 8


def in_cells(
    cells: Sequence[bytes | None], reference: Sequence[bytes | None], **settings: Any
) -> Result:
    given = {"test": cells, "reference": reference}
    tables = {name: pa.table({"image": pa.array(of, pa.binary())}) for name, of in given.items()}
    return run_check("split_overlap", tables=tables, subject="images", settings=settings)


def png(pixels: Pixels) -> bytes:
    image = pytest.importorskip("PIL.Image", reason="pillow is not there: pip install '.[image]'")
    file = io.BytesIO()
    image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_images_that_cannot_be_read_are_told_and_may_be_copies() -> None:
    reference = [png(pixels) for pixels in drawn(0)]
    own = [png(pixels) for pixels in drawn(1)]
    assert in_cells([*own, None, None], reference).status == "passed"
    result = in_cells([*own, *[b"\x89PNG broken"] * 40], [*reference, b"\x89PNG broken"])
    assert result.status == "undecided"
    assert result.interval is not None
    assert result.interval[1] > 40 / 440
    assert result.says.endswith(" Images that cannot be read: 40, 1 of the reference.")


def test_where_no_image_can_be_read_nothing_is_said_and_it_is_told() -> None:
    result = in_cells([b"\x89PNG broken"] * 30, [b"\x89PNG broken"] * 20)
    assert (result.status, result.reason) == (
        "undecided",
        "there are no images to compare: Images that cannot be read: 30, 20 of the reference",
    )


def test_a_column_that_is_not_there_is_told() -> None:
    with pytest.raises(UsageError, match="there is no column 'imge'; did you mean 'image'") as told:
        in_cells([png(drawn(0, 1)[0])], [png(drawn(1, 1)[0])], column="imge")
    assert told.value.code == "MG2280"


@pytest.mark.parametrize("shape", [(9,), (2, 3, 4, 5)], ids=str)
def test_arrays_that_show_nothing_are_no_images(shape: tuple[int, ...]) -> None:
    pixels = np.ones((30, *shape))
    assert asked(pixels, pixels).reason == "there are no images to compare"


def test_an_array_with_a_pixel_that_is_no_number_cannot_be_read() -> None:
    pixels = drawn(0).astype(np.float64)
    pixels[:100, 3, 3] = np.nan
    assert "Images that cannot be read: 100." in asked(pixels, drawn(1).astype(np.float64)).says


def test_rows_are_compared_by_their_files_though_the_first_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("train", "test"):
        Path(folder).mkdir()
        for row in range(1, 60):
            Path(folder, f"{row}.png").write_bytes(b"\x89PNG" + bytes([row]))
    tables = {
        name: {"image": [f"{folder}/{row}.png" for row in range(60)]}
        for name, folder in (("test", "test"), ("reference", "train"))
    }
    assert run_check("split_overlap", tables=tables).details["share"] == 59 / 60
