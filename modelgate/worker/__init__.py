"""The isolated process that runs models.

This face defines nothing, it lists. Names are loaded when they are first asked for: the process
inside imports its own half of this package and must not pay for the other one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelgate.worker.limits import Limits as Limits
    from modelgate.worker.shared import Slot as Slot
    from modelgate.worker.worker import Worker as Worker

_AT = {"Limits": "limits", "Slot": "shared", "Worker": "worker"}

__all__ = ["Limits", "Slot", "Worker"]


def __getattr__(name: str) -> Any:
    if name in _AT:
        return getattr(import_module(f"modelgate.worker.{_AT[name]}"), name)
    raise AttributeError(f"module 'modelgate.worker' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
