"""Names of people: whose they may be, and others in their place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from modelgate.perturb.material.dice import Dice
from modelgate.perturb.material.words import words

OTHER = {"female": "male", "male": "female"}


@cache
def bearers() -> Mapping[str, tuple[str, str]]:
    """Given name -> where it is common, and the sex of most who bear it."""
    return {
        name: (origin, sex)
        for origin, sexes in reversed(words("names").items())
        for sex, names in sexes.items()
        for name in names
    }


def known(written: str) -> str | None:
    """The given name that a word is, as the list writes it; None where it is none.

    Only a word with a capital can be one: "Rosa", "ROSA", not "rosa".
    """
    if written in bearers():
        return written
    title = written[:1] + written[1:].lower()
    return title if written.isupper() and title in bearers() else None


def another(name: str, origin: str, sex: str, dice: Dice) -> str:
    """Another name of this origin and sex."""
    names: list[str] = words("names")[origin][sex]
    return dice.other(names, name)
