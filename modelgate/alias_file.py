"""The `aliases:` block of a project: what may be promoted to an alias, and what then serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelgate.errors import UsageError, Where
from modelgate.escape import shown
from modelgate.kinds import Kind
from modelgate.kinds.blocks import known_entries, read_block
from modelgate.kinds.single import Text, Truth
from modelgate.reference import NAME, reference_in
from modelgate.targets import target_class
from modelgate.yaml_file.node import Mistakes, Node

KEYS: Mapping[str, Kind] = {"suite": Text(), "approve": Truth()}


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasPolicy:
    """What a project says of an alias.

    Attributes:
        alias: "production", or "churn@production" for one model alone.
        suite: the one suite whose decisions count; None for any that asked labelled data.
        approve: whether a promotion needs somebody's approval, with a reason.
        target: the name of what serves, and its settings; None where the alias alone moves.
        where: the line of the alias.
    """

    alias: str
    suite: str | None = None
    approve: bool = False
    target: tuple[str, Mapping[str, Any]] | None = None
    where: Where


def read_aliases(node: Node, mistakes: Mistakes) -> Mapping[str, AliasPolicy]:
    """The `aliases:` block: alias -> policy."""
    if not isinstance(node.value, dict):
        message = f"'aliases' takes a block of names, not {node.says}"
        hint = "write `aliases: {production: {suite: suites/NAME.yaml}}`"
        mistakes.add("MG2107", message, node.where, hint=hint)
        return {}
    return {
        alias: _policy(alias, node.keys[alias], block, mistakes)
        for alias, block in node.value.items()
    }


def _policy(alias: str, where: Where, block: Node, mistakes: Mistakes) -> AliasPolicy:
    if not (NAME.fullmatch(alias) or reference_in(alias)):
        mistakes.add(
            "MG2400",
            f"{shown(alias)} cannot be the name of an alias",
            where,
            hint="write `production`, or `churn@production` for one model alone",
        )
    entries = known_entries(block, alias, (*KEYS, "target"), mistakes)
    target_block = entries.pop("target", None)
    plain = Node(entries, block.where, keys={key: block.keys[key] for key in entries})
    values = read_block(plain, alias, KEYS, mistakes)
    target = None if target_block is None else _target(target_block, mistakes)
    return AliasPolicy(
        alias=alias,
        suite=values.get("suite"),
        approve=bool(values.get("approve")),
        target=target,
        where=where,
    )


def _target(node: Node, mistakes: Mistakes) -> tuple[str, Mapping[str, Any]] | None:
    """The name of a target, which is the first key of its block, and its settings."""
    if not isinstance(node.value, dict) or not node.value:
        message = f"'target' takes a block whose first key names it, not {node.says}"
        mistakes.add("MG2107", message, node.where, hint="write `target: {folder: deploy/NAME}`")
        return None
    name = next(iter(node.value))
    try:
        kind = target_class(name)
    except UsageError as error:
        mistakes.add(error.code, error.message, node.keys[name], hint=error.hint)
        return None
    for key in kind.needed:
        if key not in node.value:
            message = f"the target {name} needs the key {shown(key)}"
            mistakes.add("MG2451", message, node.keys[name])
    return name, read_block(node, f"the target {name}", kind.keys, mistakes)
