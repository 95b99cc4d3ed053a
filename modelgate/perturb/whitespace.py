"""More space than there was."""

from __future__ import annotations

import re
from collections.abc import Sequence

from modelgate.perturb import perturbation
from modelgate.perturb.material.dice import Dice, edits

GAP = re.compile(r"(?<=\S)\s(?=\S)")
SPACES = ("  ", "   ", "\t", "\n", " \n", "\u00a0")


@perturbation(of="text")
def whitespace(texts: Sequence[str], *, seed: int, severity: int = 1) -> list[str]:
    """A space between two words becomes several, a tab, a new line, or one that does not break.

    A good model answers as before: texts are copied from web pages and tables. A text of one word
    gets a space after it; one of nothing but space stays as it is.

    Severity: that many spaces, and as many more for every hundred of them.
    """
    return [_widened(text, Dice(seed, text), severity) for text in texts]


def _widened(text: str, dice: Dice, severity: int) -> str:
    gaps = [gap.start() for gap in GAP.finditer(text)]
    if not gaps:
        return f"{text} " if text.strip() else text
    written = list(text)
    for place in dice.some(gaps, edits(len(gaps), severity)):
        written[place] = dice.other(SPACES, text[place])
    return "".join(written)
