"""Which axis counts rows: free ones, else fixed ones that agree, else one row is one call."""

from __future__ import annotations

import pytest

from modelgate.formats.onnx_signature import rows_of
from modelgate.model import Shape, Tensor


def tensors(**shapes: Shape | None) -> list[Tensor]:
    return [Tensor(name, "float32", shape) for name, shape in shapes.items()]


@pytest.mark.parametrize(
    ("inputs", "outputs", "batch", "batched"),
    [
        pytest.param({"x": ("n", 3)}, {"y": ("n", 2)}, None, ("x",), id="a-symbol"),
        pytest.param({"x": (None, 3)}, {"y": (None, 2)}, None, ("x",), id="a-free-axis"),
        pytest.param({"x": None}, {"y": None}, None, ("x",), id="nothing-declared"),
        pytest.param({"x": ("n", 3)}, {"y": ("m", 2)}, None, ("x",), id="another-symbol"),
        pytest.param({"a": ("n",), "b": ("m", 2)}, {"y": ("n",)}, None, ("a", "b"), id="two"),
        pytest.param({"x": ("n", 3), "w": (3, 1)}, {"y": ("n",)}, None, ("x",), id="a-constant"),
        pytest.param({"x": ("n", 3), "w": ()}, {"y": ("n",)}, None, ("x",), id="a-number"),
        pytest.param({"x": (1, 3)}, {"y": (1, 2)}, 1, ("x",), id="one-row"),
        pytest.param({"a": (4, 3), "b": (4,)}, {"y": (4,)}, 4, ("a", "b"), id="four-rows"),
        pytest.param({"x": (4, 3)}, {"y": ("n", 2)}, 4, ("x",), id="fixed-in-free-out"),
        pytest.param({"x": (4, 3)}, {"y": None}, 4, ("x",), id="undeclared-output"),
        pytest.param({"a": (4, 3), "b": (3, 1)}, {"y": (4, 1)}, None, (), id="contradiction"),
        pytest.param({"x": (4, 3)}, {"y": (3,)}, None, (), id="output-of-other-rows"),
        pytest.param({"x": (4, 3)}, {"y": ()}, None, (), id="fixed-in-one-number-out"),
        pytest.param({"x": ("n", 3)}, {"y": ()}, None, (), id="free-in-one-number-out"),
        pytest.param({"x": ("n", 3)}, {"y": (5,)}, None, ("x",), id="free-in-five-out"),
        pytest.param({"x": (), "z": ()}, {"y": ()}, None, (), id="only-numbers"),
        pytest.param({"x": (0, 3)}, {"y": (0, 3)}, None, (), id="no-rows-at-all"),
        pytest.param({}, {"y": (3,)}, None, (), id="no-inputs"),
    ],
)
def test_the_rows_of_a_call_follow_from_the_declared_shapes(
    inputs: dict[str, Shape | None],
    outputs: dict[str, Shape | None],
    batch: int | None,
    batched: tuple[str, ...],
) -> None:
    assert rows_of(tensors(**inputs), tensors(**outputs)) == (batch, batched)


def test_an_output_that_is_a_sequence_says_nothing_of_rows() -> None:
    outputs = [Tensor("y", "float32", None, "sequence")]
    assert rows_of(tensors(x=("n", 3)), outputs) == (None, ("x",))
