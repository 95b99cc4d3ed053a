"""Kinds made of other kinds: a list, one of several, one with a further condition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from modelgate.errors import UsageError
from modelgate.kinds import Kind, Schema, WrongValueError
from modelgate.kinds.single import Nothing
from modelgate.yaml_file.node import Node


@dataclass(frozen=True, slots=True)
class Many(Kind):
    """A list.

    Attributes:
        entry: what each of its entries is.
        fewest: entries it must have.
        length: entries it must have exactly; None for any number.
    """

    entry: Kind
    fewest: int = 0
    length: int | None = None

    @property
    def says(self) -> str:
        """As `Kind.says`."""
        many = "a list" if self.length is None else f"a list of {self.length}"
        return f"{many}, each entry {self.entry.says}"

    def read(self, node: Node) -> tuple[Any, ...]:
        """As `Kind.read`."""
        if not isinstance(node.value, tuple):
            raise self.wrong(node)
        if len(node.value) < self.fewest:
            entries = "one entry" if self.fewest == 1 else f"{self.fewest} entries"
            raise WrongValueError(node, f"takes a list with at least {entries}")
        if self.length not in (None, len(node.value)):
            raise WrongValueError(node, f"takes {self.says}; this has {len(node.value)}")
        return tuple(self.entry.read(entry) for entry in node.value)

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        length = self.length
        bounds = (
            {"minItems": self.fewest}
            if length is None
            else {"minItems": length, "maxItems": length}
        )
        return {"type": "array", "items": self.entry.schema(), **bounds}


@dataclass(frozen=True, slots=True)
class Either(Kind):
    """One of several kinds; the first that fits."""

    kinds: tuple[Kind, ...]

    @property
    def says(self) -> str:
        """As `Kind.says`."""
        return " or ".join(kind.says for kind in self.kinds if not isinstance(kind, Nothing))

    def read(self, node: Node) -> Any:
        """As `Kind.read`."""
        refusals = []
        for kind in self.kinds:
            try:
                return kind.read(node)
            except WrongValueError as error:
                refusals.append((kind, error))
        told = [error for kind, error in refusals if not isinstance(kind, Nothing)]
        if len(told) == 1:
            raise told[0]
        raise self.wrong(node)

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        return {"anyOf": [kind.schema() for kind in self.kinds]}


@dataclass(frozen=True, slots=True)
class Proven(Kind):
    """A value of some kind of which something else holds.

    Attributes:
        kind: of the value.
        by: see `Checked`.
    """

    kind: Kind
    by: Callable[[Any], object]

    @property
    def says(self) -> str:
        """As `Kind.says`."""
        return self.kind.says

    def read(self, node: Node) -> Any:
        """As `Kind.read`."""
        value = self.kind.read(node)
        try:
            self.by(value)
        except UsageError as error:
            raise WrongValueError(node, error.message, error.code, hint=error.hint) from None
        return value

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        return self.kind.schema()
