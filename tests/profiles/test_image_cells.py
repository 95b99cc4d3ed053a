"""Image files that cells name or hold are measured; what cannot be read is counted, and told."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from modelgate.drift.columns import compared
from modelgate.drifting import drift
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
