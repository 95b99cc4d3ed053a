"""Opens an ONNX file with onnxruntime; runs inside the worker."""

from __future__ import annotations

import mmap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.formats.onnx_file import read_graph
from modelgate.formats.onnx_graph import Graph
from modelgate.formats.onnx_signature import signature
from modelgate.formats.protobuf import DamagedError
from modelgate.model import Signature
from modelgate.worker.explain import Refusal, explain

_FLOAT = b"\x0a\x02\x08\x01"  # TypeProto{tensor_type {elem_type: FLOAT}}
_SILENT = 4
PLAIN = "onnxruntime"
"""What runs a model unless something else is said: onnxruntime with all its optimisations."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A model that answers.

    Attributes:
        signature: what it takes and gives.
        facts: what was found while opening it; JSON can hold it.
        names: the tensor that is fetched for each output: a ZipMap's input in its place.
        session: onnxruntime's.
    """

    signature: Signature
    facts: Mapping[str, Any]
    names: Mapping[str, str]
    session: Any

    def run(self, feeds: Mapping[str, NDArray[Any]], outputs: Sequence[str]) -> list[Any]:
        """One call of the model; only what leads to the outputs asked for is computed."""
        import onnxruntime

        options = onnxruntime.RunOptions()
        options.only_execute_path_to_fetches = True
        options.log_severity_level = _SILENT
        return list(self.session.run([self.names[o] for o in outputs], dict(feeds), options))


def look_at(path: Path) -> Graph:
    """What a file says of itself.

    Raises:
        Refusal: it is damaged or has no graph.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return _graph(data)


def _graph(data: Any) -> Graph:
    """The same of bytes."""
    try:
        graph = read_graph(data)
    except DamagedError as error:
        raise Refusal("MG3004", f"is cut off or damaged: {error}") from None
    if not graph.graphs:
        raise Refusal("MG3004", "holds no graph: it is no ONNX model, or is cut off")
    if not graph.outputs:
        raise Refusal("MG3012", "gives nothing: its graph has no outputs")
    return graph


def open_model(path: Path, graph: Graph, provider: str, backend: str = PLAIN) -> Opened:
    """Load a model.

    Args:
        path: of the private copy.
        graph: what it says of itself.
        provider: onnxruntime's.
        backend: what runs it; whatever that is, onnxruntime tells what it takes and gives.

    Raises:
        Refusal: it does not load, or takes what no row can give; with the reason in a line.
    """
    names = _skip_zipmaps(path, graph)
    session = _session(str(path), graph, provider, optimised=backend == PLAIN)
    found = signature(session.get_inputs(), session.get_outputs(), graph)
    _refuse_odd_types(found)
    facts = _facts(graph, found, session)
    fetched = {one.name: names.get(one.name, one.name) for one in found.outputs}
    return Opened(found, facts, fetched, _other(backend, path) or session)


def _other(backend: str, path: Path) -> Any:
    """Another program that runs the graph; None where onnxruntime does."""
    if backend in {PLAIN, "unoptimised"}:
        return None
    from modelgate.worker import backends

    return backends.Reference(path) if backend == "reference" else backends.OpenVino(path)


def open_bytes(content: bytes, provider: str) -> Opened:
    """Load a graph that prepares rows; its weights are in it.

    Raises:
        Refusal: as `look_at` and `open_model`; MG3010, its weights are in other files.
    """
    graph = _graph(content)
    if graph.external:
        raise Refusal(
            "MG3010", "keeps its weights in other files", "save it again with its weights in it"
        )
    session = _session(content, graph, provider)
    found = signature(session.get_inputs(), session.get_outputs(), graph)
    _refuse_odd_types(found)
    return Opened(found, {}, {one.name: one.name for one in found.outputs}, session)


def _session(source: str | bytes, graph: Graph, provider: str, *, optimised: bool = True) -> Any:
    """The session of a file or of its bytes."""
    import onnxruntime

    known = onnxruntime.get_available_providers()
    if provider not in known:  # onnxruntime itself would take another one and say nothing
        raise Refusal(
            "MG3013", f"cannot run on {provider}: onnxruntime here has {', '.join(known)}"
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = _SILENT
    # Blocks run side by side and the last one is shorter: patterns would only be kept, not used.
    options.enable_mem_pattern = False
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        return onnxruntime.InferenceSession(source, options, providers=[provider])
    except Exception as error:  # noqa: BLE001 (onnxruntime raises what it likes; each is explained)
        raise explain(str(error), graph) from None


def _skip_zipmaps(path: Path, graph: Graph) -> dict[str, str]:
    """Make the matrices that ZipMaps read outputs too; the tensor to fetch for each output.

    A ZipMap builds a dictionary a row, which costs more than most models. Protobuf merges a
    message field that comes twice, so a second `graph` with nothing but one more output, written
    behind the file, is an output more.
    """
    names = {
        output: node.inputs[0] for output, node in graph.zipmaps.items() if output in graph.outputs
    }
    missing = [name for name in dict.fromkeys(names.values()) if name not in graph.outputs]
    tail = b"".join(_field(12, _field(1, n.encode()) + _field(2, _FLOAT)) for n in missing)
    if tail:
        with path.open("ab") as file:
            file.write(_field(7, tail))
    return names


def _field(number: int, content: bytes) -> bytes:
    """A protobuf field of bytes."""
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _refuse_odd_types(found: Signature) -> None:
    for kind, tensors in (("input", found.inputs), ("output", found.outputs)):
        for one in tensors:
            if one.container != "tensor" and kind == "input":
                raise Refusal(
                    "MG3007", f"takes a {one.container} as input {one.name!r}; rows are tensors"
                )
            if one.type not in _KNOWN and one.container in {"tensor", "sequence"}:
                raise Refusal(
                    "MG3008",
                    f"has the {kind} {one.name!r} of type {one.type}, which onnxruntime for Python "
                    "cannot take or give; export it as float32",
                )


_KNOWN = {np.dtype(code).name for code in "efdbhilqBHILQ?"} | {"string"}


def _facts(graph: Graph, found: Signature, session: Any) -> dict[str, Any]:
    return {
        "producer": graph.producer[:200],
        "ir": graph.ir,
        "opsets": dict(sorted(graph.opsets.items())[:50]),
        "nodes": sum(graph.ops.values()),
        "ops": dict(graph.ops.most_common(200)),
        "weights": graph.weights,
        "widest": graph.widest,
        "trees": graph.trees,
        "metadata": graph.metadata,
        "external": sorted(graph.external)[:1000],
        **({"functions": sorted(graph.functions)[:1000]} if graph.functions else {}),
        "zipmaps": sorted(graph.zipmaps),
        "columns": {one.name: n for one in found.inputs if (n := graph.columns_of(one.name))},
        "providers": list(session.get_providers()),
    }
