"""One check's file: loaded by its path, and refused where the engine could not ask it."""

from __future__ import annotations

from dataclasses import replace
from inspect import unwrap
from pathlib import Path
from typing import Any

from modelgate.declare import PROVIDED, Check, is_aggregate, is_survey
from modelgate.declaring import DECLARED
from modelgate.errors import Where
from modelgate.escape import shown
from modelgate.kinds.annotation import kind_of
from modelgate.provided import Groups
from modelgate.python_file import loaded
from modelgate.setting import REQUIRED
from modelgate.suite_file.step import ENGINE_KEYS
from modelgate.yaml_file.node import Mistakes


def load_check(path: Path) -> Check:
    """Load `checks/<family>/<name>.py`.

    Args:
        path: the file. Its code runs: it is the project's own, or modelgate's.

    Returns:
        Its one check, with `path` set.

    Raises:
        MistakesError: everything that is wrong with the file.
    """
    module = loaded(path, f"modelgate_checks.{path.parent.name}.{path.stem}")
    declared: list[Check] = [
        value.__dict__[DECLARED]
        for value in vars(module).values()
        if getattr(value, "__module__", None) == module.__name__
        and isinstance(getattr(value, "__dict__", {}).get(DECLARED), Check)
    ]
    mistakes = Mistakes()
    named = [check for check in declared if check.name == path.stem]
    if not declared:
        message = "the file declares no check; put @check(...) above its function"
        mistakes.stop("MG2212", message, Where(str(path), 1))
    for check in declared:
        if check not in named:
            message = f"the check {shown(check.name)} is not called as its file {shown(path.stem)}"
            hint = "a file holds one check of its own name"
            mistakes.add("MG2213", message, where_of(check, path), hint=hint)
    for check in named:
        _declared_well(check, path, mistakes)
    mistakes.raise_if_any()
    return replace(named[0], path=path)


def where_of(check: Check, path: Path) -> Where:
    """Where a file declares a check."""
    code = getattr(unwrap(check.ask), "__code__", None)
    return Where(str(path), code.co_firstlineno if code else 1)


def _declared_well(check: Check, path: Path, mistakes: Mistakes) -> None:
    where = where_of(check, path)
    if check.family != path.parent.name:
        message = f"the family is {shown(check.family)}, the folder {shown(path.parent.name)}"
        mistakes.add("MG2217", message, where, hint="a check stands in the folder of its family")
    for name, kind in check.provided.items():
        if not _is_provided(kind):
            message = f"the engine cannot provide {shown(name)}: {_type_name(kind)}"
            hint = f"it provides aggregates, {', '.join(kind.__name__ for kind in PROVIDED[1:])}"
            mistakes.add("MG2215", message, where, hint=hint)
    _groups_declared_well(check, where, mistakes)
    _surveys_declared_well(check, where, mistakes)
    if check.subject is not None and check.subject not in check.settings:
        message = f"the subject {shown(check.subject)} is none of the settings after the '*'"
        mistakes.add("MG2217", message, where)
    for name, setting in check.settings.items():
        if name in ENGINE_KEYS:
            mistakes.add("MG2217", f"the setting {shown(name)} is the engine's own key", where)
        elif kind_of(setting.type) is None:
            message = f"a suite cannot hold the setting {shown(name)}: {_type_name(setting.type)}"
            hint = "take a Literal, int, float, str, bool, a list of these, or a union with None"
            mistakes.add("MG2217", message, where, hint=hint)
        elif setting.default is not REQUIRED and not _is_plain(setting.default):
            message = f"the default of {shown(name)} is none that a suite could write"
            mistakes.add("MG2217", message, where)
    if check.at_least is not None and check.at_most is not None:
        mistakes.add("MG2217", "a check has one default limit, not two", where)


def _groups_declared_well(check: Check, where: Where, mistakes: Mistakes) -> None:
    if (check.groups is not None) is not (Groups in check.provided.values()):
        message = "Groups are asked for where `groups=` says which setting names their columns"
        mistakes.add("MG2217", message, where, hint="write both or neither")
    elif check.groups is not None and (check.groups not in check.settings or not check.needs):
        message = "Groups need a setting after the '*' that names their columns, and `needs=`"
        mistakes.add("MG2217", message, where)


def _surveys_declared_well(check: Check, where: Where, mistakes: Mistakes) -> None:
    for name, of in check.others.items():
        if not is_survey(check.provided[name]):
            message = f"{shown(name)} is told to be of another data set, and is no survey"
            mistakes.add("MG2217", message, where, hint="only surveys are: leave `Of(...)` out")
        elif (of.role is None) is (of.setting is None):
            message = f"{shown(name)} is of a role or of the role that a setting names: write one"
            mistakes.add("MG2217", message, where)
        elif of.setting is not None and of.setting not in check.settings:
            message = f"the role of {shown(name)} is none of the settings after the '*'"
            mistakes.add("MG2217", message, where)


def _is_provided(kind: Any) -> bool:
    return kind in PROVIDED or is_aggregate(kind) or is_survey(kind)


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_plain(entry) for entry in value)
    return value is None or isinstance(value, str | bool | int | float)


def _type_name(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) else str(kind)
