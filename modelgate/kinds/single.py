"""Kinds of a single value: a text, a truth, a number, one of a few, nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from modelgate.errors import did_you_mean
from modelgate.escape import shown
from modelgate.kinds import Kind, Schema, WrongValueError
from modelgate.yaml_file.node import Node

_VERSION = re.compile(r"^[0-9]+(\.[0-9]+)+$")
PERCENT = r"^[0-9]+(\.[0-9]+)?%$"


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """A text of at least one character."""

    says = "a text"

    def read(self, node: Node) -> str:
        """As `Kind.read`."""
        if isinstance(node.value, str) and node.value:
            return node.value
        if isinstance(node.value, str):
            raise WrongValueError(node, "takes a text, not an empty one")
        if isinstance(node.value, bool | int | float):
            raise WrongValueError(node, f'takes a text; put it in quotes: "{node.text[:40]}"')
        raise self.wrong(node)

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class File(Kind):
    """The path of a file, as written."""

    says = "the path of a file"

    def read(self, node: Node) -> Path:
        """As `Kind.read`."""
        return Path(Text().read(node))

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        return Text().schema()


@dataclass(frozen=True, slots=True)
class Release(Kind):
    """The version of a program, as written: 1.20 is not 1.2, with or without quotes."""

    says = "a version such as 1.20"

    def read(self, node: Node) -> str:
        """As `Kind.read`."""
        plain = isinstance(node.value, str | int | float) and not isinstance(node.value, bool)
        if plain and _VERSION.fullmatch(node.text):
            return node.text
        raise self.wrong(node)

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        return {"anyOf": [{"type": "string", "pattern": _VERSION.pattern}, {"type": "number"}]}


@dataclass(frozen=True, slots=True)
class Truth(Kind):
    """true or false."""

    says = "true or false"

    def read(self, node: Node) -> bool:
        """As `Kind.read`."""
        if isinstance(node.value, bool):
            return node.value
        raise self.wrong(node)

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Number(Kind):
    """A finite number, or a share written `5%`.

    Attributes:
        low, high: what it may not go beyond; None for no bound.
        whole: whether it has no decimals, and is no share.
    """

    low: float | None = None
    high: float | None = None
    whole: bool = False

    @property
    def says(self) -> str:
        """As `Kind.says`."""
        name = "a whole number" if self.whole else "a number"
        if self.low is not None and self.high is not None:
            return f"{name} from {self.low:g} to {self.high:g}"
        return name if self.low is None else f"{name}, {self.low:g} or more"

    def read(self, node: Node) -> float | int:
        """As `Kind.read`."""
        value = node.value
        if isinstance(value, str):
            value = self._written_as_text(node)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(node)
        if not isfinite(value):
            raise WrongValueError(node, f"takes {self.says}; {node.text[:40]} is none")
        if self.whole and not isinstance(value, int):
            raise self.wrong(node)
        if (self.low is not None and value < self.low) or (
            self.high is not None and value > self.high
        ):
            raise self.wrong(node)
        return value if self.whole else float(value)

    def _written_as_text(self, node: Node) -> float:
        text = node.value
        share = text.endswith("%")
        try:
            number = float(text.removesuffix("%")) if text.isascii() else None
        except ValueError:
            number = None
        if number is None or "_" in text:
            raise self.wrong(node)
        if not share and node.quoted:
            raise WrongValueError(
                node, f"takes {self.says}; in quotes it is a text: write {text.strip()[:40]}"
            )
        if not share or self.whole:
            raise self.wrong(node)
        if not 0 <= number <= 100:
            raise WrongValueError(node, f"takes a share from 0% to 100%, not {shown(text)}")
        # Decimal shifting of the text keeps 7% at 0.07, where 7 / 100 is rounded twice.
        return float(f"{text.removesuffix('%').strip()}e-2")

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        number: Schema = {"type": "integer" if self.whole else "number"}
        if self.low is not None:
            number["minimum"] = self.low
        if self.high is not None:
            number["maximum"] = self.high
        return number if self.whole else {"anyOf": [number, {"type": "string", "pattern": PERCENT}]}


@dataclass(frozen=True, slots=True)
class Choice(Kind):
    """One of a few values.

    Attributes:
        values: texts, whole numbers or truths.
    """

    values: tuple[Any, ...]

    @property
    def says(self) -> str:
        """As `Kind.says`."""
        *most, last = [repr(value) for value in self.values]
        return f"{', '.join(most)} or {last}" if most else str(last)

    def read(self, node: Node) -> Any:
        """As `Kind.read`."""
        for value in self.values:
            if type(value) is type(node.value) and value == node.value:
                return value
        if isinstance(node.value, str):
            names = [value for value in self.values if isinstance(value, str)]
            near = did_you_mean(node.value, names)
            raise WrongValueError(node, f"can't be {shown(node.value)}; {near}", "MG2111")
        raise self.wrong(node)

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        return {"enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class Nothing(Kind):
    """Nothing: `key:` or `key: null`."""

    says = "nothing"

    def read(self, node: Node) -> None:
        """As `Kind.read`."""
        if node.value is not None:
            raise self.wrong(node)

    def schema(self) -> Schema:
        """As `Kind.schema`."""
        return {"type": "null"}
