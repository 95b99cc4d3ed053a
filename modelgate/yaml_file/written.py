"""A value as it is written in YAML."""

from __future__ import annotations

import json
import re
from typing import Any

from modelgate.yaml_file.scalar import resolved

_PLAIN = re.compile(r"[\w./][\w./+-]*( [\w./+-]+)*")
"""Texts that need no quotes wherever they stand, but for what they might be taken for."""
_OTHER_VERSION = re.compile(r"(?i)yes|no|on|off|y|n")
"""Texts that YAML 1.1 takes for truths."""


def as_yaml(value: Any) -> str:
    """One line that is read as the very value; texts in quotes where they could be misread.

    Args:
        value: a text, a number, a truth or None; anything else is written as its text.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    plain = _PLAIN.fullmatch(text) and not _OTHER_VERSION.fullmatch(text)
    if plain and isinstance(resolved(text), str):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in quoted)
