"""How foreign text is shown in a data error: on one line, short, with nothing that is obeyed."""

from __future__ import annotations

from typing import Any

from modelgate.escape import printable


def shown(value: Any, longest: int = 60) -> str:
    """The value in quotes."""
    return f"'{printable(value, longest)}'"


def plain(name: str) -> str:
    """The name of a file, whole."""
    return printable(name)


def one_line(error: BaseException, longest: int = 160) -> str:
    """What a foreign exception says, as the end of a line; its name where it says nothing."""
    return printable(" ".join(str(error).split()) or type(error).__name__, longest)
