"""Other programs that run the same ONNX graph, to compare with onnxruntime; inside the worker."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.worker.explain import Refusal, shorten

Feeds = Mapping[str, NDArray[Any]]

_ABSENT = re.compile(
    r"operator '([^']*)' and domain '([^']*)'|Node type '([^']*)' from domain '([^']*)' is unknown"
)
"""How the package onnx says that it has no such operator."""


class Reference:
    """The reference evaluator of the package onnx: plain numpy, written from the standard.

    Source: https://onnx.ai/onnx/api/reference.html
    """

    def __init__(self, path: Path) -> None:
        """Load a graph.

        Raises:
            Refusal: MG3190, it has an operator that the evaluator does not know.
        """
        from onnx.reference import ReferenceEvaluator

        try:
            model = _without_zipmaps(path)
            opset = max((one.version for one in model.opset_import if not one.domain), default=13)
            mended = [_one_hot(), *(_before_13() if opset < 13 else [])]
            self._evaluator = ReferenceEvaluator(model, new_ops=mended)
        except Exception as error:  # noqa: BLE001 (it raises what it likes)
            raise _unable("onnx's reference evaluator", error) from None

    def run(self, names: Sequence[str], feeds: Feeds, options: object = None) -> list[Any]:
        """The tensors of these names; as an onnxruntime session answers."""
        del options
        try:
            with np.errstate(all="ignore"):
                found = self._evaluator.run(list(names), dict(feeds))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 (likewise)
            raise _unable("onnx's reference evaluator", error) from None
        return [_plain(one) for one in found]


class OpenVino:
    """Intel's OpenVINO: a second program that compiles the graph for this processor.

    Source: https://docs.openvino.ai/2025/openvino-workflow/running-inference.html
    """

    def __init__(self, path: Path) -> None:
        """Compile a graph for the processor, in full precision and one thread.

        Raises:
            Refusal: MG3190, OpenVINO cannot run it.
        """
        import openvino

        try:
            core = openvino.Core()
            model = core.read_model(str(path))
            self._compiled = core.compile_model(
                model, "CPU", {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
            )
        except Exception as error:  # noqa: BLE001 (likewise)
            raise _unable("OpenVINO", _last_line(error)) from None

    def run(self, names: Sequence[str], feeds: Feeds, options: object = None) -> list[Any]:
        """See `Reference.run`."""
        del options
        try:
            found = self._compiled({name: _given(array) for name, array in feeds.items()})
            return [np.array(found[name]) for name in names]
        except Exception as error:  # noqa: BLE001 (likewise)
            raise _unable("OpenVINO", _last_line(error)) from None


def warm_up(backend: str) -> None:
    """Import what another program needs while the process may still start threads.

    Raises:
        Refusal: MG3191, it is not installed.
    """
    try:
        if backend == "reference":
            import onnx.reference  # noqa: F401
        elif backend == "openvino":
            _start_threads()
    except ImportError as error:
        package = {"reference": "onnx"}.get(backend, backend)
        raise Refusal(
            "MG3191",
            f"is to be run by {package}, which is not installed ({error}):"
            f" pip install 'modelgate-ci[{package}]'",
        ) from None


def _start_threads() -> None:
    """OpenVINO starts its threads with the first model, whichever that is."""
    os.environ.setdefault("HOME", str(Path.cwd()))  # it looks for one, and this is all there is
    import openvino
    from openvino import opset8

    given = opset8.parameter([1], np.float32)
    model = openvino.Model([opset8.relu(given)], [given])
    openvino.Core().compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": 1})(np.zeros(1, "f4"))


def _without_zipmaps(path: Path) -> Any:
    """The graph with the matrix that a ZipMap reads in its place, which is what we fetch."""
    import onnx

    model = onnx.load(str(path))
    graph = model.graph
    zipped = {node.output[0] for node in graph.node if node.op_type == "ZipMap"}
    for nodes, gone in ((graph.node, "output"), (graph.output, "name")):
        for one in list(nodes):
            name = one.output[0] if gone == "output" and one.output else getattr(one, "name", "")
            if name in zipped:
                nodes.remove(one)
    return model


def _one_hot() -> Any:
    """OneHot, whose depth may be an array of one number: the evaluator takes a plain one alone.

    Source: https://onnx.ai/onnx/operators/onnx__OneHot.html
    """
    from onnx.reference.op_run import OpRun

    def run(
        self: Any, indices: Any, depth: Any, values: Any, axis: int = -1
    ) -> tuple[NDArray[Any]]:
        del self
        most = int(np.asarray(depth).reshape(-1)[0])
        wrapped = np.where(indices < 0, indices + most, indices).astype(np.int64)
        hot = np.moveaxis(wrapped[..., None] == np.arange(most), -1, axis)
        return (np.where(hot, values[1], values[0]),)

    return type("OneHot", (OpRun,), {"op_domain": "", "_run": run})


def _before_13() -> list[Any]:
    """The operators that took all axes from one on together before opset 13, as they were.

    Source: https://onnx.ai/onnx/operators/text_diff_Softmax_11_13.html
    """
    from onnx.reference.op_run import OpRun

    def softmax(flat: NDArray[Any]) -> NDArray[Any]:
        powers = np.exp(flat - flat.max(axis=1, keepdims=True))
        made: NDArray[Any] = powers / powers.sum(axis=1, keepdims=True)
        return made

    def hardmax(flat: NDArray[Any]) -> NDArray[Any]:
        made: NDArray[Any] = np.eye(flat.shape[1], dtype=flat.dtype)[flat.argmax(axis=1)]
        return made

    rules = {"Softmax": softmax, "LogSoftmax": lambda x: np.log(softmax(x)), "Hardmax": hardmax}

    def operator(name: str) -> Any:
        def run(self: Any, x: NDArray[Any], **_: Any) -> tuple[NDArray[Any]]:
            # What is passed where the node says nothing is the newest opset's default.
            axis = next((one.i for one in self.onnx_node.attribute if one.name == "axis"), 1)
            rows = int(np.prod(x.shape[: axis if axis >= 0 else axis + x.ndim]))
            return (rules[name](x.reshape(rows, -1)).reshape(x.shape),)

        return type(name, (OpRun,), {"op_domain": "", "_run": run})

    return [operator(name) for name in rules]


def _given(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(str) if array.dtype.kind == "O" else np.ascontiguousarray(array)


def _plain(found: Any) -> Any:
    """An answer in types that onnxruntime would give too."""
    if isinstance(found, list):
        return [np.asarray(one) for one in found]
    array = np.asarray(found)
    return array.astype(object) if array.dtype.kind in "UST" else array


def _last_line(error: Exception) -> Exception:
    """OpenVINO tells first where in its sources it broke off, and why at the end."""
    lines = [line.strip(" -") for line in str(error).splitlines()]
    return RuntimeError(next((line for line in reversed(lines) if line), ""))


def _unable(who: str, error: Exception) -> Refusal:
    named = _ABSENT.search(str(error))
    if named:
        operator = ".".join(filter(None, (named[2] or named[4], named[1] or named[3])))
        return Refusal("MG3190", f"cannot be run by {who}: it has no operator {operator}")
    text = shorten(str(error).partition(" and link")[0], 160) or type(error).__name__
    return Refusal("MG3190", f"cannot be run by {who}: {text}")
