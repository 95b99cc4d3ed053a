"""Women for men, and men for women."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from modelgate.perturb import perturbation
from modelgate.perturb.material.dice import Dice
from modelgate.perturb.material.people import OTHER, another, bearers, known
from modelgate.perturb.material.words import WORD, both_ways, like, straight, words

NEXT = re.compile(r"\s+([^\W\d_]+)")


@perturbation(of="text")
def gender_swap(texts: Sequence[str], *, seed: int, names: bool = True) -> list[str]:
    """Words for women become those for men and the other way round: she, mother, actress, Anna.

    A good model answers as before, whoever is spoken of. "her" becomes "his" before what is hers,
    else "him"; this is told by the word that follows, and is sometimes wrong. A text that speaks of
    neither stays as it is.

    Settings: names, whether given names are swapped too.
    Source: J. Zhao et al. (2018), "Gender bias in coreference resolution: evaluation and debiasing
        methods", NAACL, https://aclanthology.org/N18-2003/
    """
    return [_swapped(text, seed, names=names) for text in texts]


def _swapped(text: str, seed: int, *, names: bool) -> str:
    def other(found: re.Match[str]) -> str:
        written = straight(found[0])
        new = _word(written.lower(), found)
        if new is not None:
            return like(written, new)
        base, apostrophe, rest = written.partition("'")
        new = _word(base.lower(), found) if apostrophe else None
        if new is not None:
            return like(base, new) + apostrophe + rest
        person = known(base) if names else None
        if person is None:
            return found[0]
        origin, sex = bearers()[person]
        name = another(person, origin, OTHER[sex], Dice(seed, f"{person}\0{text}"))
        return (name.upper() if base.isupper() else name) + apostrophe + rest

    return WORD.sub(other, text)


def _word(word: str, found: re.Match[str]) -> str | None:
    """What stands for it when it is of the other sex; None where it is of neither."""
    if word == "her":
        following = NEXT.match(found.string, found.end())
        owns = following and following[1].lower() not in words("gender")["after_person"]
        return "his" if owns else "him"
    return _pairs().get(word)


@cache
def _pairs() -> dict[str, str]:
    return {**both_ways("gender", "pairs"), **words("gender")["one_way"]}
