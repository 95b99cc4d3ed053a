"""Letters that lose their accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from modelgate.perturb import perturbation
from modelgate.perturb.material.dice import Dice, edits
from modelgate.perturb.material.words import words

FOREIGN = re.compile(r"[^\x00-\x7f]")
MARKS = re.compile("[\u0300-\u036f]")


@perturbation(of="text")
def accents(
    texts: Sequence[str], *, seed: int, severity: int = 1, to: Literal["bare", "accented"] = "bare"
) -> list[str]:
    """Letters lose their accents: é is written e, ø is written o.

    A good model answers as before: many keyboards and many old systems have none. Letters of other
    scripts stay as they are, and so does a text without accents.

    Severity: where accents are added, that many letters, and as many more for every hundred.
    Settings: to, whether all accents go, or some come.
    """
    if to == "bare":
        return [text if text.isascii() else FOREIGN.sub(_bare, text) for text in texts]
    return [_accented(text, Dice(seed, text), severity) for text in texts]


def _bare(found: re.Match[str]) -> str:
    return _without(found[0])


@lru_cache(maxsize=4096)
def _without(letter: str) -> str:
    plain: str | None = words("accents")["bare"].get(letter)
    if plain is not None:
        return plain
    parts = unicodedata.normalize("NFD", letter)
    bare = MARKS.sub("", parts)
    return letter if bare == parts else bare


def _accented(text: str, dice: Dice, severity: int) -> str:
    with_accent: dict[str, str] = words("accents")["add"]
    places = [place for place, letter in enumerate(text) if letter in with_accent]
    written = list(text)
    for place in dice.some(places, edits(len(places), severity)):
        written[place] = with_accent[text[place]]
    return "".join(written)
