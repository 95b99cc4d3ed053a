"""Whatever a model file is or does: one clear error, and nothing left behind."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from modelgate.errors import ModelCrashedError, ModelError, ModelgateError
from modelgate.stand_in import stand_in
from modelgate.worker import Limits, Worker

FLOAT, INT = TensorProto.FLOAT, TensorProto.INT64
ROWS = {"x": (FLOAT, ["n", 3])}
OUT = {"y": (FLOAT, ["n", None])}
LIMITS = Limits(open_seconds=20, call_seconds=2)
BOMB = [1 << 17, 1 << 17]  # 64 GiB of float32

Save = Callable[..., Path]


def test_the_plain_model_is_taken(linear: Path) -> None:
    assert run(linear)["y"].shape == (3, 2)


def run(path: Path) -> dict[str, Any]:
    with Worker.start(path, limits=LIMITS) as worker:
        return worker.ask(stand_in(worker.opened().signature, 3), 3)


def node(op: str, inputs: str, outputs: str, **attributes: Any) -> Any:
    return helper.make_node(op, inputs.split(), outputs.split(), **attributes)


def constant(name: str, values: Any, type_: Any = np.int64) -> Any:
    return numpy_helper.from_array(np.array(values, type_), name)


def damaged(path: Path, change: Callable[[bytes], bytes]) -> Path:
    path.write_bytes(change(path.read_bytes()))
    return path


def pipe(save: Save) -> Path:
    path = save([node("Abs", "x", "y")], ROWS, OUT).with_name("pipe.onnx")
    os.mkfifo(path)
    return path


def endless(save: Save) -> Path:
    body = helper.make_graph(
        [node("Identity", "keep", "going"), node("Add", "total one", "more")],
        "body",
        [
            helper.make_tensor_value_info("turn", INT, []),
            helper.make_tensor_value_info("keep", TensorProto.BOOL, []),
            helper.make_tensor_value_info("total", FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("going", TensorProto.BOOL, []),
            helper.make_tensor_value_info("more", FLOAT, None),
        ],
    )
    weights = [constant("turns", (1 << 62)), constant("true", True, np.bool_)]
    loop = helper.make_node("Loop", ["turns", "true", "x"], ["y"], body=body)
    return save([loop], ROWS, OUT, weights=[*weights, constant("one", [1, 1, 1], np.float32)])


def bomb_when_loaded(save: Save) -> Path:
    fill = node("ConstantOfShape", "shape", "big")
    return save(
        [fill, node("ReduceSum", "big", "sum"), node("Add", "x sum", "y")],
        ROWS,
        OUT,
        weights=[constant("shape", BOMB)],
    )


def bomb_when_run(save: Save) -> Path:
    """The size depends on the rows, so that nothing can be folded while loading."""
    return save(
        [
            node("Shape", "x", "size"),
            node("Mul", "size huge", "shape"),
            node("ConstantOfShape", "shape", "big"),
            node("ReduceSum", "big", "sum"),
            node("Add", "x sum", "y"),
        ],
        ROWS,
        OUT,
        weights=[constant("huge", BOMB)],
    )


def expand_bomb(save: Save) -> Path:
    return save(
        [node("Expand", "c shape", "big"), node("ReduceSum", "big", "s"), node("Add", "x s", "y")],
        ROWS,
        OUT,
        weights=[constant("c", [1.0], np.float32), constant("shape", BOMB)],
    )


def tile_bomb(save: Save) -> Path:
    return save(
        [node("Tile", "c shape", "big"), node("ReduceSum", "big", "s"), node("Add", "x s", "y")],
        ROWS,
        OUT,
        weights=[constant("c", [[1.0]], np.float32), constant("shape", BOMB)],
    )


def nested(save: Save) -> Path:
    """An If within an If within an If ... 25 deep."""
    out = [helper.make_tensor_value_info("o", FLOAT, None)]
    inner = plain = helper.make_graph([node("Identity", "x", "o")], "g", [], out)
    for _ in range(25):
        branch = helper.make_node("If", ["c"], ["o"], then_branch=inner, else_branch=plain)
        inner = helper.make_graph([branch], "g", [], out)
    one = helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=plain)
    return save([one], ROWS, OUT, weights=[constant("c", True, np.bool_)])


def sequence_input(save: Save) -> Path:
    path = save([node("SequenceLength", "x", "y")], ROWS, {"y": (INT, [])})
    model = onnx.load(path)
    model.graph.input[0].CopyFrom(helper.make_tensor_sequence_value_info("x", FLOAT, [None]))
    onnx.save(model, path)
    return path


def no_ir(path: Path) -> Path:
    model = onnx.load(path)
    model.ClearField("ir_version")
    path.write_bytes(model.SerializeToString())
    return path


def abs_model(save: Save, **more: Any) -> Path:
    return save([node("Abs", "x", "y")], ROWS, OUT, **more)


def short(save: Save) -> Path:
    """Answers the first row only."""
    bounds = [constant("from", [0]), constant("to", [1])]
    return save([node("Slice", "x from to", "y")], ROWS, OUT, weights=bounds)


CASES: dict[str, tuple[Callable[[Save], Path], type[ModelgateError], str]] = {
    "empty": (lambda s: damaged(abs_model(s), lambda _: b""), ModelError, "MG3003"),
    "one-byte": (lambda s: damaged(abs_model(s), lambda b: b[:1]), ModelError, "MG3004"),
    "cut-in-half": (
        lambda s: damaged(abs_model(s), lambda b: b[: len(b) // 2]),
        ModelError,
        "MG3004",
    ),
    "last-byte-missing": (lambda s: damaged(abs_model(s), lambda b: b[:-1]), ModelError, "MG3004"),
    "random-bytes": (
        lambda s: damaged(
            abs_model(s), lambda _: b"\x08\x08" + np.random.default_rng(0).bytes(500)
        ),
        ModelError,
        "MG3004",
    ),
    "wrong-magic": (
        lambda s: damaged(abs_model(s), lambda b: b"\xff\xff" + b),
        ModelError,
        "MG3003",
    ),
    "zeros": (lambda s: damaged(abs_model(s), lambda _: bytes(200)), ModelError, "MG3003"),
    "text": (lambda s: damaged(abs_model(s), lambda _: b"404 not found"), ModelError, "MG3003"),
    "length-of-2-to-the-63": (
        lambda s: damaged(abs_model(s), lambda b: b"\x3a" + b"\xff" * 8 + b"\x7f" + b),
        ModelError,
        "MG3004",
    ),
    "number-without-end": (
        lambda s: damaged(abs_model(s), lambda _: b"\x08" + b"\xff" * 100),
        ModelError,
        "MG3004",
    ),
    "no-nodes": (lambda s: s([], ROWS, OUT), ModelError, "MG3004"),
    "no-outputs": (lambda s: s([node("Abs", "x", "y")], ROWS, {}), ModelError, "MG3012"),
    "no-graph": (
        lambda s: damaged(abs_model(s), lambda _: b"\x08\x08\x12\x01a"),
        ModelError,
        "MG3004",
    ),
    "no-ir-version": (lambda s: no_ir(abs_model(s)), ModelError, "MG3004"),
    "ir-too-new": (lambda s: abs_model(s, ir=999), ModelError, "MG3005"),
    "opset-too-new": (lambda s: abs_model(s, opsets={"": 999}), ModelError, "MG3005"),
    "opset-too-old": (
        lambda s: s([node("Abs", "x", "y", consumed_inputs=[0])], ROWS, OUT, opsets={"": 1}),
        ModelError,
        "MG3005",
    ),
    "op-that-never-was": (lambda s: s([node("Abz", "x", "y")], ROWS, OUT), ModelError, "MG3005"),
    "custom-op": (
        lambda s: s(
            [node("Evil", "x", "y", domain="com.evil")], ROWS, OUT, opsets={"": 17, "com.evil": 1}
        ),
        ModelError,
        "MG3011",
    ),
    "cycle": (
        lambda s: s([node("Add", "x b", "a"), node("Add", "a x", "b")], ROWS, {"a": OUT["y"]}),
        ModelError,
        "MG3004",
    ),
    "output-nobody-makes": (
        lambda s: s([node("Abs", "x", "z")], ROWS, OUT),
        ModelError,
        "MG3004",
    ),
    "wrong-element-type": (
        lambda s: s([node("Abs", "x", "y")], ROWS, {"y": (INT, ["n", None])}),
        ModelError,
        "MG3004",
    ),
    "bfloat16-input": (
        lambda s: s(
            [node("Cast", "x", "y", to=FLOAT)], {"x": (TensorProto.BFLOAT16, ["n", 3])}, OUT
        ),
        ModelError,
        "MG3008",
    ),
    "bfloat16-output": (
        lambda s: s(
            [node("Cast", "x", "y", to=TensorProto.BFLOAT16)],
            ROWS,
            {"y": (TensorProto.BFLOAT16, ["n", 3])},
        ),
        ModelError,
        "MG3008",
    ),
    "sequence-as-input": (sequence_input, ModelError, "MG3007"),
    "graphs-nested-25-deep": (nested, ModelError, "MG3004"),
    "a-pipe-as-model": (pipe, ModelError, "MG3001"),
    "a-device-as-model": (lambda _: Path("/dev/zero"), ModelError, "MG3001"),
    "a-folder-as-model": (lambda s: abs_model(s).parent, ModelError, "MG3003"),
    "not-there": (lambda s: abs_model(s).with_name("other.onnx"), ModelError, "MG3001"),
    "endless-loop": (endless, ModelCrashedError, "MG4006"),
    "64-GiB-when-loaded": (bomb_when_loaded, ModelCrashedError, "MG4003"),
    "64-GiB-by-expand": (expand_bomb, ModelCrashedError, "MG4003"),
    "64-GiB-by-tile": (tile_bomb, ModelCrashedError, "MG4003"),
    "64-GiB-when-run": (bomb_when_run, ModelCrashedError, "MG4003"),
    "one-row-for-three": (short, ModelCrashedError, "MG4004"),
    "rows-become-one-number": (
        lambda s: s([node("ReduceSum", "x", "y", keepdims=0)], ROWS, {"y": (FLOAT, None)}),
        ModelCrashedError,
        "MG4004",
    ),
}


@pytest.mark.parametrize(("make", "kind", "code"), CASES.values(), ids=CASES)
def test_a_hostile_model_is_one_clear_error(
    make: Callable[[Save], Path], kind: type[ModelgateError], code: str, save: Save
) -> None:
    path = make(save)
    with pytest.raises(kind) as caught:
        run(path)
    assert (type(caught.value), caught.value.code) == (kind, code), caught.value
    assert path.name in caught.value.message
    assert "\n" not in str(caught.value)


def test_nan_and_infinity_pass_through_raw(save: Save) -> None:
    path = save([node("Log", "x", "y")], ROWS, OUT)
    with Worker.start(path) as worker:
        worker.opened()
        answer = worker.ask({"x": np.array([[-1, 0, 1]], np.float32)}, 1)["y"]
    np.testing.assert_array_equal(answer, [[np.nan, -np.inf, 0]])
