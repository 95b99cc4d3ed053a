"""Reads an ONNX file without the `onnx` package and without its weights.

It runs where the model runs, in the worker: the bytes are the user's.

Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (field numbers)
"""

from __future__ import annotations

import math
from typing import Any

from modelgate.formats.onnx_graph import Graph, Node
from modelgate.formats.protobuf import Bytes, DamagedError, Span, signed

_DEEPEST = 32
_LONGEST_LIST = 1 << 20
_LISTS_OF_TREES = ("nodes_", "class_", "target_", "leaf_", "membership_", "tree_roots")
"""Attributes of tree ensembles with millions of entries and neither graphs nor tensors in them."""

_TAG_OF_INTS = 8 << 3
_LABELS = ("classlabels_int64s", "classlabels_ints", "classlabels_strings")


def read_graph(data: Bytes) -> Graph:
    """Read a model file.

    Raises:
        DamagedError: it is cut off, nested too deeply, or no protobuf.
    """
    graph = Graph()
    for number, value in Span(data, 0, len(data)).fields():
        if isinstance(value, int):
            if number == 1:
                graph.ir = signed(value)
        elif number == 2:
            graph.producer = f"{value.text(200)} {graph.producer}".strip()
        elif number == 3:
            graph.producer = f"{graph.producer} {value.text(200)}".strip()
        elif number == 7:
            graph.graphs += 1
            _main_graph(value, graph)
        elif number == 8:
            _opset(value, graph)
        elif number == 14:
            _metadata(value, graph)
        elif number == 25:
            _function(value, graph)
    return graph


def _opset(span: Span, graph: Graph) -> None:
    domain, version = "", 0
    for number, value in span.fields():
        if number == 1 and isinstance(value, Span):
            domain = value.text(200)
        elif number == 2 and isinstance(value, int):
            version = signed(value)
    graph.opsets[domain or "ai.onnx"] = version


def _metadata(span: Span, graph: Graph) -> None:
    texts = {n: value.text(300) for n, value in span.fields() if isinstance(value, Span)}
    if len(graph.metadata) < 50:
        graph.metadata[texts.get(1, "")[:100]] = texts.get(2, "")


def _function(span: Span, graph: Graph) -> None:
    name = domain = ""
    for number, value in span.fields():
        if isinstance(value, Span):
            if number == 1:
                name = value.text(200)
            elif number == 7:
                _node(value, graph, depth=1)
            elif number == 10:
                domain = value.text(200)
    graph.functions.add(f"{domain}:{name}")


def _main_graph(span: Span, graph: Graph) -> None:
    for number, value in span.fields():
        if isinstance(value, Span):
            if number == 1:
                graph.nodes.append(_node(value, graph, depth=1))
            elif number in (11, 12):
                _declared(number, value, graph)
            else:
                _weights(number, value, graph)


def _declared(number: int, span: Span, graph: Graph) -> None:
    name = "".join([part.text() for part in span.spans(1)][-1:])
    if number == 12:
        graph.outputs.append(name)
    shapes = [s for t in span.spans(2) for tensor in t.spans(1) for s in tensor.spans(2)]
    if shapes and not any(len(shape) for shape in shapes):
        graph.scalars.add(name)


def _subgraph(span: Span, graph: Graph, depth: int) -> None:
    if depth > _DEEPEST:
        raise DamagedError("graphs nested too deeply")
    for number, value in span.fields():
        if isinstance(value, Span):
            if number == 1:
                _node(value, graph, depth + 1)
            else:
                _weights(number, value, graph)


def _weights(number: int, span: Span, graph: Graph) -> None:
    if number == 5:
        _tensor(span, graph)
    elif number == 15:  # sparse: two tensors, values and indices
        for inner in (1, 2):
            for tensor in span.spans(inner):
                _tensor(tensor, graph)


def _tensor(span: Span, graph: Graph) -> None:
    dims: list[int] = []
    for number, value in span.fields():
        if number == 1:
            dims += [value] if isinstance(value, int) else value.varints().tolist()
        elif number == 13 and isinstance(value, Span):
            texts = {n: part.text() for n, part in value.fields() if isinstance(part, Span)}
            if texts.get(1) == "location":
                graph.external.add(texts.get(2, ""))
    if len(dims) > 32 or math.prod(dims) >= 1 << 62:
        raise DamagedError("weights of an impossible shape")
    graph.weights += math.prod(dims)
    if len(dims) >= 2 and min(dims) > 0:
        # An embedding's vocabulary is no width: no row is as wide as it.
        rows, columns = dims[0], math.prod(dims[1:]) if len(dims) == 2 else dims[1]
        graph.widest = max(graph.widest, min(max(rows, columns), 4 * min(rows, columns)))


def _node(span: Span, graph: Graph, depth: int) -> Node:
    names: dict[int, list[str]] = {1: [], 2: [], 4: [], 7: []}
    about: dict[str, Any] = {}
    for number, value in span.fields():
        if isinstance(value, Span):
            if number in names:
                names[number].append(value.text())
            elif number == 5:
                about |= _attribute(value, graph, depth)
    op, domain = "".join(names[4][-1:]), "".join(names[7][-1:])
    domain = "" if domain == "ai.onnx" else domain
    graph.ops[f"{domain}:{op}" if domain else op] += 1
    return Node(op, domain, tuple(names[1]), tuple(names[2]), **about)


def _attribute(  # noqa: C901 (one branch a kind of field)
    span: Span, graph: Graph, depth: int
) -> dict[str, Any]:
    """What an attribute adds to its node; its tensors and graphs are looked at, its lists not."""
    name = ""
    labels: list[str | int] = []
    about: dict[str, Any] = {}
    for number, value in span.fields():
        if number == 1 and isinstance(value, Span):
            name = value.text(200)
            if name == "nodes_featureids":
                return _features(span)
            if name.startswith(_LISTS_OF_TREES):
                return {}
        elif number in (8, 9) and name in _LABELS and len(labels) < _LONGEST_LIST:
            labels += _listed(number, value)
        elif number in (7, 8, 9):
            return {}
        elif isinstance(value, Span):
            if number == 4 and name == "post_transform":
                about["transform"] = value.text(40).lower()
            elif number in (5, 10):
                _tensor(value, graph)
            elif number in (6, 11):
                _subgraph(value, graph, depth + 1)
    return about | ({"labels": tuple(labels)} if labels else {})


def _listed(number: int, value: int | Span) -> list[str | int]:
    if isinstance(value, int):
        return [signed(value)]
    return [signed(one) for one in value.varints().tolist()] if number == 8 else [value.text()]


def _features(span: Span) -> dict[str, Any]:
    """The columns that a tree ensemble reads, from its list of feature numbers.

    A forest has half a million of them, each written with its own tag: read as one run, every
    second integer is a tag.
    """
    most = count = 0
    for number, value in span.fields():
        if number != 8:
            continue
        if isinstance(value, Span):
            ids = value.varints()
        else:
            run = Span(span.data, _start_of_run(span), span.end).varints()
            ids = run[1::2][run[: len(run) // 2 * 2 : 2] == _TAG_OF_INTS]
        most, count = max(most, int(ids.max(initial=0))), count + len(ids)
        if isinstance(value, int):
            break
    return {"columns": most + 1 if count else 0, "trees": count}


def _start_of_run(span: Span) -> int:
    """Behind the attribute's name, where its numbers begin."""
    start = span.start
    for number, value in span.fields():
        if number == 8 or not isinstance(value, Span):
            break
        start = value.end
    return start
