"""One case as somebody wrote it: its keys, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from modelgate.cases import Case, Kind, Moves
from modelgate.errors import Where, did_you_mean
from modelgate.escape import shown
from modelgate.yaml_file.node import Mistakes, Node

ASKS: Mapping[str, Kind] = {
    "expect": "MFT",
    "between": "MFT",
    "same": "INV",
    "vary": "INV",
    "not_lower": "DIR",
    "not_higher": "DIR",
}
"""What a case may ask, one of these; each with its kind."""
OF_TEMPLATES = ("vary", "words", "most")
NAMES = ("capability", "test")
KEYS = ("input", "template", *ASKS, "of", "tolerance", "critical", *NAMES, *OF_TEMPLATES)
ALONE = frozenset({"expect", "between", "vary"})
"""What is asked of one input, or of a template's own fillings."""
EXAMPLE = 'write `- {input: "the cat purred", expect: animals}`'


def case_of(
    told: Mapping[str, Any], where: Where, mistakes: Mistakes, *, keys: Node | None = None
) -> Case | None:
    """A case from plain values; None where something is wrong with it, which is noted.

    Of a template, the case still holds its slots, and expects nothing yet where that depends on
    what fills them.

    Args:
        told: key -> value.
        where: file and line.
        mistakes: takes what is wrong.
        keys: the same with the places of the keys, where they are known.
    """
    before = len(mistakes.found)
    _refuse_strange_keys(told, where, mistakes, keys)
    key = "template" if "template" in told else "input"
    given = told.get(key)
    empty = given == {} or (key == "template" and not given)  # an empty text is an input
    if not isinstance(given, str | dict) or empty or {"input", "template"} <= set(told):
        message = f"a case needs an `{key}`: a text, or {{COLUMN: VALUE, ...}}"
        mistakes.add("MG2142", message, where, hint=EXAMPLE)
    asked = [name for name in ASKS if name in told]
    if len(asked) != 1:
        message = "a case needs `expect`: the right answer, or a list of them"
        if asked:
            message = f"a case asks one thing, and here are {' and '.join(map(shown, asked))}"
        mistakes.add("MG2142", message, where, hint=EXAMPLE)
    ask = asked[0] if asked else "expect"
    tolerance = told.get("tolerance", 0.0)
    expect: tuple[Any, ...] = ()
    if asked == ["expect"]:
        expect = _expect(told, where, mistakes)
    elif asked == ["between"]:
        expect, tolerance = _between(told, where, mistakes)
    others = () if ask in ALONE else _others(told.get(ask), ask, given, where, mistakes)
    _refuse_wrong_values(told, where, mistakes)
    if len(mistakes.found) > before:
        return None
    return Case(
        input=given,  # type: ignore[arg-type]
        others=others,
        kind=ASKS[ask],
        expect=expect,
        moves=_moves(told, ask) if ASKS[ask] == "DIR" else None,
        critical=told.get("critical", False),
        capability=told.get("capability", ""),
        test=told.get("test", ""),
        tolerance=float(tolerance),
        where=where,
    )


def is_answer(value: Any) -> bool:
    """Whether somebody may expect it: a label or a number."""
    return isinstance(value, str | int) or (isinstance(value, float) and isfinite(value))


def is_amount(value: Any) -> bool:
    """Whether it is a number, 0 or more."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value < float("inf")


def _refuse_strange_keys(
    told: Mapping[str, Any], where: Where, mistakes: Mistakes, keys: Node | None
) -> None:
    for name in told:
        place = keys.keys[name] if keys is not None else where
        if name not in KEYS:
            near = did_you_mean(str(name), KEYS)
            mistakes.add("MG2142", f"a case has no {shown(str(name))}; {near}", place)
        elif name in OF_TEMPLATES and "template" not in told:
            mistakes.add("MG2142", f"{shown(name)} belongs to a `template`", place)
    if "of" in told and not {"not_lower", "not_higher"} & set(told):
        mistakes.add("MG2142", "'of' belongs to `not_lower` or `not_higher`", where)


def _expect(told: Mapping[str, Any], where: Where, mistakes: Mistakes) -> tuple[Any, ...]:
    """The right answers; none yet where they hang on a slot."""
    expect = told["expect"]
    if isinstance(expect, dict) and "template" in told:
        return ()
    answers = expect if isinstance(expect, list) else [expect]
    if not answers or not all(map(is_answer, answers)):
        message = "a case needs `expect`: the right answer, or a list of them"
        mistakes.add("MG2142", message, where, hint=EXAMPLE)
    return tuple(answers)


def _between(
    told: Mapping[str, Any], where: Where, mistakes: Mistakes
) -> tuple[tuple[float, ...], float]:
    """The middle of a range, and how far it reaches to both sides."""
    ends = told["between"]
    numbers = isinstance(ends, list) and len(ends) == 2
    if not numbers or not all(is_answer(one) and not isinstance(one, str | bool) for one in ends):
        mistakes.add("MG2142", "`between` takes two numbers: [3, 5]", where)
        return (), 0.0
    low, high = map(float, ends)
    if low > high or "tolerance" in told:
        message = "`between` takes the lower number first, and no `tolerance` beside it"
        mistakes.add("MG2142", message, where)
    return ((low + high) / 2,), (high - low) / 2


def _others(value: Any, ask: str, given: Any, where: Where, mistakes: Mistakes) -> tuple[Any, ...]:
    """The inputs that are compared with the first, `given`."""
    others = value if isinstance(value, list) else [value]
    if not others or not all(isinstance(one, str | dict) and one != {} for one in others):
        message = f"{shown(ask)} takes another input, or a list of them"
        mistakes.add("MG2142", message, where)
    elif given in others:
        message = f"{shown(ask)} holds the very input of the case, so that it could not fail"
        mistakes.add("MG2142", message, where, hint="write what is changed, and must not matter")
    return tuple(others)


def _refuse_wrong_values(told: Mapping[str, Any], where: Where, mistakes: Mistakes) -> None:
    if not isinstance(told.get("critical", False), bool):
        mistakes.add("MG2142", "`critical` is true or false", where)
    if not is_amount(told.get("tolerance", 0.0)):
        mistakes.add("MG2142", "`tolerance` is a number, 0 or more", where)
    for name in NAMES:
        if not isinstance(told.get(name, ""), str):
            mistakes.add("MG2142", f"`{name}` is a text", where)
    if "of" in told and not is_answer(told["of"]):
        mistakes.add("MG2142", "`of` is one of the model's classes", where)


def _moves(told: Mapping[str, Any], ask: str) -> Moves:
    of = ((told["of"], 1.0),) if "of" in told else None
    return Moves(up=ask == "not_lower", of=of)
