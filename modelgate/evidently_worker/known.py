"""Which of Evidently's presets and metrics a step may name, and what they take."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from modelgate.errors import UsageError, did_you_mean
from modelgate.escape import shown
from modelgate.yaml_file import read_yaml

Takes = Literal["rows", "classification", "regression"]
_TESTS = ("lt", "lte", "gt", "gte", "eq", "not_eq")
_FILE = Path(__file__).with_suffix(".yaml")


@cache
def names() -> Mapping[str, Takes]:
    """Name -> what it takes: rows alone, or a model's answers to a task with them."""
    return {name: kind for kind in get_args(Takes) for name in _held()[kind]}


@cache
def refused() -> Mapping[str, str]:
    """Name -> why no step can ask for it."""
    return {name: group["why"] for group in _held()["refused"] for name in group["names"]}


def known(name: str) -> Takes:
    """What a preset or metric takes.

    Raises:
        UsageError: MG2292, there is none of this name, or no step can ask for it.
    """
    if name in refused():
        raise UsageError("MG2292", f"cannot ask for {name}: {refused()[name]}")
    if name not in names():
        near = did_you_mean(name, [*names()])
        raise UsageError(
            "MG2292",
            f"takes a preset or metric of Evidently's, and {shown(name)} is none; {near}",
        )
    return names()[name]


def as_test(written: str) -> tuple[str, str, float]:
    """A test of Evidently's, of "lt 0.1", or of "recall gte 0.8" for one figure of a preset.

    Returns:
        What it is about ("" for all that there is), its name, and the limit.

    Raises:
        UsageError: MG2291, it is written otherwise.
    """
    parts = written.split(" ")
    about, name, limit = parts if len(parts) == 3 else ("", *parts) if len(parts) == 2 else [""] * 3
    try:
        number = float(limit)
    except ValueError:
        name, number = "", 0.0
    if name not in _TESTS or number - number != 0:
        raise UsageError(
            "MG2291",
            f"takes tests of Evidently's, one of {', '.join(_TESTS)} and a number,"
            f" not {shown(written)}",
            hint='such as `tests: ["lt 0.1"]`, or `tests: ["recall gte 0.8"]` for a preset',
        )
    return about, name, number


@cache
def _held() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(_FILE.read_bytes(), file=_FILE.name).plain
    return found
