"""Weights in other files: only those beside the model, and only weights."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from modelgate.errors import ModelError, ModelgateError, RefusedError
from modelgate.worker import Worker

Save = Callable[..., Path]


def outside(save: Save, location: str, **more: str) -> Path:
    """A model whose weights are said to lie in `location`."""
    path = save(
        [helper.make_node("Add", ["x", "w"], ["y"])],
        {"x": (TensorProto.FLOAT, ["n", 3])},
        {"y": (TensorProto.FLOAT, ["n", 3])},
        weights=[numpy_helper.from_array(np.array([1, 2, 3], np.float32), "w")],
    )
    model = onnx.load(path)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in ({"location": location, "length": "12"} | more).items():
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    path.write_bytes(model.SerializeToString())
    return path


def added(path: Path) -> NDArray[np.float32]:
    """What the model answers to zeros: its weights."""
    with Worker.start(path) as worker:
        found: NDArray[np.float32] = worker.ask({"x": np.zeros((1, 3), np.float32)}, 1)["y"]
    return np.asarray(found[0])


def linked_out(save: Save) -> Path:
    path = outside(save, "weights.bin")
    (path.parent / "weights.bin").symlink_to("/etc/passwd")
    return path


def folder_linked_out(save: Save) -> Path:
    path = outside(save, "sub/passwd")
    (path.parent / "sub").symlink_to("/etc")
    return path


def pipe_as_weights(save: Save) -> Path:
    path = outside(save, "weights.bin")
    os.mkfifo(path.parent / "weights.bin")
    return path


def short_weights(save: Save) -> Path:
    path = outside(save, "weights.bin")
    (path.parent / "weights.bin").write_bytes(b"1234")
    return path


def far_weights(save: Save) -> Path:
    path = outside(save, "weights.bin", offset=str(1 << 60))
    (path.parent / "weights.bin").write_bytes(bytes(12))
    return path


CASES: dict[str, tuple[Callable[[Save], Path], type[ModelgateError], str]] = {
    "weights-above-the-folder": (lambda s: outside(s, "../w.bin"), RefusedError, "MG5001"),
    "weights-far-above": (
        lambda s: outside(s, "../../../../../../etc/passwd"),
        RefusedError,
        "MG5001",
    ),
    "weights-by-absolute-path": (lambda s: outside(s, "/etc/passwd"), RefusedError, "MG5001"),
    "weights-down-and-up": (lambda s: outside(s, "a/../../w.bin"), RefusedError, "MG5001"),
    "weights-are-a-link-out": (linked_out, RefusedError, "MG5001"),
    "weights-in-a-folder-linked-out": (folder_linked_out, RefusedError, "MG5001"),
    "weights-without-a-name": (lambda s: outside(s, ""), RefusedError, "MG5001"),
    "weights-with-a-zero-byte": (lambda s: outside(s, "a\0b"), RefusedError, "MG5001"),
    "weights-are-the-labels": (lambda s: outside(s, "test.csv"), RefusedError, "MG5003"),
    "weights-missing": (lambda s: outside(s, "weights.bin"), ModelError, "MG3010"),
    "weights-are-a-pipe": (pipe_as_weights, ModelError, "MG3001"),
    "weights-are-the-folder": (lambda s: outside(s, "."), RefusedError, "MG5001"),
    "weights-too-short": (short_weights, ModelError, "MG3010"),
    "weights-at-an-offset-beyond": (far_weights, ModelError, "MG3010"),
}


@pytest.mark.parametrize(("make", "kind", "code"), CASES.values(), ids=CASES)
def test_other_weights_than_those_beside_the_model_are_refused(
    make: Callable[[Save], Path], kind: type[ModelgateError], code: str, save: Save
) -> None:
    path = make(save)
    with pytest.raises(kind) as caught:
        added(path)
    assert (type(caught.value), caught.value.code) == (kind, code), caught.value
    assert path.name in caught.value.message or "weights.bin" in caught.value.message


@pytest.mark.parametrize("name", ["weights.bin", "./weights.bin", "deep/er/weights.bin", "w w.bin"])
def test_weights_beside_or_below_the_model_are_loaded(name: str, save: Save) -> None:
    path = outside(save, name)
    (path.parent / name).parent.mkdir(parents=True, exist_ok=True)
    (path.parent / name).write_bytes(np.array([1, 2, 3], np.float32).tobytes())
    np.testing.assert_array_equal(added(path), [1, 2, 3])


def test_a_model_behind_a_link_finds_its_weights_where_it_really_lies(
    save: Save, tmp_path: Path
) -> None:
    path = outside(save, "weights.bin")
    (path.parent / "weights.bin").write_bytes(np.array([1, 2, 3], np.float32).tobytes())
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "production.onnx"
    link.symlink_to(path)
    np.testing.assert_array_equal(added(link), [1, 2, 3])


def test_a_hard_link_is_copied_like_any_file(save: Save) -> None:
    path = outside(save, "weights.bin")
    (path.parent / "other").write_bytes(np.array([1, 2, 3], np.float32).tobytes())
    (path.parent / "weights.bin").hardlink_to(path.parent / "other")
    np.testing.assert_array_equal(added(path), [1, 2, 3])


def test_other_weights_are_another_model(save: Save) -> None:
    path = outside(save, "weights.bin")
    digests = set()
    for first in (1, 2):
        (path.parent / "weights.bin").write_bytes(np.array([first, 2, 3], np.float32).tobytes())
        with Worker.start(path) as worker:
            digests.add(worker.opened().digest)
    assert len(digests) == 2
