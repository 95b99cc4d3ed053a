"""The lists of words beside this file, read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from modelgate.yaml_file import read_yaml

WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
"""Letters, with what follows one apostrophe: "don't", "father's"."""


@cache
def words(name: str) -> Any:
    """What `<name>.yaml` holds: lists and dicts of texts."""
    path = Path(__file__).with_name(f"{name}.yaml")
    return read_yaml(path.read_bytes(), file=path.name).plain


@cache
def both_ways(name: str, part: str) -> Mapping[str, str]:
    """The pairs of a part of a list, each of the two leading to the other; the first one wins."""
    pairs = words(name)[part]
    return {**{value: key for key, value in reversed(pairs.items())}, **pairs}


def straight(written: str) -> str:
    """With the apostrophe of a typewriter."""
    return written.replace("\u2019", "'")


def like(written: str, word: str) -> str:
    """`word` with the capitals that `written` has: all of it, the first letter, or none."""
    if len(written) > 1 and written.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if written[:1].isupper() else word
