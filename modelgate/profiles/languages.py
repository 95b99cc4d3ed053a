"""Which language texts are written in, guessed from their script and their short words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelgate.arrays import numbers

Integers = NDArray[np.int64]

UNKNOWN = "unknown"
SCRIPTS = {
    "Greek": (0xCE, 0xCF),
    "Cyrillic": (0xD0, 0xD3),
    "Hebrew": (0xD7, 0xD7),
    "Arabic": (0xD8, 0xDB),
    "of India": (0xE0, 0xE0),
    "Chinese or Japanese": (0xE3, 0xE9),
    "Korean": (0xEA, 0xED),
}
"""Script -> the first and the last byte that its characters begin with in UTF-8."""


def languages(texts: Any, letters: Integers, scripts: Mapping[str, Integers]) -> list[str]:
    """The language of each text: its script where that is not Latin, else by its short words.

    A text is of the language of which it has the most short words; of none where it has none, or as
    many of two. That is wrong for many a text by itself, and good enough to see that others came.

    Args:
        texts: (n,) large strings, none missing.
        letters: (n,) Latin letters of each.
        scripts: script -> (n,) its characters in each; none where there is none of any.
    """
    names = [UNKNOWN, *_patterns(), *scripts]
    held = [_held(texts, pattern) for pattern in _patterns().values()]
    words = np.array(held).reshape(len(held), len(letters))
    most = words.max(axis=0)
    sure = (most > 0) & ((words == most).sum(axis=0) == 1)
    found = np.where(sure, 1 + words.argmax(axis=0), 0)
    if scripts:
        strange = np.array(list(scripts.values()))
        other = strange.max(axis=0) > letters
        found = np.where(other, 1 + len(held) + strange.argmax(axis=0), found)
    return [names[place] for place in found.tolist()]


def _held(texts: Any, pattern: str) -> NDArray[Any]:
    import pyarrow.compute as pc

    return numbers(pc.count_substring_regex(texts, pattern, ignore_case=True))[0]


@cache
def _patterns() -> Mapping[str, str]:
    """Language -> what matches one of its short words."""
    found = {}
    for line in Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines():
        name, colon, words = line.partition(":")
        if colon and not line.startswith("#"):
            found[name] = rf"(?:^|[^\pL])(?:{'|'.join(words.split())})(?:[^\pL]|$)"
    return found
