"""How models of a registry are named: `churn@3`, `churn@production`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from modelgate.errors import UsageError
from modelgate.escape import shown

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""Of models and aliases: it has to serve as the name of a file, too."""
_REFERENCE = re.compile(rf"({NAME.pattern})@({NAME.pattern})")


class Reference(NamedTuple):
    """A version of a model, by its number or by an alias, as it is written."""

    name: str
    which: str

    def __str__(self) -> str:
        """As people write it."""
        return f"{self.name}@{self.which}"


def reference_in(text: str) -> Reference | None:
    """What `NAME@VERSION|ALIAS` names; None where it is no such text."""
    found = _REFERENCE.fullmatch(text)
    return None if found is None else Reference(found[1], found[2])


def of_registry(model: object) -> Reference | None:
    """What a registry is asked for; None where a model is named otherwise, or a file is so."""
    reference = reference_in(model) if isinstance(model, str) else None
    return None if reference is None or Path(str(model)).exists() else reference


def checked_reference(text: str) -> Reference:
    """The same, where nothing else may stand.

    Raises:
        UsageError: MG2401, it is written otherwise.
    """
    found = reference_in(text)
    if found is None:
        raise UsageError(
            "MG2401",
            f"{shown(text)} names no version of a registered model",
            hint="write NAME@VERSION or NAME@ALIAS, such as churn@3",
        )
    return found


def checked_name(name: str, what: str) -> str:
    """The same name.

    Raises:
        UsageError: MG2400, it has other characters than it may.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            "MG2400",
            f"{shown(name, 60)} cannot be the name of {what}",
            hint="letters, digits, '.', '_' and '-', a letter or digit first, at most 100",
        )
    return name
