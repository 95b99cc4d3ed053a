"""A value of a YAML file with its place, and what is noted about such places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from modelgate.errors import MistakesError, UsageError, Where
from modelgate.escape import printable, shown


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place.

    Attributes:
        value: None, bool, int, float or str; a tuple of nodes; a dict from key to node.
        where: where it begins.
        text: a scalar as it is written, without its quotes.
        quoted: whether it is written in quotes, or as a block of text.
        keys: of a dict, where each key stands.
        size: values in it, itself included; what an alias repeats counts again.
    """

    value: Any
    where: Where
    text: str = ""
    quoted: bool = False
    keys: Mapping[str, Where] = field(default_factory=dict)
    size: int = 1

    @property
    def plain(self) -> Any:
        """The value without its places: dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain for key, node in self.value.items()}
        if isinstance(self.value, tuple):
            return [node.plain for node in self.value]
        return self.value

    @property
    def says(self) -> str:
        """What it is, for a message: "a list", "the text 'high'", "0.5", "nothing"."""
        if isinstance(self.value, dict):
            return "a block of keys"
        if isinstance(self.value, tuple):
            return "a list"
        if self.value is None:
            return "nothing"
        if isinstance(self.value, str):
            return f"the text {shown(self.value)}"
        return printable(self.text, 60)


class Mistakes:
    """All that is wrong in one file, gathered so that it can be told at once."""

    MOST = 200

    def __init__(self) -> None:
        self.found: list[UsageError] = []

    def add(self, code: str, message: str, where: Where, *, hint: str | None = None) -> None:
        """Note one.

        Raises:
            MistakesError: there are so many that there is no use in looking further.
        """
        self.found.append(UsageError(code, message, where=where, hint=hint))
        if len(self.found) > self.MOST:
            message = "too many mistakes; the rest of the file was not read"
            self.found[-1] = UsageError("MG2122", message, where=where)
            self.raise_if_any()

    def stop(self, code: str, message: str, where: Where, *, hint: str | None = None) -> NoReturn:
        """Note one after which nothing more can be read.

        Raises:
            MistakesError: always.
        """
        self.add(code, message, where, hint=hint)
        self.raise_if_any()
        raise AssertionError

    def raise_if_any(self) -> None:
        """End here if something is wrong.

        Raises:
            MistakesError: all that was noted, in the order of the lines.
        """
        if self.found:
            places = sorted(self.found, key=_place)
            raise MistakesError(places)


def _place(mistake: UsageError) -> tuple[int, int]:
    where = mistake.where
    return (where.line or 0, where.column or 0) if where else (0, 0)
