"""Capitals where there were none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from modelgate.perturb import perturbation
from modelgate.perturb.material.words import WORD


@perturbation(of="text")
def case(
    texts: Sequence[str], *, to: Literal["lower", "upper", "title", "swapped"] = "lower"
) -> list[str]:
    """Each text is written in small letters throughout, or in capitals.

    A good model answers as before: people type without capitals, and with nothing else. A text
    without letters, or one that is so written already, stays as it is.

    Settings: to, small letters, capitals, a capital for each word, or each letter the other way.
    """
    if to == "lower":
        return [text.lower() for text in texts]
    if to == "upper":
        return [text.upper() for text in texts]
    if to == "swapped":
        return [text.swapcase() for text in texts]
    return [WORD.sub(_capital, text) for text in texts]


def _capital(word: re.Match[str]) -> str:
    return word[0][:1].upper() + word[0][1:].lower()
