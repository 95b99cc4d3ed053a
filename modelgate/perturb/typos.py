"""Slips of the finger."""

from __future__ import annotations

from collections.abc import Sequence

from modelgate.perturb import perturbation
from modelgate.perturb.material.dice import Dice, edits
from modelgate.perturb.material.words import words


@perturbation(of="text")
def typos(texts: Sequence[str], *, seed: int, severity: int = 1) -> list[str]:
    """A letter is replaced by its neighbour on the keyboard, left out, doubled, or swapped.

    A good model answers as before: people type so, and understand each other. Letters of other
    scripts, which have no neighbours here, are left out, doubled or swapped with the next. A text
    without letters stays as it is.

    Severity: that many slips, and as many more for every hundred letters.
    Source: F. J. Damerau (1964), "A technique for computer detection and correction of spelling
        errors", CACM 7(3), 171-176: four in five misspelt words hold one such slip.
    """
    keys: dict[str, str] = words("keyboard")
    return [_mistyped(text, Dice(seed, text), severity, keys) for text in texts]


def _mistyped(text: str, dice: Dice, severity: int, keys: dict[str, str]) -> str:
    letters = [place for place, letter in enumerate(text) if letter.isalpha()]
    written = list(text)
    for place in dice.some(letters, edits(len(letters), severity)):
        following = text[place + 1 : place + 2]
        if dice.below(4) == 0 and following.isalpha() and following != text[place]:
            written[place : place + 2] = [following, text[place]]
        else:
            written[place] = _slip(text[place], dice, keys)
    return "".join(written)


def _slip(letter: str, dice: Dice, keys: dict[str, str]) -> str:
    """What is typed in place of one letter."""
    near = keys.get(letter.lower())
    kind = dice.below(3)
    if kind == 0 and near:
        hit = dice.one(near)
        return hit.upper() if letter.isupper() else hit
    return "" if kind == 1 else letter * 2
