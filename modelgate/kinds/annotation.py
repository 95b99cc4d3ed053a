"""From the annotation of a check's setting to the kind of value that a suite writes for it."""

from __future__ import annotations

import types
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from modelgate.kinds import Kind
from modelgate.kinds.composed import Either, Many, Proven
from modelgate.kinds.single import Choice, File, Nothing, Number, Release, Text, Truth
from modelgate.setting import Between, Checked, Version


def kind_of(annotation: Any) -> Kind | None:
    """The kind of value that a check's setting takes, by its annotation.

    Returns:
        None where the annotation is none that a suite can hold.
    """
    plain = {str: Text(), bool: Truth(), int: Number(whole=True), float: Number(), None: Nothing()}
    if annotation is type(None):
        return Nothing()
    if annotation is Path:
        return File()
    if annotation is Version:
        return Release()
    if annotation in plain:
        return plain[annotation]
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _bounded(*inner)
    if origin is Literal:
        return _choice(inner)
    if origin in (Union, types.UnionType):
        return _either(inner)
    if origin in (list, Sequence) or (origin is tuple and inner[1:] == (...,)):
        entry = kind_of(inner[0])
        return None if entry is None else Many(entry)
    return None


def _bounded(annotation: Any, *marks: Any) -> Kind | None:
    """A number within its bounds, or what else must hold; other marks say nothing to a suite."""
    kind = kind_of(annotation)
    for mark in marks:
        if isinstance(mark, Between) and isinstance(kind, Number):
            kind = Number(low=mark.low, high=mark.high, whole=kind.whole)
        elif isinstance(mark, Checked) and kind is not None:
            kind = Proven(kind, mark.by)
    return kind


def _choice(values: tuple[Any, ...]) -> Kind | None:
    named = tuple(value for value in values if value is not None)
    if not named or not all(isinstance(value, str | int) for value in named):
        return None
    return Choice(named) if len(named) == len(values) else Either((Choice(named), Nothing()))


def _either(parts: tuple[Any, ...]) -> Kind | None:
    kinds = [kind_of(part) for part in parts]
    known = tuple(kind for kind in kinds if kind is not None)
    return Either(known) if len(known) == len(kinds) else None
