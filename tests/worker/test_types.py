"""Numbers of every type, text, dictionaries and sequences, there and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pyarrow as pa
import pytest
from onnx import TensorProto, helper

from modelgate.errors import ModelError
from modelgate.worker import Worker

FLOAT, INT, STRING = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING
Save = Callable[..., Path]


def node(op: str, inputs: str, outputs: str, **attributes: Any) -> Any:
    return helper.make_node(op, inputs.split(), outputs.split(), **attributes)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(pa.array, id="string"),
        pytest.param(lambda words: pa.array(words, pa.large_string()), id="large-string"),
        pytest.param(lambda words: pa.array(words).dictionary_encode(), id="dictionary"),
        pytest.param(lambda words: pa.array(["no", *words, "no"])[1:-1], id="slice"),
        pytest.param(
            lambda words: pa.array(["no", *words]).dictionary_encode()[1:], id="dictionary-slice"
        ),
    ],
)
def test_text_crosses_the_border_unchanged(
    save: Save, make: Callable[[list[str]], pa.Array]
) -> None:
    words = ["", "plain", "zwei Wörter", "日本", "a\nb", "\N{PILE OF POO}", "plain", ""]
    path = save([node("Identity", "x", "y")], {"x": (STRING, ["n", 2])}, {"y": (STRING, ["n", 2])})
    with Worker.start(path) as worker:
        worker.plan({}, ["y"])
        worker.submit(worker.slot(), 4, {"x": make(words)})
        found = worker.collect()["y"]
        probe = worker.ask({"x": np.array(words, object).reshape(4, 2)}, 4)["y"]
    assert found.shape == probe.shape == (4, 2)
    assert found.reshape(-1).tolist() == probe.reshape(-1).tolist() == words


def test_a_missing_text_is_refused(save: Save) -> None:
    path = save([node("Identity", "x", "y")], {"x": (STRING, ["n"])}, {"y": (STRING, ["n"])})
    with Worker.start(path) as worker:
        worker.plan({}, ["y"])
        with pytest.raises(ModelError, match=r"MG3161 .*'x'.* 1 values are missing") as caught:
            worker.submit(worker.slot(), 2, {"x": pa.array(["a", None])})
    assert caught.value.exit_code == 3


TYPES = [
    "float16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "bool",
]


@pytest.mark.parametrize("name", TYPES)
def test_every_type_of_number_crosses_unchanged(save: Save, name: str) -> None:
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(name))
    path = save([node("Identity", "x", "y")], {"x": (kind, ["n", 3])}, {"y": (kind, ["n", 3])})
    rows = np.array([[0, 1, 1], [1, 0, 1]], name)
    with Worker.start(path) as worker:
        assert worker.opened().signature.inputs[0].type == name
        worker.plan({"x": (3,)}, ["y"])
        slot = worker.slot()
        slot.inputs["x"][:2] = rows
        worker.submit(slot, 2)
        found = worker.collect()["y"]
    assert found.dtype == np.dtype(name)
    np.testing.assert_array_equal(found, rows)


def two_zipmaps(save: Save) -> Path:
    return save(
        [
            node("Identity", "x", "inner"),
            node("Neg", "x", "other"),
            helper.make_node(
                "ZipMap",
                ["inner"],
                ["first"],
                domain="ai.onnx.ml",
                classlabels_strings=["no", "yes"],
            ),
            helper.make_node(
                "ZipMap", ["other"], ["second"], domain="ai.onnx.ml", classlabels_int64s=[4, 5]
            ),
        ],
        {"x": (FLOAT, ["n", 2])},
        {"first": (FLOAT, None), "second": (FLOAT, None)},
    )


def test_zipmaps_are_never_run_but_their_matrices_given(save: Save) -> None:
    path = two_zipmaps(save)
    model = onnx.load(path)
    for output, key in zip(model.graph.output, (STRING, INT), strict=True):
        values = helper.make_map_type_proto(key, helper.make_tensor_type_proto(FLOAT, []))
        output.type.CopyFrom(helper.make_sequence_type_proto(values))
    onnx.save(model, path)
    rows = np.array([[1, 2], [3, 4]], np.float32)
    with Worker.start(path) as worker:
        signature = worker.opened().signature
        found = worker.ask({"x": rows}, 2)
    assert signature.classes == (4, 5)
    assert [(one.name, one.container) for one in signature.outputs] == [
        ("first", "tensor"),
        ("second", "tensor"),
    ]
    np.testing.assert_array_equal(found["first"], rows)
    np.testing.assert_array_equal(found["second"], -rows)


def test_a_sequence_of_equal_tensors_is_stacked(save: Save) -> None:
    path = save(
        [node("SplitToSequence", "x", "y", keepdims=0)],
        {"x": (FLOAT, ["n", 3])},
        {"y": (FLOAT, None)},
    )
    model = onnx.load(path)
    model.graph.output[0].CopyFrom(helper.make_tensor_sequence_value_info("y", FLOAT, None))
    onnx.save(model, path)
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    with Worker.start(path) as worker:
        np.testing.assert_array_equal(worker.ask({"x": rows}, 2)["y"], rows)
