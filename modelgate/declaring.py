"""How a function becomes a check: its questions before the `*`, its settings after it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from modelgate.declare import Ask, Check, Needs, OfSurveys, Pairs, Unit
from modelgate.outcome import Severity
from modelgate.setting import Setting
from modelgate.surveys import Of

Function = TypeVar("Function", bound=Ask)
DECLARED = "__modelgate_check__"
"""Where a function carries its declaration."""


def check(
    *,
    family: str,
    subject: str | None = None,
    needs: Needs | None = None,
    tasks: tuple[str, ...] = ("classification", "regression"),
    severity: Severity | str = Severity.MAJOR,
    at_least: float | None = None,
    at_most: float | None = None,
    compare: Ask | None = None,
    pairs: Pairs | None = None,
    groups: str | None = None,
    cases: str | None = None,
    surveys: OfSurveys | None = None,
    unit: Unit = "",
    example: tuple[str, ...] = (),
) -> Callable[[Function], Function]:
    """Declare a function as a check.

    Args:
        family: the folder under `checks/`.
        subject: the setting that takes the value of the step's first key.
        needs: (facts, settings) -> the aggregate wanted, where that depends on the settings.
        tasks: the tasks it can judge.
        severity: the default, where a suite is silent.
        at_least: the default limit from below.
        at_most: the default limit from above.
        compare: the same question about two models: takes an aggregate that compares, and the
            settings; answers an `Outcome` with a `Difference`.
        pairs: (facts, settings) -> that aggregate; None where these settings cannot compare.
        groups: the setting that names the columns by which `Groups` divide the rows; `needs` says
            which aggregate there is of each.
        cases: the setting that names the file of the `Cases`.
        surveys: settings -> the further arguments of all its surveys; or the one survey that all
            of them are, where that depends on the settings: then they are typed `Survey`.
        unit: of its values, where that is known before it is asked; or settings -> unit. With it
            stands the limit of a step that was not asked.
        example: lines of an example step, for `modelgate explain`.

    Returns:
        The function itself, with its declaration fastened to it.
    """

    def declare(function: Function) -> Function:
        declared = Check(
            name=function.__name__,
            family=family,
            ask=function,
            subject=subject,
            needs=needs,
            tasks=tasks,
            severity=Severity(severity),
            at_least=at_least,
            at_most=at_most,
            compare=compare,
            pairs=pairs,
            groups=groups,
            cases=cases,
            surveys=surveys,
            unit=unit,
            example=example,
            **_parameters(function),
        )
        setattr(function, DECLARED, declared)
        return function

    return declare


def _parameters(function: Ask) -> dict[str, Any]:
    """What a check's parameters declare: what the engine gives, and what a suite may write."""
    hints = get_type_hints(function, include_extras=True)
    provided: dict[str, Any] = {}
    settings: dict[str, Setting] = {}
    others: dict[str, Of] = {}
    spared = set()
    for parameter in inspect.signature(function).parameters.values():
        kind = hints.get(parameter.name, Any)
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            settings[parameter.name] = Setting(kind, parameter.default)
            continue
        needed = _without_none(kind)
        if needed is not kind:
            spared.add(parameter.name)
        if get_origin(needed) is Annotated:
            needed, others[parameter.name] = get_args(needed)
        provided[parameter.name] = needed
    return {
        "provided": MappingProxyType(provided),
        "settings": MappingProxyType(settings),
        "others": MappingProxyType(others),
        "spared": frozenset(spared),
    }


def _without_none(kind: Any) -> Any:
    """The type that a parameter takes where it is given anything: `Champion | None`."""
    if get_origin(kind) not in (Union, UnionType):
        return kind
    left = [part for part in get_args(kind) if part is not NoneType]
    return left[0] if len(left) == 1 else kind
