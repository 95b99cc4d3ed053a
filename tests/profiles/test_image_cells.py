"""Image files that cells name or hold are measured; what cannot be read is counted, and told."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from modelgate.drift.columns import compared
from modelgate.drifting import drift
from modelgate.pictured import Pictured
from modelgate.profiles.column import ColumnProfile
from modelgate.profiles.states import state_of

Image = pytest.importorskip("PIL.Image", reason="pillow is not installed: pip install '.[image]'")
RNG = np.random.default_rng(0)
ROWS = 120


def encoded(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sets of images of 8 x 12 pixels, the second brighter, and a table of names for each."""
    there = tmp_path_factory.mktemp("images")
    for name, brighter in (("was", 0), ("same", 0), ("now", 60)):
        (there / name).mkdir()
        for row in range(ROWS):
            pixels = RNG.integers(brighter, 180 + brighter, (8, 12)).astype(np.uint8)
            (there / name / f"{row}.png").write_bytes(encoded(pixels))
        names = "".join(f"{name}/{row}.png\n" for row in range(ROWS))
        (there / f"{name}.csv").write_text(f"image\n{names}", "utf-8")
    return there


def profile(cells: pa.Array, folder: Path) -> ColumnProfile:
    state = state_of(pa.field("image", cells.type), folder)
    state.add(cells, 0)
    return state.profile()


def names(which: str) -> list[str | None]:
    return [f"{which}/{row}.png" for row in range(ROWS)]


def test_names_of_files_and_their_bytes_are_measured_alike(folder: Path) -> None:
    named = profile(pa.array(names("was")), folder)
    held = [(folder / str(name)).read_bytes() for name in names("was")]
    one, other = named.measures, profile(pa.array(held), folder).measures
    assert named.kind == "image"
    assert one.keys() == {"readable", "brightness", "contrast", "pixels", "proportions"}
    for name, sample in one.items():
        assert sample.values.tolist() == other[name].values.tolist()
    pixels = np.asarray(Image.open(folder / "was" / "0.png"))
    assert float(pixels.mean()) in one["brightness"].values
    assert one["pixels"].values.tolist() == [96.0]
    assert one["proportions"].values.tolist() == [1.5]


def test_what_cannot_be_read_is_told(folder: Path) -> None:
    broken = [*names("was")[:60], *["was/none.png"] * 59, None]
    was, now = profile(pa.array(names("was")), folder), profile(pa.array(broken), folder)
    assert (now.kind, now.missing) == ("image", 1)
    found = {one.aspect: one for one in compared({"image": was}, {"image": now}).shifts}
    assert found["readable"].shift.effect == pytest.approx(59 / 119)
    assert found["readable"].says.startswith("images that can be read (1) or not (0)")


def test_texts_that_look_like_names_are_texts_where_there_are_no_files(folder: Path) -> None:
    assert profile(pa.array(["a.png", "b.png"] * 60), folder).kind == "category"
    assert profile(pa.array(["../was/0.png"] * 60), folder / "now").kind == "category"
    assert profile(pa.array([b"no image"] * 60), folder).kind == "other"


def test_brighter_images_are_drift_without_a_model(folder: Path) -> None:
    assert drift(folder / "was.csv", folder / "same.csv", at_most=0.5).exit_code == 0
    found = drift(folder / "was.csv", folder / "now.csv")
    assert found.exit_code == 1
    first, *_ = found.outcome.details["columns"]
    assert (first["column"], first["aspect"]) == ("image", "brightness")


def test_of_many_images_some_are_looked_at_whatever_the_parts(folder: Path) -> None:
    cells = pa.array(names("was") * 60)
    parts = [state_of(pa.field("image", cells.type), folder) for _ in range(2)]
    whole = state_of(pa.field("image", cells.type), folder)
    for part, first in zip(parts, (0, 8192), strict=True):
        part.add(cells, first)
        whole.add(cells, first)
    parts[1].merge(parts[0])
    one, other = parts[1].profile(), whole.profile()
    assert one.measures["brightness"].rows == 2048
    for name, sample in one.measures.items():
        assert sample.values.tolist() == other.measures[name].values.tolist()


def test_files_that_are_gone_at_the_head_decide_nothing(folder: Path) -> None:
    cells = ["was/none.png", None, "was/gone.png", *names("was")]
    found = profile(pa.array(cells), folder)
    assert (found.kind, found.missing) == ("image", 1)
    assert found.measures["readable"].counts.tolist() == [2, ROWS]


@pytest.mark.parametrize(
    "cell", [b"RIFF\0\0\0\0WAVEfmt ", b"P5x", b"", b"PNG"], ids=["sound", "P5x", "empty", "text"]
)
def test_bytes_that_begin_as_no_image_are_none(cell: bytes) -> None:
    assert profile(pa.array([cell] * 20), Path()).kind == "other"


@pytest.mark.parametrize(
    "cell",
    [
        b"P6 0 0 255\n",
        b"\x89PNG\r\n\x1a\n",
        encoded(np.full((4, 4), 60_000, dtype=np.uint16)),
    ],
    ids=["no pixel", "cut off", "16 bits"],
)
def test_of_images_of_which_none_can_be_read_nothing_is_passed(cell: bytes) -> None:
    broken = profile(pa.array([cell] * 200), Path())
    found = compared({"image": broken}, {"image": broken})
    assert found.blind == {"image": "holds images of which none can be read"}
    assert found.unread == {"image": "200 of 200, 200 of 200 in the reference"}


def test_broken_images_are_told_where_they_are_as_many_as_before(
    folder: Path,
) -> None:
    pa.csv.write_csv(
        pa.table({"image": [*names("was")[:117], *["was/none.png"] * 3]}), folder / "broken.csv"
    )
    found = drift(folder / "broken.csv", folder / "broken.csv", at_most=0.5)
    assert found.outcome.says.endswith(
        " Images that cannot be read: image, 3 of 120, 3 of 120 in the reference."
    )


def test_images_are_decoded_one_after_the_other() -> None:
    cells = pa.array([encoded(np.zeros((700, 700), dtype=np.uint8))] * 30)
    tracemalloc.start()
    found = profile(cells, Path())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.measures["readable"].rows == 30
    assert peak < 6 * 700 * 700 * 8


def test_a_dictionary_of_names_is_read_and_one_of_nothing_is_missing(folder: Path) -> None:
    found = profile(pa.array(names("was")).dictionary_encode(), folder)
    assert (found.kind, found.measures["readable"].values.tolist()) == ("image", [1.0])
    nothing = pa.DictionaryArray.from_arrays(pa.array([0, 0]), pa.array([None], pa.string()))
    assert not Pictured(folder).shown_by(nothing)
