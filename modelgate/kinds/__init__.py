"""What kinds of values a suite holds: how each is read, named in a message, and put in a schema."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from modelgate.escape import shown
from modelgate.yaml_file.node import Mistakes, Node

Schema = dict[str, Any]


class WrongValueError(Exception):
    """A value that is not of its kind; the message is the end of a sentence.

    Attributes:
        code: the mistake's code.
        node: the value or the part of it that is wrong.
        hint: the reader's next move, in one line.
    """

    def __init__(
        self, node: Node, says: str, code: str = "MG2109", *, hint: str | None = None
    ) -> None:
        self.node = node
        self.code = code
        self.hint = hint
        super().__init__(says)


class Kind(ABC):
    """What may be written in one place."""

    @property
    @abstractmethod
    def says(self) -> str:
        """What it takes, for a message: "a number", "'min' or 'max'"."""

    @abstractmethod
    def read(self, node: Node) -> Any:
        """The typed value.

        Raises:
            WrongValueError: it is not of this kind.
        """

    @abstractmethod
    def schema(self) -> Schema:
        """The same as JSON Schema."""

    def wrong(self, node: Node) -> WrongValueError:
        """The plain refusal."""
        return WrongValueError(node, f"takes {self.says}, not {node.says}")


def read_value(kind: Kind, node: Node, name: str, mistakes: Mistakes) -> Any:
    """Read `node` as `kind`; note a mistake about `name` and give None where it is none."""
    try:
        return kind.read(node)
    except WrongValueError as error:
        mistakes.add(error.code, f"{shown(name)} {error}", error.node.where, hint=error.hint)
        return None
