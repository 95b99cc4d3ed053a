"""What a check or a perturbation says of itself: its docstring, its settings, an example step."""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import getdoc
from typing import Any

from modelgate.declare import Check
from modelgate.kinds import Kind
from modelgate.kinds.annotation import kind_of
from modelgate.kinds.composed import Either, Many
from modelgate.kinds.single import Choice, Nothing, Number, Truth
from modelgate.perturb import Perturbation
from modelgate.setting import REQUIRED

_SECTION = re.compile(r"^([A-Z][a-z]+): ?(.*)$")


def summary(function: Callable[..., Any]) -> str:
    """The first line of the docstring of a check's or a perturbation's function."""
    return (getdoc(function) or "").split("\n", maxsplit=1)[0]


def sections(function: Callable[..., Any]) -> list[tuple[str, str]]:
    """The rest of its docstring: (title, text) a paragraph; the title is empty for running text."""
    found: list[tuple[str, list[str]]] = []
    opened = False
    for line in (getdoc(function) or "").splitlines()[1:]:
        begins = _SECTION.match(line)
        if begins:
            found.append((begins[1], [begins[2]]))
        elif line.strip() and opened:
            found[-1][1].append(line.strip())
        elif line.strip():
            found.append(("", [line.strip()]))
        opened = bool(line.strip())
    return [(title, " ".join(lines)) for title, lines in found]


def limit(check: Check) -> str:
    """Its default limit, in words."""
    if check.at_least is not None:
        return f"at_least: {_bound(check.at_least, check)}, unless the suite says otherwise"
    if check.at_most is not None:
        return f"at_most: {_bound(check.at_most, check)}, unless the suite says otherwise"
    return "none: without at_least or at_most in the suite it is information, and decides nothing"


def _bound(bound: float, check: Check) -> str:
    """As a suite has it."""
    return f"{100 * bound:g}%" if check.unit == "share" and bound else f"{bound:g}"


def settings(one: Check | Perturbation) -> list[tuple[str, str, str]]:
    """(name, what it takes, default) of each setting but the subject."""
    subject = one.subject if isinstance(one, Check) else None
    return [
        (name, _says(kind_of(setting.type)), _default(setting.default))
        for name, setting in one.settings.items()
        if name != subject
    ]


def subject(check: Check) -> str:
    """What stands after its name in a step."""
    if check.subject is None:
        return "any name, such as 'all': people read it, nothing else"
    return _says(kind_of(check.settings[check.subject].type))


def example(check: Check) -> str:
    """A step as a suite would write it."""
    if check.example:
        return "- " + "\n  ".join(check.example)
    setting = None if check.subject is None else check.settings[check.subject]
    lines = [f"- {check.name}: {'all' if setting is None else _sample(kind_of(setting.type))}"]
    for name, one in check.settings.items():
        if one.default is REQUIRED and name != check.subject:
            lines.append(f"  {name}: {_sample(kind_of(one.type))}")
    if check.at_least is None and check.at_most is None:
        lines.append("  at_least: 0.9")
    return "\n".join(lines)


def _says(kind: Kind | None) -> str:
    return "" if kind is None else kind.says


def _default(default: Any) -> str:
    if default is REQUIRED:
        return "required"
    if default is None:
        return "left out"
    return str(default).lower() if isinstance(default, bool) else str(default)


def _sample(kind: Kind | None) -> str:
    if isinstance(kind, Either):
        return _sample(next(one for one in kind.kinds if not isinstance(one, Nothing)))
    if isinstance(kind, Many):
        return f"[{_sample(kind.entry)}]"
    if isinstance(kind, Choice):
        return str(kind.values[0])
    if isinstance(kind, Truth):
        return "true"
    return "1" if isinstance(kind, Number) else "NAME"
