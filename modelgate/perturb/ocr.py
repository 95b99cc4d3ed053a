"""Slips of a scanner."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from modelgate.perturb import perturbation
from modelgate.perturb.material.dice import Dice, edits
from modelgate.perturb.material.words import both_ways


@perturbation(of="text")
def ocr(texts: Sequence[str], *, seed: int, severity: int = 1) -> list[str]:
    """Letters are read for others of their shape: rn for m, 0 for O, 1 for l.

    A good model of scanned texts answers as before. A text without such letters stays as it is.

    Severity: that many of them, and as many more for every hundred.
    Source: K. Kukich (1992), "Techniques for automatically correcting words in text", ACM Computing
        Surveys 24(4), 377-439, on what optical readers take for what.
    """
    return [_scanned(text, Dice(seed, text), severity) for text in texts]


def _scanned(text: str, dice: Dice, severity: int) -> str:
    found = list(_shapes().finditer(text))
    drawn = dice.some(range(len(found)), edits(len(found), severity))
    pairs = both_ways("ocr", "pairs")
    pieces, last = [], 0
    for number in sorted(drawn):
        start, end = found[number].span()
        pieces += [text[last:start], pairs[text[start:end]]]
        last = end
    return "".join([*pieces, text[last:]])


@cache
def _shapes() -> re.Pattern[str]:
    shapes = sorted(both_ways("ocr", "pairs"), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, shapes)))
