"""Letters that only look alike."""

from __future__ import annotations

from collections.abc import Sequence

from modelgate.perturb import perturbation
from modelgate.perturb.material.dice import Dice, edits
from modelgate.perturb.material.words import words


@perturbation(of="text")
def homoglyphs(texts: Sequence[str], *, seed: int, severity: int = 1) -> list[str]:
    """Latin letters become letters of other scripts that look the same.

    So spam is written by those who want to pass a filter. People see no difference; a good model of
    such texts does not see one either. A text without such letters stays as it is.

    Severity: that many letters, and as many more for every hundred of them.
    Source: N. Boucher et al. (2022), "Bad characters: imperceptible NLP attacks", IEEE S&P.
    """
    alike: dict[str, str] = words("homoglyphs")
    return [_disguised(text, Dice(seed, text), severity, alike) for text in texts]


def _disguised(text: str, dice: Dice, severity: int, alike: dict[str, str]) -> str:
    places = [place for place, letter in enumerate(text) if letter in alike]
    written = list(text)
    for place in dice.some(places, edits(len(places), severity)):
        written[place] = alike[text[place]]
    return "".join(written)
