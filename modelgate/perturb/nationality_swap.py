"""Other countries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from modelgate.perturb import perturbation
from modelgate.perturb.material.dice import Dice
from modelgate.perturb.material.words import WORD, straight, words


@perturbation(of="text")
def nationality_swap(texts: Sequence[str], *, seed: int) -> list[str]:
    """Each country or nationality becomes another: Germany France, Kenyan Danish, Turks Swedes.

    A good model answers as before, wherever people come from. The same word becomes the same other
    one within a text; a text without one of some 180 words stays as it is.

    Source: V. Prabhakaran et al. (2019), "Perturbation sensitivity analysis to detect unintended
        model biases", EMNLP, https://aclanthology.org/D19-1578/
    """
    return [_elsewhere(text, seed) for text in texts]


def _elsewhere(text: str, seed: int) -> str:
    def other(found: re.Match[str]) -> str:
        word, apostrophe, rest = straight(found[0]).partition("'")
        like_it = _lists().get(word)
        if like_it is None:
            return found[0]
        return Dice(seed, f"{word}\0{text}").other(like_it, word) + apostrophe + rest

    return WORD.sub(other, text)


@cache
def _lists() -> Mapping[str, Sequence[str]]:
    """Word -> the list it stands in."""
    return {word: one for one in words("nationality").values() for word in one}
