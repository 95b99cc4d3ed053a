"""Image files are perturbed as the pixels that they hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from onnx import TensorProto, helper
from PIL import Image

import modelgate
from modelgate.arrays import tensor_shape, tensors
from modelgate.behaviour import pictures
from modelgate.change import Change
from modelgate.cli import main
from modelgate.perturb import named
from tests.prepare.conftest import save
from tests.properties.conftest import Function

SIZES = {"one": [(8, 8)], "several": [(8, 8), (20, 16), (12, 30)]}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Which half is brighter: "bottom" or "top"?"""
    weights = np.zeros((64, 2), np.float32)
    weights[32:, 0] = weights[:32, 1] = 1 / 32
    nodes = [
        helper.make_node("Flatten", ["image"], ["pixels"]),
        helper.make_node("MatMul", ["pixels", "w"], ["halves"]),
        helper.make_node("Softmax", ["halves"], ["probabilities"]),
    ]
    return save(
        tmp_path_factory.mktemp("halves") / "halves.onnx",
        nodes,
        {"image": (TensorProto.FLOAT, ["n", 1, 8, 8])},
        {"probabilities": (TensorProto.FLOAT, ["n", 2])},
        {"w": weights},
    )


@pytest.fixture(params=SIZES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Sixty pictures, half of them brighter above."""
    sizes, draw = SIZES[request.param], np.random.default_rng(0)
    rows = ["file,half"]
    for row in range(60):
        height, width = sizes[row % len(sizes)]
        pixels = draw.integers(0, 60, (height, width)).astype(np.uint8)
        half = ("top", "bottom")[row % 2]
        pixels[: height // 2 if half == "top" else height] += 100 if half == "top" else 0
        pixels[height // 2 :] += 100 if half == "bottom" else 0
        Image.fromarray(pixels).save(tmp_path / f"{row}.png")
        rows.append(f"{row}.png,{half}")
    (tmp_path / "data.csv").write_text("\n".join(rows))
    return tmp_path


def suite(folder: Path, checks: str) -> Path:
    path = folder / "suite.yaml"
    path.write_text(
        "data: {test: {path: data.csv, target: half}}\n"
        "model: {classes: [bottom, top], prepare: {image: {scale: 1/255}}}\n"
        f"checks:\n{checks}"
    )
    return path


def test_what_turns_a_picture_upside_down_is_shown(
    model: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = suite(folder, "  - invariance: upside_down\n    severity: blocker\n")
    assert main(["check", str(model), "--suite", str(path)]) == 1
    page = capsys.readouterr().out
    assert "60 of 60 rows changed by 'upside_down' are answered otherwise" in page
    assert "is answered top, and bottom when changed" in page
    assert "█" in page
    report = modelgate.evaluate(model, suite=path)
    found = next(one for one in report.results if one.check == "invariance")
    assert (found.value, found.n) == (1.0, 60)
    before, after = (found.evidence[0][key]["grey"] for key in ("input", "changed"))
    assert [line[::-1] for line in before[::-1]] == after
    assert report.subject["data"]["test"]["rows_asked_again"] >= 60


def test_what_changes_no_half_passes(model: Path, folder: Path) -> None:
    checks = (
        "  - invariance: flip\n    severity: blocker\n"
        "  - robustness: pixel_noise\n    at_least: 0.8\n"
    )
    report = modelgate.evaluate(model, suite=suite(folder, checks))
    assert report.verdict.decision == "promote"
    flips, noise = (
        next(one for one in report.results if one.check == name)
        for name in ("invariance", "robustness")
    )
    assert flips.value == 0.0
    assert noise.value is not None
    assert noise.value > 0.9
    assert noise.n == 60


def test_of_large_pictures_fewer_are_taken(
    model: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 8 * 8 * 25)
    path = suite(folder, "  - invariance: upside_down\n")
    found = next(
        one for one in modelgate.evaluate(model, suite=path).results if one.check == "invariance"
    )
    assert found.n == 20
    rows = {entry["row"] for entry in found.evidence}
    assert all(row % 3 == 0 for row in rows)


def test_a_picture_that_is_none_is_named(model: Path, folder: Path) -> None:
    (folder / "7.png").write_bytes(b"no picture")
    path = suite(folder, "  - invariance: upside_down\n")
    with pytest.raises(modelgate.errors.DataError, match=r"MG3540 .*row 8, '7\.png'"):
        modelgate.evaluate(model, suite=path)


def test_a_champion_is_asked_about_the_same_pixels(model: Path, folder: Path) -> None:
    path = suite(folder, "  - robustness: pixel_noise\n")
    report = modelgate.evaluate(model, suite=path, champion=model)
    found = next(one for one in report.results if one.check == "robustness")
    assert (found.status, found.n) == ("info", 60), found.reason
    assert found.details["curve"] == found.details["champion"]
    assert found.details["difference"] == 0


class Decoder(Function):
    """Is fed by the column `file`, whose pictures are all grey."""

    def decoded(self, rows: pa.RecordBatch, *, sized: bool = False) -> pa.RecordBatch:
        del sized
        grey = tensors(np.full((len(rows), 8, 8), 128, np.uint8))
        return pa.RecordBatch.from_arrays([grey], names=["file"])


def test_columns_that_feed_the_champion_alone_stay() -> None:
    rows = pa.RecordBatch.from_pydict({"weight": [1.0, 2.0, 3.0], "file": ["a", "b", "c"]})
    sample = Function(lambda columns: columns["weight"], rows).sample(rows)
    model = Decoder(lambda columns: columns["file"], rows.select(["file"]))
    change = Change(named("pixel_noise"), {"severity": 1})
    found = pictures.with_pictures(model, sample, change).rows
    assert found.schema.names == ["weight", "file"]
    assert found["weight"].to_pylist() == [1.0, 2.0, 3.0]
    assert tensor_shape(found.schema.field("file").type) == (8, 8)
