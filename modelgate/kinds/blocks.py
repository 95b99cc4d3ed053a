"""Blocks of keys in a YAML file, each key of a kind of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from modelgate.errors import did_you_mean
from modelgate.escape import shown
from modelgate.kinds import Kind, read_value
from modelgate.yaml_file.node import Mistakes, Node


def known_entries(
    node: Node,
    name: str,
    known: Collection[str],
    mistakes: Mistakes,
) -> dict[str, Node]:
    """The entries of a block that may stand there; a mistake is noted for each other one."""
    if not isinstance(node.value, dict):
        message = f"{shown(name)} takes a block of keys, not {node.says}"
        mistakes.add("MG2107", message, node.where, hint=f"known keys: {', '.join(known)}")
        return {}
    taken = {}
    for key, value in node.value.items():
        if key in known:
            taken[key] = value
        else:
            near = did_you_mean(key, known)
            mistakes.add("MG2108", f"{shown(name)} has no key {shown(key)}; {near}", node.keys[key])
    return taken


def read_block(
    node: Node, name: str, kinds: Mapping[str, Kind], mistakes: Mistakes
) -> dict[str, Any]:
    """The typed values of a block of simple keys."""
    entries = known_entries(node, name, kinds, mistakes)
    return {key: read_value(kinds[key], value, key, mistakes) for key, value in entries.items()}
