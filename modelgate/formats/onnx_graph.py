"""What an ONNX file says of itself, and what follows from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

_PASSES_ON = {"Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "ZipMap", "Concat"}
_TRANSFORMS = {
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
    "Sigmoid": "logistic",
    "Normalizer": "normalized",
}


@dataclass(frozen=True, slots=True)
class Node:
    """One operation.

    Attributes:
        op: its type.
        domain: "" for ONNX's own.
        inputs: names; "" for one left out.
        outputs: names.
        labels: class labels that it names.
        transform: what a classifier of the ml domain does to its scores: "softmax", "none" ...
        columns: how many columns a tree ensemble reads at least; 0 for others.
        trees: nodes of a tree ensemble; 0 for others.
    """

    op: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    labels: tuple[str | int, ...] = ()
    transform: str = ""
    columns: int = 0
    trees: int = 0


@dataclass(slots=True)
class Graph:
    """A model file as its own fields tell it.

    Attributes:
        producer: name and version of the program that wrote it.
        ir: version of the format.
        opsets: version by domain, "ai.onnx" for the default one.
        metadata: what the writer noted, shortened.
        nodes: of the main graph.
        ops: how many nodes of each type, subgraphs and functions included, "domain:Type" outside
            the default domain.
        outputs: the names that the graph gives.
        scalars: inputs and outputs that are declared to have no axes.
        weights: numbers in all initializers and constants.
        widest: the widest weight matrix, in numbers; what one row takes while it is computed.
        external: files that hold weights, as written in the model.
        functions: domain and name of the functions that the model brings along.
    """

    producer: str = ""
    ir: int = 0
    opsets: dict[str, int] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    ops: Counter[str] = field(default_factory=Counter)
    outputs: list[str] = field(default_factory=list)
    scalars: set[str] = field(default_factory=set)
    weights: int = 0
    widest: int = 1
    external: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    graphs: int = 0

    @property
    def zipmaps(self) -> dict[str, Node]:
        """The nodes that turn a matrix of scores into a list of dictionaries, by output."""
        return {
            node.outputs[0]: node
            for node in self.nodes
            if node.op == "ZipMap" and node.outputs and node.inputs
        }

    @property
    def classes(self) -> tuple[str | int, ...]:
        """The class labels that the model names, in the order of its scores."""
        found = [node.labels for node in self.nodes if node.labels]
        zipped = [node.labels for node in self.zipmaps.values() if node.labels]
        return (zipped or found or [()])[-1]

    @property
    def trees(self) -> int:
        """Nodes of all tree ensembles."""
        return sum(node.trees for node in self.nodes)

    def transform_of(self, output: str) -> str:
        """What the last operation that shapes an output does: "softmax", "logistic", ""."""
        made_by = {name: node for node in self.nodes for name in node.outputs}
        for _ in range(len(self.nodes) + 1):
            node = made_by.get(output)
            if node is None:
                return ""
            if node.transform:
                return "" if node.transform == "none" else node.transform
            if node.op in _TRANSFORMS:
                return _TRANSFORMS[node.op]
            if node.op not in _PASSES_ON or not node.inputs:
                return ""
            output = node.inputs[0]
        return ""

    def columns_of(self, name: str) -> int:
        """How many columns the tree ensembles read at least from an input; 0 where none does."""
        same = {name}
        most = 0
        for node in self.nodes:
            if node.inputs and node.inputs[0] in same:
                if node.op in {"Cast", "Identity"}:
                    same.update(node.outputs)
                most = max(most, node.columns)
        return most
