"""What a loaded ONNX model takes and gives, and which axis of it counts rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from modelgate.formats.onnx_graph import Graph
from modelgate.model import Signature, Tensor

_ELEMENTS = {"float": "float32", "double": "float64"}
_CONTAINERS = {"seq": "sequence", "sparse_tensor": "sparse tensor"}


class Declared(Protocol):
    """An input or output as onnxruntime shows it."""

    name: str
    type: str
    shape: Sequence[int | str | None] | None


def signature(inputs: Iterable[Declared], outputs: Iterable[Declared], graph: Graph) -> Signature:
    """The signature of a loaded model.

    Args:
        inputs: what the session wants, without initializers that merely may be overridden.
        outputs: what the session gives; those that only stand in for a ZipMap are left out.
        graph: what the file says of itself.
    """
    takes = tuple(_tensor(one, graph) for one in inputs)
    given = {one.name: one for one in outputs}
    gives: list[Tensor] = []
    for name in dict.fromkeys(graph.outputs) or given:
        if name in graph.zipmaps and name in given:
            node = graph.zipmaps[name]
            gives.append(Tensor(name, "float32", (None, len(node.labels) or None)))
        elif name in given:
            gives.append(_tensor(given[name], graph))
    batch, batched = rows_of(takes, gives)
    transforms = [graph.transform_of(one.name) for one in reversed(gives)]
    return Signature(
        inputs=takes,
        outputs=tuple(gives),
        classes=graph.classes,
        batch=batch,
        batched=batched,
        score_transform=next(filter(None, transforms), ""),
    )


def rows_of(
    inputs: Sequence[Tensor], outputs: Sequence[Tensor]
) -> tuple[int | None, tuple[str, ...]]:
    """Which inputs count rows with their first axis, and how many rows a call takes.

    Free first axes count rows, and fixed ones beside them belong to constants. Where all first
    axes are the same number, that many rows are a call. Where they contradict each other, or an
    output has no axis that could count the same rows, one row is one call of the whole model.

    Returns:
        Rows a call takes, None for any number; and the inputs that count rows, if any do.
    """
    firsts = {one.name: _first(one) for one in inputs}
    free = tuple(name for name, first in firsts.items() if first is None or isinstance(first, str))
    fixed = {first for first in firsts.values() if isinstance(first, int)}
    if free:
        batch, batched = None, free
    elif len(fixed) == 1 and "" not in firsts.values() and min(fixed) > 0:
        batch, batched = min(fixed), tuple(firsts)
    else:
        return None, ()
    for output in outputs:
        if output.container != "tensor" or output.shape is None:
            continue
        first = output.shape[0] if output.shape else None
        # Beside free inputs a fixed first axis is mostly an exporter's slip; the answer will show.
        if not output.shape or (batch is not None and isinstance(first, int) and first != batch):
            return None, ()
    return batch, batched


def _first(tensor: Tensor) -> int | str | None:
    """The first axis; -1 where there is none, which no axis of rows can be."""
    if tensor.shape is None:
        return None
    return tensor.shape[0] if tensor.shape else -1


def _tensor(declared: Declared, graph: Graph) -> Tensor:
    """A declared input or output, from a type such as "seq(map(int64,tensor(float)))"."""
    outer = declared.type.partition("(")[0]
    element = declared.type.rstrip(")").rpartition("(")[2]
    element = _ELEMENTS.get(element, element)
    if outer != "tensor":
        inner = "map" if "map(" in declared.type else outer
        return Tensor(declared.name, element, None, _CONTAINERS.get(inner, inner))
    # onnxruntime shows a scalar and an undeclared shape alike; the file tells them apart.
    if not declared.shape and declared.name not in graph.scalars:
        return Tensor(declared.name, element, None)
    shape = tuple(None if isinstance(n, int) and n < 0 else n for n in declared.shape or ())
    return Tensor(declared.name, element, shape)
