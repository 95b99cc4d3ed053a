"""Slices as a suite writes them: `by:`, and one by name."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from modelgate.kinds import Kind, Schema, WrongValueError
from modelgate.kinds.single import Nothing, Number, Text, Truth
from modelgate.slices import Axis, Bins, Part, Slicing, Span
from modelgate.yaml_file.node import Node

MOST_PARTS = 50
"""Bins that a column may be cut in: of more, no bin has a name that a person remembers."""


def _entries(node: Node, known: tuple[str, ...], kind: Kind) -> dict[str, Node]:
    """The entries of a small block that knows few keys."""
    strange = next((key for key in node.value if key not in known), None)
    if strange is not None:
        raise WrongValueError(node.value[strange], f"has no key {strange!r}; it takes {kind.says}")
    return dict(node.value)


@dataclass(frozen=True, slots=True)
class Along(Kind):
    """A column as it stands, or numbers in bins."""

    says = "a column, or {column: NAME, bins: [18, 40, 65]}, or {column: NAME, bins: 4}"

    def read(self, node: Node) -> Axis:
        """As `Kind.read`."""
        if not isinstance(node.value, dict):
            if isinstance(node.value, str) and node.value:
                return node.value
            raise self.wrong(node)
        found = _entries(node, ("column", "bins"), self)
        if len(found) < 2:
            raise self.wrong(node)
        column = Text().read(found["column"])
        if isinstance(found["bins"].value, tuple):
            return Bins(column, edges=self._edges(found["bins"]))
        parts = Number(2, MOST_PARTS, whole=True).read(found["bins"])
        return Bins(column, parts=int(parts))

    def _edges(self, node: Node) -> tuple[float, ...]:
        edges = tuple(float(Number().read(edge)) for edge in node.value)
        if not 1 <= len(edges) < MOST_PARTS or any(low >= high for low, high in pairwise(edges)):
            raise WrongValueError(
                node, f"takes bins cut at 1 to {MOST_PARTS - 1} numbers that rise, as [18, 40, 65]"
            )
        return edges

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        edges = {
            "type": "array",
            "items": Number().schema(),
            "minItems": 1,
            "maxItems": MOST_PARTS - 1,
        }
        bins = {"anyOf": [Number(2, MOST_PARTS, whole=True).schema(), edges]}
        cut = {
            "type": "object",
            "properties": {"column": Text().schema(), "bins": bins},
            "required": ["column", "bins"],
            "additionalProperties": False,
        }
        return {"anyOf": [Text().schema(), cut]}


@dataclass(frozen=True, slots=True)
class By(Kind):
    """Slicings: one, or a list of them, each along one column or two crossed."""

    says = "a column, or a list of columns, of two crossed, or of {column: NAME, bins: 4}"

    def read(self, node: Node) -> tuple[Slicing, ...]:
        """As `Kind.read`."""
        if not isinstance(node.value, tuple):
            return ((Along().read(node),),)
        if not node.value:
            raise WrongValueError(node, f"takes {self.says}, not an empty list")
        return tuple(self._slicing(entry) for entry in node.value)

    def _slicing(self, node: Node) -> Slicing:
        if not isinstance(node.value, tuple):
            return (Along().read(node),)
        if len(node.value) != 2:
            raise WrongValueError(node, f"crosses two columns; this names {len(node.value)}")
        return tuple(Along().read(entry) for entry in node.value)

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        along = Along().schema()
        crossed = {"type": "array", "items": along, "minItems": 2, "maxItems": 2}
        several = {"type": "array", "items": {"anyOf": [along, crossed]}, "minItems": 1}
        return {"anyOf": [along, several]}


@dataclass(frozen=True, slots=True)
class Named(Kind):
    """One slice: columns, each with its value or with numbers from one to another."""

    says = "columns with their values, as {country: BR, age: {at_least: 40, below: 65}}"

    def read(self, node: Node) -> Part:
        """As `Kind.read`."""
        if not isinstance(node.value, dict) or not node.value:
            raise self.wrong(node)
        return tuple((column, self._value(entry)) for column, entry in node.value.items())

    def _value(self, node: Node) -> Any:
        if isinstance(node.value, dict):
            found = _entries(node, ("at_least", "below"), self)
            bounds = {key: float(Number().read(entry)) for key, entry in found.items()}
            span = Span(bounds.get("at_least"), bounds.get("below"))
            if not bounds or (len(bounds) == 2 and bounds["at_least"] >= bounds["below"]):
                raise WrongValueError(
                    node, "takes numbers {at_least: 40, below: 65}, the low first"
                )
            return span
        if isinstance(node.value, tuple):
            raise self.wrong(node)
        return node.value

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        bound = Number().schema()
        span = {
            "type": "object",
            "properties": {"at_least": bound, "below": bound},
            "minProperties": 1,
            "additionalProperties": False,
        }
        single = [Text().schema(), {"type": "number"}, Truth().schema(), Nothing().schema()]
        values = {"anyOf": [*single, span]}
        return {"type": "object", "additionalProperties": values, "minProperties": 1}
