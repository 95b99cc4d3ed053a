"""Models that are named otherwise than by a file: functions and endpoints; nothing of them runs."""

from __future__ import annotations

import re
import sys
from importlib.machinery import PathFinder
from pathlib import Path

from modelgate.reference import reference_in

ENDPOINTS = ("http://", "https://")
"""How the address of a model begins that answers over HTTP."""
MLFLOW = "models:/"
"""How a version of a model in MLflow begins."""
_NAMED = re.compile(r"(?P<place>[^\0]{1,300}):(?P<function>[A-Za-z_]\w{0,99})", re.ASCII)
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)


def parted(text: str) -> tuple[str, str] | None:
    """The module or file, and the function, of `module:function` or `file.py:function`.

    None where this names no function.
    """
    found = _NAMED.fullmatch(text)
    if not found or not (found["place"].endswith(".py") or _MODULE.fullmatch(found["place"])):
        return None
    return found["place"], found["function"]


def pathless(model: str) -> bool:
    """Whether a model is named in a way that hangs on no folder: all but files are."""
    function = parted(model)
    of_module = function is not None and not function[0].endswith(".py")
    of_registry = reference_in(model) is not None
    return of_module or of_registry or model.startswith(("columns:", MLFLOW, *ENDPOINTS))


def source_of(module: str, folder: Path) -> Path | None:
    """The file of a module, found in a folder or where Python looks.

    Args:
        module: its dotted name.
        folder: looked into first.

    Returns:
        None where there is no such module, or it is no file of Python.
    """
    places: list[str] | None = [str(folder), *sys.path]
    spec = None
    for part in module.split("."):
        spec = None if places is None else PathFinder.find_spec(part, places)
        if spec is None:
            return None
        found = spec.submodule_search_locations
        places = None if found is None else list(found)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    return Path(spec.origin)
