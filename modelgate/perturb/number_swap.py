"""Other numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from modelgate.perturb import perturbation
from modelgate.perturb.material.dice import Dice

NUMBER = re.compile(r"[0-9]+")


@perturbation(of="text")
def number_swap(texts: Sequence[str], *, seed: int) -> list[str]:
    """Each number that is written in digits becomes another one of as many digits.

    Where the number itself should not matter, such as that of a telephone or an order, a good model
    answers as before. A text without digits stays as it is.

    Source: M. T. Ribeiro et al. (2020), "Beyond accuracy: behavioral testing of NLP models with
        CheckList", ACL, https://aclanthology.org/2020.acl-main.442/
    """
    return [_renumbered(text, Dice(seed, text)) for text in texts]


def _renumbered(text: str, dice: Dice) -> str:
    def other(found: re.Match[str]) -> str:
        digits = list(found[0])
        for place, digit in enumerate(digits):
            zero = place > 0 or digit == "0"  # a first digit stays one, or stays zero
            if zero and place == 0 and len(digits) > 1:
                continue
            digits[place] = dice.one("0123456789" if zero else "123456789")
        if "".join(digits) == found[0]:
            digits[-1] = dice.other("123456789", digits[-1])
        return "".join(digits)

    return NUMBER.sub(other, text)
