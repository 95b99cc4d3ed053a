"""A project's own perturbation: loaded by its path, and refused where it could not be called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from inspect import Parameter, signature
from pathlib import Path
from typing import get_args

from modelgate.errors import Where
from modelgate.escape import shown
from modelgate.kinds.annotation import kind_of
from modelgate.perturb import GIVEN, Of, Perturbation
from modelgate.perturb.material.declared import DECLARED
from modelgate.python_file import loaded
from modelgate.setting import Setting
from modelgate.suite_file.step import ENGINE_KEYS
from modelgate.yaml_file.node import Mistakes


def load_perturbation(path: Path) -> Perturbation:
    """Load `perturb/<name>.py`.

    Args:
        path: the file. Its code runs: it is the project's own.

    Returns:
        Its one perturbation, with `path` set.

    Raises:
        MistakesError: MG2210, MG2211, it cannot be loaded; MG2230, it declares none; MG2231, one
            of another name; MG2233, one that could not be called.
    """
    module = loaded(path, f"modelgate_perturbations.{path.stem}")
    declared: list[Perturbation] = [
        value.__dict__[DECLARED]
        for value in vars(module).values()
        if getattr(value, "__module__", None) == module.__name__
        and isinstance(getattr(value, "__dict__", {}).get(DECLARED), Perturbation)
    ]
    mistakes = Mistakes()
    if not declared:
        message = "the file declares no perturbation; put @perturbation(of=...) above its function"
        mistakes.stop("MG2230", message, Where(str(path), 1))
    named = [one for one in declared if one.name == path.stem]
    for one in declared:
        if one not in named:
            message = f"the perturbation {shown(one.name)} is not called as its file"
            hint = f"a file holds one perturbation of its own name, here {shown(path.stem)}"
            mistakes.add("MG2231", message, place(one, path), hint=hint)
    for one in named:
        _declared_well(one, path, mistakes)
    mistakes.raise_if_any()
    return replace(named[0], path=path)


def place(one: Perturbation, path: Path) -> Where:
    """Where its function stands."""
    code = getattr(one.change, "__code__", None)
    return Where(str(path), code.co_firstlineno if code else 1)


def _declared_well(one: Perturbation, path: Path, mistakes: Mistakes) -> None:
    where = place(one, path)

    def wrong(message: str, hint: str | None = None) -> None:
        mistakes.add("MG2233", message, where, hint=hint)

    if one.of not in get_args(Of):
        wrong(f"it is of {shown(one.of)}", f"of= is one of {', '.join(get_args(Of))}")
    parameters = list(signature(one.change).parameters.values())
    if not parameters or parameters[0].kind is Parameter.KEYWORD_ONLY:
        wrong("its first parameter takes the values, and stands before the '*'")
    for parameter in parameters[1:]:
        if parameter.kind is not Parameter.KEYWORD_ONLY:
            wrong(f"{shown(parameter.name)} has to stand after the '*'")
        elif parameter.name not in GIVEN:
            _setting_declared_well(parameter.name, one.settings[parameter.name], wrong)


def _setting_declared_well(name: str, setting: Setting, wrong: Callable[..., None]) -> None:
    if name in ENGINE_KEYS and name != "severity":  # a step calls that one otherwise
        wrong(f"the setting {shown(name)} is the engine's own key")
    elif kind_of(setting.type) is None:
        hint = "take a Literal, int, float, str, bool, a list of these, or a union with None"
        wrong(f"a suite cannot hold the setting {shown(name)}", hint)
