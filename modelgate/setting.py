"""What a suite may set of a check or of a perturbation."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NewType


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter that a suite may write.

    Attributes:
        type: the annotation: a Literal, int, float, str, bool, a list, or a union with None.
        default: its value where the suite is silent; `REQUIRED` where it must be written.
    """

    type: Any
    default: Any


REQUIRED: Any = inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Between:
    """The bounds of a number, written beside its type: `Annotated[int, Between(1, 99)]`.

    A suite that oversteps them is told so, by line, before anything is asked.
    """

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Checked:
    """What else must hold of a value, written beside its type: `Annotated[str, Checked(known)]`.

    A suite that writes another one is told so, by line, before anything is asked.

    Attributes:
        by: raises `UsageError` for a value that will not do; its message ends a sentence that
            begins with the setting's name.
    """

    by: Callable[[Any], object]


Version = NewType("Version", str)
"""Type of a setting that takes a release as it is written: 1.20 is not 1.2."""
