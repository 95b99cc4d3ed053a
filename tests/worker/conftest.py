"""Models made for the tests, and a watch on what a worker leaves behind."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import onnx
import psutil
import pytest
from onnx import TensorProto, helper

Save = Callable[..., Path]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files, for this test alone."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(autouse=True)
def nothing_left(temporary: Path) -> Iterator[None]:
    """After every test: no process of ours runs, and the folder of temporary files is empty."""
    yield
    assert psutil.Process().children(recursive=True) == []
    assert list(temporary.iterdir()) == []


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Write a model of these nodes; its path."""

    def saved(
        nodes: Sequence[Any],
        inputs: dict[str, tuple[int, Sequence[int | str | None] | None]],
        outputs: dict[str, tuple[int, Sequence[int | str | None] | None]],
        *,
        weights: Sequence[Any] = (),
        name: str = "model.onnx",
        opsets: dict[str, int] | None = None,
        ir: int = 10,
    ) -> Path:
        graph = helper.make_graph(
            list(nodes),
            "test",
            [helper.make_tensor_value_info(n, t, s) for n, (t, s) in inputs.items()],
            [helper.make_tensor_value_info(n, t, s) for n, (t, s) in outputs.items()],
            list(weights),
        )
        wanted = opsets or {"": 17, "ai.onnx.ml": 3}
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid(domain, n) for domain, n in wanted.items()],
            ir_version=ir,
            producer_name="tests",
        )
        path = tmp_path / name
        onnx.save(model, path)
        return path

    return saved


@pytest.fixture
def linear(save: Save) -> Path:
    """(rows, 3) -> (rows, 2): columns 0 and 1 doubled, without column 2."""
    weights = helper.make_tensor("w", TensorProto.FLOAT, (3, 2), [2, 0, 0, 2, 0, 0])
    return save(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        {"x": (TensorProto.FLOAT, ["n", 3])},
        {"y": (TensorProto.FLOAT, ["n", 2])},
        weights=[weights],
    )
