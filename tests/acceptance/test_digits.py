"""Handwritten digits: candidates that are better in numbers and carry a planted bug."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper
from sklearn.linear_model import LogisticRegression

from tests.acceptance.conftest import Bench, blocked, promoted
from tests.prepare.conftest import save

READINGS: dict[str, tuple[Callable[[NDArray[Any]], NDArray[Any]], list[Any]]] = {
    "greys": (lambda x: x / 255, [("Div", ["x", "full"], ["seen"])]),
    "any-ink": (
        lambda x: (x > 0).astype(np.float32),
        [("Greater", ["x", "nothing"], ["is"]), ("Cast", ["is"], ["seen"])],
    ),
    "whitest": (
        lambda x: (x > 200).astype(np.float32),
        [("Greater", ["x", "white"], ["is"]), ("Cast", ["is"], ["seen"])],
    ),
    "edges": (
        lambda x: (np.abs(np.diff(x, axis=2)) > 8).astype(np.float32),
        [
            ("Slice", ["x", "one", "end", "axis"], ["right"]),
            ("Slice", ["x", "zero", "last", "axis"], ["left"]),
            ("Sub", ["right", "left"], ["rise"]),
            ("Abs", ["rise"], ["steep"]),
            ("Greater", ["steep", "little"], ["is"]),
            ("Cast", ["is"], ["seen"]),
        ],
    ),
}
"""What a model makes of the pixels before it weighs them, in numpy and as ONNX."""
CONSTANTS = {
    "full": np.float32(255),
    "nothing": np.float32(0),
    "white": np.float32(200),
    "little": np.float32(8),
    "one": np.array([1]),
    "zero": np.array([0]),
    "end": np.array([28]),
    "last": np.array([27]),
    "axis": np.array([2]),
}


def model(path: Path, reading: str, pixels: NDArray[np.uint8], digits: NDArray[np.uint8]) -> None:
    """A line through what is made of the pixels."""
    made, steps = READINGS[reading]
    seen = made(pixels.astype(np.float32)).reshape(len(pixels), -1)
    line = LogisticRegression(C=0.1, max_iter=300).fit(seen, digits)
    nodes = [helper.make_node("Cast", ["pixels"], ["x"], to=TensorProto.FLOAT)]
    for name, given, found in steps:
        nodes.append(helper.make_node(name, given, found))
        if name == "Cast":
            nodes[-1].attribute.append(helper.make_attribute("to", TensorProto.FLOAT))
    nodes += [
        helper.make_node("Flatten", ["seen"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["sums"]),
        helper.make_node("Add", ["sums", "bias"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"]),
    ]
    used = {
        name: value for name, value in CONSTANTS.items() for _, given, _ in steps if name in given
    }
    weights = {"weights": line.coef_.T, "bias": line.intercept_}
    save(
        path,
        nodes,
        {"pixels": (TensorProto.UINT8, ["n", 28, 28])},
        {"probabilities": (TensorProto.FLOAT, ["n", 10])},
        {**used, **{name: value.astype(np.float32) for name, value in weights.items()}},
    )


@pytest.fixture(scope="module")
def bench(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    with np.load(shared_data / "images" / "mnist_t10k_1500.npz") as file:
        pixels, digits = file["x"].reshape(-1, 28, 28), file["y"]
    folder = tmp_path_factory.mktemp("digits")
    np.savez(folder / "test.npz", pixels=pixels[800:], digit=digits[800:])
    parts = {"champion": slice(0, 150), "clean": slice(0, 800), "again": slice(100, 800)}
    for name, part in parts.items():
        model(folder / f"{name}.onnx", "greys", pixels[part], digits[part])
    for name in ("any-ink", "whitest", "edges"):
        model(folder / f"{name}.onnx", name, pixels[:800], digits[:800])
    bench = Bench(folder, "digit", "test.npz")
    bench.draft()
    return bench


@pytest.mark.parametrize("name", ["clean", "again"])
def test_models_without_a_bug_are_promoted(name: str, bench: Bench) -> None:
    promoted(bench.judge(name))


@pytest.mark.parametrize(
    ("name", "check"),
    [
        pytest.param("any-ink", "invariance brightness", id="all-that-is-not-black-is-ink"),
        pytest.param("whitest", "invariance contrast", id="only-what-is-white-is-ink"),
        pytest.param("edges", "invariance pixel_noise", id="every-grain-is-an-edge"),
    ],
)
def test_bugs(name: str, check: str, bench: Bench) -> None:
    verdict = bench.judge(name)
    shown = blocked(verdict, check)
    assert shown["was"] != shown["answer"]
    assert shown["input"]["type"] == shown["changed"]["type"] == "image"
    assert "█" in verdict.page
