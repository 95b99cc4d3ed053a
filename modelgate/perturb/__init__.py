"""Pure, seeded changes of inputs: how they are declared, and the ones that there are.

One file a perturbation, `modelgate/perturb/<name>.py`, or `perturb/<name>.py` of a project of your
own. What they share, and their lists of words, stand in `material/`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Literal, TypeVar, get_type_hints

from modelgate.errors import UsageError, did_you_mean
from modelgate.escape import shown
from modelgate.perturb.material.declared import DECLARED, Of, Perturbation, SettingError
from modelgate.setting import Setting

__all__ = [
    "GIVEN",
    "Of",
    "Perturbation",
    "Perturbations",
    "SettingError",
    "named",
    "perturbation",
    "perturbations",
]

Function = TypeVar("Function", bound=Callable[..., Any])
GIVEN = ("seed", "pool", "columns")
"""Parameters that the caller gives and no suite may set; a function names those that it needs."""

KINDS: Mapping[str, Any] = {"severity": Literal[1, 2, 3, 4, 5]}
"""Settings that mean the same everywhere, whatever a function says of them."""


def perturbation(*, of: Of) -> Callable[[Function], Function]:
    """Declare a function as a perturbation.

    Its first parameter takes the values: a list of texts where it is of "text" or "category",
    (n,) float64 where of "number" (NaN is missing; whatever type the column has, it gets back),
    a RecordBatch where of "table", (n, height, width, channels) uint8 where of "image". It answers
    with as many values of the same type, numbers of any, and changes none of those it was given;
    about a setting that makes no sense it raises
    `SettingError`. What stands after its `*` a suite may set, but for `seed`, `pool` (the values
    of the column in all sampled rows) and `columns` (the names of the columns that a table is to
    be changed in), which the caller gives. `severity` is 1 to 5, wherever there is one.

    Args:
        of: what it changes.

    Returns:
        The function itself, with its declaration fastened to it.
    """

    def declare(function: Function) -> Function:
        hints = get_type_hints(function)
        others = list(inspect.signature(function).parameters.values())[1:]
        declared = Perturbation(
            name=function.__name__,
            of=of,
            change=function,
            settings={
                one.name: Setting(KINDS.get(one.name, hints.get(one.name, Any)), one.default)
                for one in others
                if one.name not in GIVEN
            },
            needs=frozenset(one.name for one in others if one.name in GIVEN),
        )
        setattr(function, DECLARED, declared)
        return function

    return declare


class Perturbations(Mapping[str, Perturbation]):
    """The perturbations of this package, each imported when first asked for, and some others."""

    def __init__(self, own: Mapping[str, Perturbation] | None = None) -> None:
        """Take note of their names.

        Args:
            own: others, of names that are not taken.
        """
        self._own = dict(own or {})
        names = [module.name for module in iter_modules(__path__) if not module.ispkg]
        self._names = tuple(sorted({*names, *self._own}))

    def __getitem__(self, name: str) -> Perturbation:
        if name in self._own:
            return self._own[name]
        if name not in self._names:
            raise KeyError(name)
        module = import_module(f"{__name__}.{name}")
        declared: Perturbation = getattr(getattr(module, name), DECLARED)
        return replace(declared, path=Path(module.__file__ or ""))

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@cache
def perturbations() -> Mapping[str, Perturbation]:
    """The built-in perturbations by name; those of a project are in `Library.perturbations`."""
    return Perturbations()


def named(name: str, known: Mapping[str, Perturbation] | None = None) -> Perturbation:
    """The perturbation of this name.

    Args:
        name: as a suite writes it.
        known: those to choose from; the built-in ones where None.

    Raises:
        UsageError: MG2170, there is none.
    """
    known = perturbations() if known is None else known
    if name not in known:
        message = f"no perturbation is called {shown(name)}; {did_you_mean(name, known)}"
        hint = "`modelgate list perturbations` says what each changes"
        raise UsageError("MG2170", message, hint=hint)
    return known[name]
