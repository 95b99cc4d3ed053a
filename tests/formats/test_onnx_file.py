"""The reader of ONNX files agrees with the `onnx` package, and no bytes do more than raise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from modelgate.formats.onnx_file import read_graph
from modelgate.formats.onnx_graph import Graph
from modelgate.formats.protobuf import DamagedError, Span

FLOAT = TensorProto.FLOAT


def model(nodes: list[Any], *, outputs: tuple[str, ...] = ("y",), **more: Any) -> Any:
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", FLOAT, ["n", 3])],
        [helper.make_tensor_value_info(name, FLOAT, None) for name in outputs],
        more.pop("weights", []),
    )
    return helper.make_model(graph, **more)


def read(made: Any) -> Graph:
    return read_graph(made.SerializeToString())


def ml(op: str, inputs: str, outputs: str, **attributes: Any) -> Any:
    return helper.make_node(op, inputs.split(), outputs.split(), domain="ai.onnx.ml", **attributes)


TREES = {
    "nodes_featureids": [0, 7, 300, 2],
    "nodes_values": [0.5, 1.5, 0.0, 0.0],
    "classlabels_strings": ["no", "yes"],
    "post_transform": "SOFTMAX",
}


@pytest.mark.shared
def test_every_real_model_reads_as_onnx_reads_it(shared_data: Path) -> None:
    paths = [one for one in sorted((shared_data / "onnx").rglob("*.onnx")) if one.stat().st_size]
    for path in paths:
        found, told = read_graph(path.read_bytes()), onnx.load(path, load_external_data=False)
        ops = [(node.op, node.domain.replace("ai.onnx.ml", "ml")) for node in found.nodes]
        assert ops == [
            (node.op_type, node.domain.replace("ai.onnx.ml", "ml")) for node in told.graph.node
        ]
        assert [node.inputs for node in found.nodes] == [tuple(n.input) for n in told.graph.node]
        assert found.outputs == [one.name for one in told.graph.output]
        assert found.ir == told.ir_version
        assert found.opsets == {one.domain or "ai.onnx": one.version for one in told.opset_import}
        assert told.producer_name in found.producer
    assert len(paths) == 40


def test_a_tree_ensemble_tells_its_labels_transform_and_columns() -> None:
    found = read(model([ml("TreeEnsembleClassifier", "x", "label y", **TREES)]))
    assert found.classes == ("no", "yes")
    assert found.transform_of("y") == "softmax"
    assert found.columns_of("x") == 301
    assert found.trees == 4


def test_columns_are_found_behind_a_cast() -> None:
    cast = helper.make_node("Cast", ["x"], ["c"], to=FLOAT)
    found = read(model([cast, ml("TreeEnsembleClassifier", "c", "label y", **TREES)]))
    assert (found.columns_of("x"), found.columns_of("y")) == (301, 0)


@given(ids=st.lists(st.integers(0, 1 << 40), max_size=30), packed=st.booleans())
def test_columns_of_any_list_of_features(ids: list[int], packed: bool) -> None:
    made = model([ml("TreeEnsembleRegressor", "x", "y", nodes_featureids=ids or [0])])
    raw = made.SerializeToString()
    if packed:  # the same list as other writers of protobuf put it
        raw = _repacked(made)
    found = read_graph(raw)
    assert found.columns_of("x") == max(ids, default=0) + 1
    assert found.trees == max(len(ids), 1)


def _repacked(made: Any) -> bytes:
    attribute = made.graph.node[0].attribute[0]
    numbers = b"".join(_varint(value) for value in attribute.ints)
    name = attribute.name.encode()
    body = _field(1, name) + _field(8, numbers) + bytes([20 << 3 & 0x7F | 0x80, 1, 7])
    node = _field(1, b"x") + _field(2, b"y") + _field(4, b"TreeEnsembleRegressor")
    node += _field(5, body) + _field(7, b"ai.onnx.ml")
    return _field(7, _field(1, node))


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        pytest.param([("Softmax", "x", "y")], "softmax", id="softmax"),
        pytest.param([("LogSoftmax", "x", "y")], "log_softmax", id="log-softmax"),
        pytest.param([("Sigmoid", "x", "s"), ("Identity", "s", "y")], "logistic", id="through"),
        pytest.param([("Sigmoid", "x", "s"), ("Neg", "s", "y")], "", id="something-after-it"),
        pytest.param([("Abs", "x", "y")], "", id="none"),
        pytest.param([("Identity", "y", "y")], "", id="a-circle"),
    ],
)
def test_what_the_last_operation_does_to_the_scores(
    nodes: list[tuple[str, str, str]], expected: str
) -> None:
    made = [helper.make_node(op, [given], [gives]) for op, given, gives in nodes]
    assert read(model(made)).transform_of("y") == expected


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"classlabels_int64s": [3, -1, 5]}, (3, -1, 5)),
        ({"classlabels_strings": ["a", "ü"]}, ("a", "ü")),
    ],
)
def test_a_zipmap_names_the_classes(
    labels: dict[str, Any], expected: tuple[int | str, ...]
) -> None:
    found = read(model([ml("ZipMap", "x", "y", **labels)]))
    assert found.classes == expected
    assert found.zipmaps["y"].inputs == ("x",)


def test_weights_are_counted_but_a_vocabulary_is_no_width() -> None:
    weights = [
        numpy_helper.from_array(np.zeros((30_000, 64), np.float32), "words"),
        numpy_helper.from_array(np.zeros((64, 128), np.float32), "w"),
    ]
    found = read(model([helper.make_node("Gather", ["words", "x"], ["y"])], weights=weights))
    assert (found.weights, found.widest) == (30_000 * 64 + 64 * 128, 256)


def test_weights_in_other_files_are_found_wherever_they_stand() -> None:
    def away(name: str, place: str) -> Any:
        tensor = TensorProto(name=name, data_type=FLOAT, dims=[1])
        tensor.data_location = TensorProto.EXTERNAL
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", place
        return tensor

    inner = helper.make_graph(
        [helper.make_node("Constant", [], ["o"], value=away("c", "in-a-branch"))],
        "branch",
        [],
        [helper.make_tensor_value_info("o", FLOAT, None)],
        [away("i", "of-a-branch")],
    )
    made = model(
        [
            helper.make_node("Constant", [], ["k"], value=away("k", "in-a-constant")),
            helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner),
        ],
        weights=[away("w", "plain")],
        functions=[
            helper.make_function(
                "local",
                "f",
                ["a"],
                ["b"],
                [helper.make_node("Constant", [], ["b"], value=away("f", "in-a-function"))],
                [helper.make_opsetid("", 17)],
            )
        ],
    )
    assert read(made).external == {
        "plain",
        "in-a-constant",
        "in-a-branch",
        "of-a-branch",
        "in-a-function",
    }


def read_or_raised(raw: bytes) -> bool:
    """Whether nothing worse happens than the one error."""
    try:
        return isinstance(read_graph(raw), Graph)
    except DamagedError as error:
        return bool(str(error))


WHOLE = model(
    [ml("TreeEnsembleClassifier", "x", "label y", **TREES)],
    weights=[numpy_helper.from_array(np.arange(6.0), "w")],
).SerializeToString()


@given(cut=st.integers(0, len(WHOLE) - 1))
def test_a_file_that_is_cut_off_never_reads_as_whole(cut: int) -> None:
    try:
        found = read_graph(WHOLE[:cut])
    except DamagedError:
        return
    assert found.graphs == 0 or not found.opsets


@given(at=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255))
def test_a_changed_byte_does_no_more_than_raise(at: int, byte: int) -> None:
    changed = bytearray(WHOLE)
    changed[at] = byte
    assert read_or_raised(bytes(changed))


@given(raw=st.binary(max_size=200))
def test_no_bytes_do_more_than_raise(raw: bytes) -> None:
    assert read_or_raised(raw)


@given(numbers=st.lists(st.integers(0, (1 << 64) - 1), max_size=30))
def test_runs_of_integers(numbers: list[int]) -> None:
    raw = b"".join(map(_varint, numbers))
    assert Span(raw, 0, len(raw)).varints().tolist() == numbers
