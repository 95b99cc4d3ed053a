"""What each column of a table should hold, written as YAML that people edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import isfinite
from pathlib import Path
from typing import Any

from modelgate.errors import MistakesError, UsageError, Where, did_you_mean
from modelgate.escape import shown
from modelgate.yaml_file import read_yaml
from modelgate.yaml_file.node import Mistakes, Node
from modelgate.yaml_file.written import as_yaml

MOST_BYTES = 1 << 20
TYPES = ("number", "whole", "text", "truth", "time")
HINT = "a schema is `columns:` and below it each column with type, missing, at_least, one_of, ..."
HEAD = (
    "# What each column should hold. Edit it: types are number, whole, text, truth and time;\n"
    "# `missing: true` lets cells be empty, `missing: 0.1` one in ten; `mostly: 0.98` lets two\n"
    "# rows in 100 break a rule.\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one column should hold.

    Attributes:
        column: its name.
        type: one of `TYPES`; None where any will do.
        missing: whether cells may be empty; or the share of them that may.
        at_least, at_most: of numbers; None where there is no bound.
        one_of: the values that there may be; None where any will do.
        mostly: share of the rows that must keep to each of `missing`, the bounds and `one_of`.
        required: whether the column must be there.
    """

    column: str
    type: str | None = None
    missing: bool | float = False
    at_least: float | None = None
    at_most: float | None = None
    one_of: tuple[Any, ...] | None = None
    mostly: float = 1.0
    required: bool = True


KEYS = tuple(one.name for one in fields(Rule) if one.name != "column")


def written(rules: tuple[Rule, ...]) -> str:
    """The rules as a YAML file, which `read_rules` reads as the very same."""
    lines = [HEAD + "columns:"]
    for rule in rules:
        lines.append(f"  {as_yaml(rule.column)}:")
        for one in fields(Rule):
            value = getattr(rule, one.name)
            if one.name == "column" or value == one.default:
                continue
            text = as_yaml(value)
            if one.name == "one_of":
                text = f"[{', '.join(as_yaml(each) for each in value)}]"
            lines.append(f"    {one.name}: {text}")
        if lines[-1].endswith(":"):
            lines[-1] += " {}"
    return "\n".join(lines) + "\n"


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Read the rules of a file.

    Raises:
        MistakesError: MG2281, it cannot be read; MG2282, something in it is no rule; and whatever
            is wrong with the YAML; all with their lines.
    """
    mistakes = Mistakes()
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
    except OSError as error:
        message = f"the schema cannot be read: {error.strerror}"
        raise MistakesError([UsageError("MG2281", message, where=Where(str(path)))]) from error
    root = read_yaml(text, file=str(path), mistakes=mistakes)
    columns = root.value.get("columns") if isinstance(root.value, dict) else None
    if columns is None or not isinstance(columns.value, dict) or not columns.value:
        mistakes.stop("MG2282", "no columns are described", root.where, hint=HINT)
    for key in root.value:
        if key != "columns":
            message = f"{shown(key)} is no part of a schema"
            mistakes.add("MG2282", message, root.keys[key], hint=HINT)
    rules = [_rule(str(name), node, mistakes) for name, node in columns.value.items()]
    mistakes.raise_if_any()
    return tuple(rules)


def _rule(column: str, node: Node, mistakes: Mistakes) -> Rule:
    found: dict[str, Any] = {}
    if not isinstance(node.value, dict):
        message = f"{shown(column)} is described by {node.says}"
        mistakes.add("MG2282", message, node.where, hint=HINT)
        return Rule(column=column)
    sound = True
    for key, value in node.value.items():
        wrong = _wrong(key, value)
        if wrong:
            mistakes.add("MG2282", wrong, value.where)
            sound = False
        found[key] = tuple(value.plain) if isinstance(value.value, tuple) else value.value
    if not sound:
        return Rule(column=column)
    rule = Rule(column=column, **found)
    bounded = rule.at_least is not None or rule.at_most is not None
    if bounded and rule.type not in {None, "number", "whole"}:
        message = f"bounds are of numbers, and {shown(column)} is of the type {rule.type}"
        mistakes.add("MG2282", message, node.where)
    if rule.at_least is not None and rule.at_most is not None and rule.at_least > rule.at_most:
        message = f"at_least {rule.at_least} lies above at_most {rule.at_most}"
        mistakes.add("MG2282", message, node.where)
    return rule


def _wrong(key: Any, node: Node) -> str:
    """What is wrong with one line of a rule; "" where nothing is."""
    value = node.value
    number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    takes: Mapping[str, tuple[bool, str]] = {
        "type": (value in TYPES if isinstance(value, str) else False, f"one of {', '.join(TYPES)}"),
        "missing": (
            isinstance(value, bool) or (number and 0 <= value <= 1),
            "true, false, or a share of the cells",
        ),
        "required": (isinstance(value, bool), "true or false"),
        "at_least": (number, "a number"),
        "at_most": (number, "a number"),
        "mostly": (number and 0 < value <= 1, "a share of rows, above 0 and at most 1"),
        "one_of": (_plain_list(node), "a list of texts, numbers or truths"),
    }
    if key not in takes:
        return f"no rule is called {shown(key)}; {did_you_mean(str(key), KEYS)}"
    good, says = takes[key]
    return "" if good else f"{key} is {says}, not {node.says}"


def _plain_list(node: Node) -> bool:
    if not isinstance(node.value, tuple) or not node.value:
        return False
    return all(isinstance(one.value, str | int | float) for one in node.value)
